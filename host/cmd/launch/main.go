// Command launch is what starts a deployed app: it unpacks the programs beside it, verifies them, and becomes the host, which
// then has its process id and gets its signals.
//
//	launch [arguments of corbel; default: serve]
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"corbel.example/host/internal/pack"
)

// folder is where the programs go: beside this program, or where that cannot be written in the folder for temporary files.
const folder = "programs"

func main() {
	host, err := unpack()
	if err == nil {
		err = become(host, os.Args[1:])
	}
	fmt.Fprintln(os.Stderr, "launch:", err)
	os.Exit(1)
}

// unpack unpacks the programs and returns the host's path. The working directory is where the upload is: this program may
// stand elsewhere, where it could be made executable.
func unpack() (host string, err error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	into := filepath.Join(dir, folder)
	err = pack.Unpack(dir, into)
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) {
		if into, err = os.MkdirTemp("", "corbel-"); err == nil {
			err = pack.Unpack(dir, into)
		}
	}
	return filepath.Join(into, "corbel"), err
}

// become makes this process the host. It returns only with an error.
func become(host string, args []string) error {
	if len(args) == 0 {
		args = []string{"serve"}
	}
	err := syscall.Exec(host, append([]string{host}, args...), os.Environ()) //nolint:gosec // who starts this program says what the host gets
	return fmt.Errorf("execute %s: %w", host, err)
}
