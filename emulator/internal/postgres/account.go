package postgres

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"corbel.example/emulator/internal/account"
)

// accountNames are the users as whom the server runs when this process is root, as whom
// PostgreSQL refuses to; the best first.
var accountNames = []string{"postgres", "nobody"}

// accountFor returns as whom the server runs whose data is in dir: as whose the data is.
func accountFor(dir string) (*account.Account, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return account.Unprivileged(accountNames...)
	}
	return account.Owner(dir)
}

// attributes are those of a process that runs as an account, in a process group of its own:
// Ctrl-C in a terminal must reach only us.
func attributes(a *account.Account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	a.Assume(attr)
	return attr
}
