package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// The contents of the state folder.
const (
	lockFile        = "lock"
	runningFile     = "running.json"
	sessionKeyFile  = "frontdoor.key"
	workspaceFolder = "workspace"
)

// errNotRunning says that nobody has locked the state folder.
var errNotRunning = errors.New("not running")

// state is the state folder while this process has it to itself.
type state struct {
	dir  string // absolute
	lock *os.File
}

// running is what others need to know of the emulator that runs, or ran last.
type running struct {
	// PID is that of the emulator that says so.
	PID int `json:"pid"`
	// WorkspaceURL is the emulated workspace's address, of last time until Ready.
	WorkspaceURL string `json:"workspace_url"`
	// CAFile is the certificate that clients must trust, when the address is https.
	CAFile string `json:"ca_file,omitempty"`
	// Lakebase is where PostgreSQL is reached; nil: there is none.
	Lakebase *databaseAddress `json:"lakebase,omitempty"`
	// Ready says that the workspace answers.
	Ready bool `json:"ready"`
	// Real says that a real workspace is used and none is emulated.
	Real bool `json:"real,omitempty"`
}

// databaseAddress is how clients reach PostgreSQL.
type databaseAddress struct {
	Host string `json:"host"`
	Port int    `json:"port"`
	// CAFile is the certificate that they must trust.
	CAFile string `json:"ca_file"`
}

// lockState makes the state folder if there is none, and locks it. The lock is
// the kernel's: it goes with the process, however that ends.
func lockState(dir string) (*state, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w: choose another with CORBEL_STATE_DIR", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock state folder: %w", err)
	}
	if err := tryLock(lock, syscall.LOCK_EX); err != nil {
		return nil, errors.Join(inUse(dir, lock, err), lock.Close())
	}
	pid := strconv.Itoa(os.Getpid()) + "\n"
	if err := errors.Join(lock.Truncate(0), writeAt(lock, pid)); err != nil {
		return nil, errors.Join(fmt.Errorf("lock state folder: %w", err), lock.Close())
	}
	return &state{dir: dir, lock: lock}, nil
}

func tryLock(f *os.File, how int) error {
	return syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

func inUse(dir string, lock *os.File, err error) error {
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("lock state folder %s: %w", dir, err)
	}
	pid, readErr := os.ReadFile(lock.Name())
	if readErr != nil {
		return fmt.Errorf("state folder %s is in use: %w", dir, readErr)
	}
	return fmt.Errorf("state folder %s is in use by the emulator with pid %s: stop that one, or choose another folder with CORBEL_STATE_DIR",
		dir, strings.TrimSpace(string(pid)))
}

func (s *state) unlock() error { return s.lock.Close() }

func (s *state) path(name string) string { return filepath.Join(s.dir, name) }

// announce writes down what others need to know, in one step.
func (s *state) announce(r running) error {
	r.PID = os.Getpid()
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	path := s.path(runningFile)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	return nil
}

// lastRunning tells what was announced last in a state folder; nothing, if
// nothing was.
func lastRunning(dir string) (running, error) {
	var r running
	text, err := os.ReadFile(filepath.Join(dir, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("read state: %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return running{}, fmt.Errorf("read state %s: %w: remove the file", filepath.Join(dir, runningFile), err)
	}
	return r, nil
}

// nowRunning tells what the emulator that has the state folder announced, or
// errNotRunning.
func nowRunning(dir string) (running, error) {
	lock, err := os.Open(filepath.Join(dir, lockFile))
	if errors.Is(err, fs.ErrNotExist) {
		return running{}, errNotRunning
	}
	if err != nil {
		return running{}, fmt.Errorf("read state: %w", err)
	}
	defer lock.Close()
	switch err := tryLock(lock, syscall.LOCK_SH); {
	case err == nil:
		return running{}, errNotRunning
	case !errors.Is(err, syscall.EWOULDBLOCK):
		return running{}, fmt.Errorf("read state: %w", err)
	}
	return announcedBy(lock, dir)
}

// announcedBy tells what the emulator that holds the lock has announced: nothing, and so not that it is ready, while there is
// only what the one before it has left.
func announcedBy(lock *os.File, dir string) (running, error) {
	pid, err := io.ReadAll(io.LimitReader(lock, maxPID))
	if err != nil {
		return running{}, fmt.Errorf("read state: %w", err)
	}
	last, err := lastRunning(dir)
	if err != nil || strconv.Itoa(last.PID) != strings.TrimSpace(string(pid)) {
		return running{}, err
	}
	return last, nil
}

// maxPID is the longest text of a process id that is read.
const maxPID = 32
