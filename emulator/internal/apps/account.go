package apps

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"corbel.example/emulator/internal/app"
)

// accountName is the user of the operating system as whom apps run when this process is
// root. It must own nothing.
const accountName = "nobody"

// sharedFolder is where apps lie then: the account can't reach a state folder below root's home.
const sharedFolder = "/var/tmp/corbel-apps"

// runFolder returns the folder below which apps run, and as whom. There is nothing yet: what
// another workspace on this state left is gone.
func runFolder(stateDir string) (string, *app.Account, error) {
	folder := filepath.Join(stateDir, "apps")
	var account *app.Account
	if os.Geteuid() == 0 {
		var err error
		if account, err = unprivileged(); err != nil {
			return "", nil, fmt.Errorf("folder of apps: %w", err)
		}
		if err := makeShared(sharedFolder); err != nil {
			return "", nil, fmt.Errorf("folder of apps: %w", err)
		}
		of := sha256.Sum256([]byte(stateDir))
		folder = filepath.Join(sharedFolder, hex.EncodeToString(of[:8]))
	}
	killLeftovers(folder)
	if err := os.RemoveAll(folder); err != nil {
		return "", nil, fmt.Errorf("folder of apps: %w", err)
	}
	return folder, account, nil
}

// makeRunFolder makes it, for the first app that starts.
func makeRunFolder(folder string, account *app.Account) error {
	mode := fs.FileMode(0o700)
	if account != nil {
		mode = 0o711 // the account must pass through it
	}
	return errors.Join(os.MkdirAll(folder, mode), os.Chmod(folder, mode))
}

func unprivileged() (*app.Account, error) {
	u, err := user.Lookup(accountName)
	if err != nil {
		return nil, fmt.Errorf("apps don't run as root: %w: add the user, or start as another user than root", err)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil || uid == 0 {
		return nil, fmt.Errorf("apps don't run as root, and the user %s is of no use: id %s", accountName, u.Uid)
	}
	return &app.Account{UID: uint32(uid), GID: uint32(gid)}, nil
}

// makeShared makes a folder of root's that everybody may enter. In a folder where everybody
// may write, somebody else could have been there first.
func makeShared(dir string) error {
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, fs.ErrExist) { //nolint:gosec // other users pass through it
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || owner.Uid != 0 {
		return fmt.Errorf("%s is not a folder of root's", dir)
	}
	return os.Chmod(dir, 0o711) //nolint:gosec // the same, whatever the umask is
}
