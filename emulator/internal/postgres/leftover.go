package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// leftoverTimeout is how long processes may take to end that were told to, and
	// leftoverInterval is between two looks at them.
	leftoverTimeout  = 5 * time.Second
	leftoverInterval = 5 * time.Millisecond

	pidFile = "postmaster.pid"
)

// endLeftovers ends what an emulator that was killed, or a server that was, has left running
// on the data: two servers must never write to it.
func (c *cluster) endLeftovers(ctx context.Context, log *slog.Logger) error {
	pids, err := c.leftovers()
	if err != nil || len(pids) == 0 {
		return err
	}
	log.WarnContext(ctx, "ending what was left running on the data", slog.Any("pids", pids))
	// The server ends its children in good order. Without it they are told themselves.
	if server, err := c.recordedPID(); err == nil && slices.Contains(pids, server) {
		signalAll([]int{server}, syscall.SIGINT)
		if pids, err = c.await(ctx, leftoverTimeout); err != nil || len(pids) == 0 {
			return err
		}
	}
	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		signalAll(pids, signal)
		if pids, err = c.await(ctx, leftoverTimeout); err != nil || len(pids) == 0 {
			return err
		}
	}
	return fmt.Errorf("processes %v still run on %s: end them", pids, c.data())
}

// await waits until nothing runs on the data, and returns what still does after timeout.
func (c *cluster) await(ctx context.Context, timeout time.Duration) ([]int, error) {
	deadline, tick := time.NewTimer(timeout), time.NewTicker(leftoverInterval)
	defer deadline.Stop()
	defer tick.Stop()
	for {
		pids, err := c.leftovers()
		if err != nil || len(pids) == 0 {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-deadline.C:
			return pids, nil
		case <-tick.C:
		}
	}
}

// recordedPID reads the process that last had the data.
func (c *cluster) recordedPID() (int, error) {
	text, err := os.ReadFile(c.data() + "/" + pidFile)
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(strings.TrimSpace(first))
}

// forgetPID removes the server's own note of its process, when nothing runs on the data: the
// number may be another process's by now, and the server would not start.
func (c *cluster) forgetPID() error {
	if err := os.Remove(c.data() + "/" + pidFile); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
