package postgres

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"corbel.example/emulator/internal/account"
)

const (
	// recordFile, in the workspace's folder, says where the data is.
	recordFile = "postgres.json"

	// Below a place: the cluster, the folder of the socket, and the place's lock.
	dataFolder   = "data"
	socketFolder = "run"
	lockFile     = "lock"
	// ownerFile, in a place of its own, says whose it is.
	ownerFile = "owner.json"

	keyLength = 32
)

// sharedFolders are where the data of workspaces lies whose emulator runs as root: somewhere
// that an unprivileged user can reach, as it can't reach a state folder below root's home.
// The first that can be made counts.
var sharedFolders = []string{"/var/lib/corbel", "/var/tmp/corbel"}

// record is what a workspace keeps about its PostgreSQL.
type record struct {
	// Folder is where the data is; empty: in the workspace's own folder.
	Folder string `json:"folder,omitempty"`
	// Key is what logins to the server are derived from.
	Key     []byte    `json:"key"`
	Created time.Time `json:"created"`
}

// place is the folder that holds one workspace's PostgreSQL, while this process has it.
type place struct {
	record
	dir     string
	account *account.Account // that the server runs as; nil: this process's user
	lock    *os.File
}

func (p *place) data() string { return filepath.Join(p.dir, dataFolder) }

func (p *place) path(name string) string { return filepath.Join(p.dir, name) }

func (p *place) close() error { return p.lock.Close() }

// openPlace opens the place of the workspace that is kept in dir, or makes one.
func openPlace(dir string) (*place, error) {
	rec, err := readRecord(dir)
	if errors.Is(err, fs.ErrNotExist) {
		rec, err = newRecord(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("place of PostgreSQL's data: %w", err)
	}
	p := &place{record: rec, dir: rec.Folder}
	if p.dir == "" {
		p.dir = filepath.Join(dir, "postgres")
	}
	if err := p.open(dir); err != nil {
		return nil, fmt.Errorf("place of PostgreSQL's data: %w", err)
	}
	return p, nil
}

func readRecord(dir string) (record, error) {
	var rec record
	path := filepath.Join(dir, recordFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return rec, err
	}
	if err := json.Unmarshal(text, &rec); err != nil || len(rec.Key) != keyLength {
		return rec, fmt.Errorf("%s is damaged: delete the state folder to start anew", path)
	}
	return rec, nil
}

func newRecord(dir string) (record, error) {
	rec := record{Key: make([]byte, keyLength), Created: time.Now().UTC().Truncate(time.Second)}
	rand.Read(rec.Key) // never fails: it ends the program instead
	if os.Geteuid() == 0 {
		shared, err := sharedFolder()
		if err != nil {
			return rec, err
		}
		name := make([]byte, 8)
		rand.Read(name)
		rec.Folder = filepath.Join(shared, hex.EncodeToString(name))
	}
	text, err := json.Marshal(rec)
	if err != nil {
		return rec, err
	}
	path := filepath.Join(dir, recordFile)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return rec, err
	}
	return rec, os.Rename(path+".new", path)
}

// sharedFolder makes the folder of root's places.
func sharedFolder() (string, error) {
	var failed error
	for _, dir := range sharedFolders {
		err := account.MakePassage(dir)
		if err == nil {
			return dir, nil
		}
		failed = errors.Join(failed, err)
	}
	return "", failed
}

// open makes what is missing, and takes the place's lock.
func (p *place) open(workspace string) (err error) {
	mode := fs.FileMode(0o700)
	if p.Folder != "" {
		mode = 0o755 // the account must pass through it; the folders within are its own
	}
	if err := os.MkdirAll(p.dir, mode); err != nil {
		return err
	}
	if err := os.Chmod(p.dir, mode); err != nil {
		return err
	}
	if p.lock, err = os.OpenFile(p.path(lockFile), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.lock.Close())
		}
	}()
	if err := syscall.Flock(int(p.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("lock %s: %w", p.dir, err)
	}
	if p.account, err = accountFor(p.data()); err != nil {
		return err
	}
	if p.Folder == "" {
		return nil
	}
	if err := p.sign(workspace); err != nil {
		return err
	}
	// What can't be removed is in nobody's way: the next start tries again.
	_ = sweep(filepath.Dir(p.dir))
	return nil
}

// ownership says which workspace a place belongs to, and on which device that is.
type ownership struct {
	Workspace string `json:"workspace"`
	Device    uint64 `json:"device"`
}

func (p *place) sign(workspace string) error {
	workspace, err := filepath.Abs(workspace)
	if err != nil {
		return err
	}
	device, err := deviceOf(workspace)
	if err != nil {
		return err
	}
	text, err := json.Marshal(ownership{workspace, device})
	if err != nil {
		return err
	}
	return os.WriteFile(p.path(ownerFile), text, 0o600)
}

var placeName = regexp.MustCompile(`^[0-9a-f]{16}$`)

// sweep removes the places whose workspace has been deleted: to delete the state folder is
// how to start anew, and the data must go with it.
func sweep(shared string) error {
	entries, err := os.ReadDir(shared)
	if err != nil {
		return err
	}
	var failed error
	for _, entry := range entries {
		if dir := filepath.Join(shared, entry.Name()); entry.IsDir() && placeName.MatchString(entry.Name()) && abandoned(dir) {
			failed = errors.Join(failed, os.RemoveAll(dir))
		}
	}
	return failed
}

// abandoned reports whether nobody has the place and its workspace is gone: deleted, and not
// merely on a disk that isn't there at the moment.
func abandoned(dir string) bool {
	var owner ownership
	text, err := os.ReadFile(filepath.Join(dir, ownerFile))
	if err != nil || json.Unmarshal(text, &owner) != nil {
		return false
	}
	rec, err := readRecord(owner.Workspace)
	if err == nil && rec.Folder == dir {
		return false
	}
	if err != nil {
		device, deviceErr := deviceOf(owner.Workspace)
		if !errors.Is(err, fs.ErrNotExist) || deviceErr != nil || device != owner.Device {
			return false
		}
	}
	// The lock comes last: it would be in the way of an owner who comes back.
	lock, err := os.Open(filepath.Join(dir, lockFile))
	if err != nil {
		return false
	}
	defer lock.Close()
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// deviceOf returns the device that holds path, or what is left of the way to it.
func deviceOf(path string) (uint64, error) {
	for {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path {
			path = filepath.Dir(path)
			continue
		}
		if err != nil {
			return 0, err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, fmt.Errorf("%s is on no device", path)
		}
		return uint64(stat.Dev), nil //nolint:unconvert // its type depends on the system
	}
}
