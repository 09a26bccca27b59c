package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// hideFromOthers keeps other processes of the same user, plugins among them, out of the host's memory, environment and
// descriptors: they hold tokens.
func hideFromOthers() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("make the process non-dumpable: %w", err)
	}
	return nil
}
