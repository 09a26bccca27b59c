package apps

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"corbel.example/emulator/internal/account"
)

const (
	// accountName is the user of the operating system as whom apps run when this process is
	// root. It must own nothing.
	accountName = "nobody"
	// sharedGround is where the grounds of root's workspaces lie: the account can't reach a
	// state folder below root's home.
	sharedGround = "/var/tmp/corbel-apps"
	// claims bounds how often a ground is made anew because another workspace, which starts in
	// the same instant, took it for one that was left.
	claims = 3
)

// ground is the folder below which this process's apps run. It is made for the first of them,
// and nothing in it outlives the process.
type ground struct {
	parent  string
	account *account.Account // as whom apps run; nil: as this process

	mu   sync.Mutex
	dir  string
	lock *os.File
}

// openGround removes what workspaces have left that were killed, files and processes.
func openGround(stateDir string, log *slog.Logger) (*ground, error) {
	g := &ground{parent: filepath.Join(stateDir, "apps")}
	var err error
	if g.account, err = account.Unprivileged(accountName); err != nil {
		return nil, fmt.Errorf("folder of apps: %w", err)
	}
	if g.account != nil {
		g.parent = sharedGround
		if err := account.MakePassage(g.parent); err != nil {
			return nil, fmt.Errorf("folder of apps: %w", err)
		}
	}
	if err := sweep(g.parent); err != nil { // it is in nobody's way: the next start tries again
		log.Warn("what apps have left was not removed", slog.String("folder", g.parent), slog.String("error", err.Error()))
	}
	return g, nil
}

// folder makes a folder for one start of an app.
func (g *ground) folder(app string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range claims {
		if g.lock != nil {
			break
		}
		if err := g.claim(); err != nil && !errors.Is(err, errNotOurs) {
			return "", fmt.Errorf("folder of apps: %w", err)
		}
	}
	if g.lock == nil {
		return "", fmt.Errorf("folder of apps: %w: try again", errNotOurs)
	}
	dir, err := os.MkdirTemp(g.dir, app+"-")
	if err != nil {
		return "", fmt.Errorf("folder of the app: %w", err)
	}
	return dir, nil
}

func (g *ground) claim() error {
	if err := os.MkdirAll(g.parent, 0o700); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(g.parent, "")
	if err != nil {
		return err
	}
	lock, err := take(dir)
	if err != nil {
		return err
	}
	g.dir, g.lock = dir, lock
	return g.account.LetThrough(dir)
}

// close removes the ground when no app runs any more.
func (g *ground) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lock == nil {
		return nil
	}
	err := errors.Join(os.RemoveAll(g.dir), g.lock.Close())
	g.lock = nil
	return err
}

// errNotOurs says that another process has a ground, or that it is gone.
var errNotOurs = errors.New("another workspace is removing it")

// take locks a ground. The system gives the lock back when the process ends, however it ends.
func take(dir string) (*os.File, error) {
	lock, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotOurs
	}
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errNotOurs
	}
	if err == nil {
		if _, gone := os.Stat(dir); gone != nil { // whoever had it before was removing it
			err = errNotOurs
		}
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

// sweep removes the grounds that nobody has, and ends what runs there.
func sweep(parent string) error {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		dir := filepath.Join(parent, entry.Name())
		lock, takeErr := take(dir)
		if errors.Is(takeErr, errNotOurs) {
			continue
		}
		if err = errors.Join(err, takeErr); takeErr != nil {
			continue
		}
		killLeftovers(dir)
		err = errors.Join(err, os.RemoveAll(dir), lock.Close())
	}
	return err
}
