package apps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"corbel.example/emulator/internal/app"
	"corbel.example/emulator/internal/files"
)

// drainTimeout bounds the wait for the requests that a version is answering when another takes
// its place. Those that last longer end with the version.
const drainTimeout = 5 * time.Second

// version is a deployment that runs: a process and the folder made for it.
type version struct {
	process *app.Process
	folder  string
	log     *slog.Logger

	mu       sync.Mutex
	requests int
	idle     chan struct{} // closed when there is no request; nil while nobody waits for it
}

// use counts a request, until what it returns is called.
func (v *version) use() (release func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.requests++
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.requests--
		if v.requests == 0 && v.idle != nil {
			close(v.idle)
			v.idle = nil
		}
	}
}

// drain waits until no request is under way, for a while or until ctx is done. There must
// be no new ones.
func (v *version) drain(ctx context.Context) {
	v.mu.Lock()
	if v.requests == 0 {
		v.mu.Unlock()
		return
	}
	if v.idle == nil {
		v.idle = make(chan struct{})
	}
	idle := v.idle
	v.mu.Unlock()
	timeout := time.NewTimer(drainTimeout)
	defer timeout.Stop()
	select {
	case <-idle:
	case <-timeout.C:
	case <-v.process.Done():
	case <-ctx.Done():
	}
}

// retire ends a version that is not in force any more, at once when ctx is done.
func (v *version) retire(ctx context.Context) {
	if v == nil {
		return
	}
	v.drain(ctx)
	v.end(ctx)
}

// end ends the process, whatever it has started, and removes its folder.
func (v *version) end(ctx context.Context) {
	v.process.Stop(ctx)
	killLeftovers(v.folder)
	if err := os.RemoveAll(v.folder); err != nil {
		v.log.WarnContext(ctx, "folder of an app not removed", slog.String("error", err.Error()))
	}
}

// unpack makes a folder of a deployment's files, for the account that will run there.
func (r *Registry) unpack(list []SourceFile, name string) (folder string, err error) {
	if folder, err = r.ground.folder(name); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	for _, dir := range []string{sourceFolder(folder), homeFolder(folder)} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return "", fmt.Errorf("folder of the app: %w", err)
		}
	}
	for _, f := range list {
		if err := place(r.workspace.Files, f, sourceFolder(folder)); err != nil {
			return "", fmt.Errorf("file %s of the app: %w", f.Path, err)
		}
	}
	if err := r.placeCertificate(folder); err != nil {
		return "", fmt.Errorf("certificate for the app: %w", err)
	}
	return folder, r.ground.account.Give(folder)
}

// placeCertificate copies the workspace's certificate, if it has one.
func (r *Registry) placeCertificate(folder string) error {
	if r.workspace.CAFile == "" {
		return nil
	}
	text, err := os.ReadFile(r.workspace.CAFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(certificateFile(folder), text, 0o600) //nolint:gosec // the folder was made a moment ago, beneath our own
}

func sourceFolder(folder string) string { return filepath.Join(folder, "source_code") }
func homeFolder(folder string) string   { return filepath.Join(folder, "home") }

func certificateFile(folder string) string { return filepath.Join(folder, "ca.pem") }

// place writes one file.
func place(store *files.Store, f SourceFile, folder string) (err error) {
	from, err := store.Read(f.Digest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	name := f.place(folder)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
