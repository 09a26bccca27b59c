// Package account knows as whom the workspace runs other programs while it is root itself: as
// users of the operating system who may do little. It knows nothing of the workspace's users.
package account

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// Account is a user of the operating system and its group. Nil is the user of this process:
// all methods do without a change of users then.
type Account struct{ uid, gid uint32 }

// Unprivileged returns the first of the named users that there is. When this process is not
// root it can run programs only as its own user, and the account is nil.
func Unprivileged(names ...string) (*Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return &Account{uint32(uid), uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("there is no user %s to run programs as: add one, or start as another user than root", strings.Join(names, " or "))
}

// Owner returns whose a file or folder is that this process, as root, has given to an account.
func Owner(path string) (*Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil, fmt.Errorf("%s belongs to root, as whom no program may run: remove it", path)
	}
	return &Account{owner.Uid, owner.Gid}, nil
}

// Assume has a process run as the account.
func (a *Account) Assume(attr *syscall.SysProcAttr) {
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
}

// MakeFolder makes a folder that is the account's alone, unless there is one.
func (a *Account) MakeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil || a == nil {
		return err
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}

// Give makes a folder and everything in it the account's. It follows no link.
func (a *Account) Give(folder string) (err error) {
	if a == nil {
		return nil
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return fs.WalkDir(root.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(name, int(a.uid), int(a.gid))
	})
}

// passable lets other users through a folder, to what they know the name of.
const passable fs.FileMode = 0o711

// LetThrough lets the account through a folder of this process's, to folders within that are
// its own.
func (a *Account) LetThrough(dir string) error {
	if a == nil {
		return nil
	}
	return os.Chmod(dir, passable)
}

// MakePassage makes a folder of root's through which everybody may pass, as nobody can through
// root's home. In a folder where everybody may write, somebody else could have been there first.
func MakePassage(dir string) error {
	if err := os.Mkdir(dir, passable); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || owner.Uid != 0 {
		return fmt.Errorf("%s is not a folder of root's", dir)
	}
	return os.Chmod(dir, passable) // whatever the umask is
}
