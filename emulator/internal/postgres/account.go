package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user of the operating system as whom the server runs when this process is
// root, as whom PostgreSQL refuses to run.
type account struct{ uid, gid uint32 }

// accountNames are the users that are asked for, the best first.
var accountNames = []string{"postgres", "nobody"}

// accountFor returns as whom the server runs whose data is in dir, or nil for the user of
// this process.
func accountFor(dir string) (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unprivileged()
	case err != nil:
		return nil, err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil, fmt.Errorf("%s belongs to root, as whom PostgreSQL refuses to run: remove the folder", dir)
	}
	return &account{owner.Uid, owner.Gid}, nil
}

func unprivileged() (*account, error) {
	for _, name := range accountNames {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return &account{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL refuses to run as root, and of the users %q there is none: add one, or start as another user than root", accountNames)
}

// attributes are those of a process that runs as this account, in a process group of its own:
// Ctrl-C in a terminal must reach only us.
func (a *account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

// own makes the folder if there is none, for the account alone.
func (a *account) own(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if a == nil {
		return nil
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}
