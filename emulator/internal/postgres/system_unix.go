//go:build unix && !linux

package postgres

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// psTimeout bounds the question what a process is.
const psTimeout = 5 * time.Second

// systemSettings are none here.
const systemSettings = ""

// dieWithUs does nothing: this system does not tell children of their parent's death. The
// next start ends what was left.
func dieWithUs(attr *syscall.SysProcAttr) *syscall.SysProcAttr { return attr }

// leftovers returns the server that the data's own file names, if that process is one.
func (c *cluster) leftovers() ([]int, error) {
	pid, err := c.recordedPID()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), psTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil, nil //nolint:nilerr // ps says so when there is no such process
	}
	if filepath.Base(strings.TrimSpace(string(out))) != "postgres" {
		return nil, nil
	}
	return []int{pid}, nil
}
