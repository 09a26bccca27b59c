package supervisor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// socketDirPrefix begins the name of every host's folder for sockets.
	socketDirPrefix = "corbel-"
	// maxSocketBase is the longest path in which such a folder can be made: a socket's path may have 103 bytes on every
	// unix, and ours takes up to 60 of them ("/corbel-4294967295/plugin-dir4294967295/plugin4294967295").
	maxSocketBase = 43
	// staleAge is how old a folder without owner must be to be removed: a younger one may be just being made.
	staleAge = time.Minute
)

// socketDir is the host's private folder for the plugins' sockets. Its lock says that the host lives.
type socketDir struct {
	path string
	lock *os.File
}

// newSocketDir makes the folder in the temporary folder, or in /tmp when that one's path is too long for sockets, and
// removes those that killed hosts left behind.
func newSocketDir() (*socketDir, error) {
	base := os.TempDir()
	if len(base) > maxSocketBase {
		base = "/tmp"
	}
	removeStale(base)
	path, err := os.MkdirTemp(base, socketDirPrefix)
	if err != nil {
		return nil, fmt.Errorf("folder for the plugins' sockets: %w: make %s writable or set TMPDIR", err, base)
	}
	lock, err := lockDir(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), os.RemoveAll(path))
	}
	return &socketDir{path: path, lock: lock}, nil
}

// remove removes the folder with all that is in it.
func (d *socketDir) remove() error {
	return errors.Join(os.RemoveAll(d.path), d.lock.Close())
}

// removeStale removes folders whose host is gone. What cannot be removed, and what holds anything but sockets, belongs to
// somebody else and stays.
func removeStale(base string) {
	// The pattern is well-formed, which is all that Glob could object to.
	folders, _ := filepath.Glob(filepath.Join(base, socketDirPrefix+"[0-9]*"))
	for _, folder := range folders {
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < staleAge {
			continue
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); !ok || int(owner.Uid) != os.Getuid() {
			continue
		}
		if !holdsOnlySockets(folder) {
			continue
		}
		if lock, err := lockDir(folder); err == nil {
			_ = os.RemoveAll(folder) // the next host tries again
			_ = lock.Close()
		}
	}
}

// holdsOnlySockets says whether a folder is a host's by what is in it: the name alone could be anybody's.
func holdsOnlySockets(folder string) bool {
	return filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && entry.Type()&os.ModeSocket == 0 {
			err = fmt.Errorf("%s is no socket", path)
		}
		return err
	}) == nil
}

// lockDir locks a folder against other hosts; it fails when one has it.
func lockDir(path string) (*os.File, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = dir.Close() // only opened
		return nil, err
	}
	return dir, nil
}
