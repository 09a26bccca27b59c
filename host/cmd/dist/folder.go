package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"corbel.example/host/internal/pack"
)

const (
	// maxFileBytes is what Databricks accepts of a file of an app, maxFolderBytes what we want of all.
	maxFileBytes   = 10_000_000
	maxFolderBytes = 40_000_000
	// appFile tells the platform how to start the app. `corbel bundle generate` writes it.
	appFile = "app.yaml"
)

//go:embed start.sh
var start []byte

// folder is what is uploaded for one platform.
type folder struct{ dir string }

// fill brings the folder up to date. Files that are right already are left alone: they are not uploaded again.
func (f folder) fill(b build, programs []string, d distribution) error {
	if err := os.MkdirAll(f.dir, 0o755); err != nil { //nolint:gosec // nothing in it is secret
		return err
	}
	if err := f.pack(b, programs); err != nil {
		return err
	}
	launch, err := os.ReadFile(filepath.Join(b.dir, launcher))
	if err != nil {
		return err
	}
	app, err := os.ReadFile(appFile)
	if err != nil {
		return fmt.Errorf("%w: `bin/corbel bundle generate` writes it", err)
	}
	files := map[string][]byte{launcher: launch, "start.sh": start, appFile: app, "VERSION": []byte(d.version + "\n")}
	for name, content := range files {
		if err := f.put(name, content); err != nil {
			return err
		}
	}
	return f.copyConfig(d.config)
}

// pack packs the programs, unless the very same ones are packed already: it takes seconds.
func (f folder) pack(b build, programs []string) error {
	var want bytes.Buffer
	for _, name := range programs {
		if err := sum(&want, filepath.Join(b.dir, filepath.FromSlash(name)), name); err != nil {
			return err
		}
	}
	stamp := filepath.Join(b.dir, "packed")
	if have, err := os.ReadFile(stamp); err == nil && bytes.Equal(have, append(want.Bytes(), f.packed()...)) {
		return nil
	}
	if err := pack.Write(f.dir, b.dir, programs); err != nil {
		return err
	}
	return os.WriteFile(stamp, append(want.Bytes(), f.packed()...), 0o600)
}

// packed identifies the archive that is in the folder: "" without one.
func (f folder) packed() []byte {
	sums, err := os.ReadFile(filepath.Join(f.dir, pack.Sums))
	if err != nil {
		return nil
	}
	var found bytes.Buffer
	for line := range bytes.Lines(sums) {
		_, name, _ := bytes.Cut(bytes.TrimSpace(line), []byte("  "))
		if sum(&found, filepath.Join(f.dir, filepath.Base(string(name))), string(name)) != nil {
			return nil
		}
	}
	if !bytes.Equal(found.Bytes(), sums) {
		return nil
	}
	return sums
}

// sum adds a line as sha256sum prints it.
func sum(to *bytes.Buffer, path, name string) error {
	content, err := os.ReadFile(path)
	if err == nil {
		fmt.Fprintf(to, "%x  %s\n", sha256.Sum256(content), name)
	}
	return err
}

// put writes a file that is not there or is another.
func (f folder) put(name string, content []byte) error {
	path := filepath.Join(f.dir, name)
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, content) {
		return nil
	}
	return os.WriteFile(path, content, 0o644) //nolint:gosec // nothing in it is secret
}

// copyConfig copies the configuration's files and removes what is not among them any more.
func (f folder) copyConfig(from string) error {
	to := filepath.Join(f.dir, "config")
	if err := os.MkdirAll(to, 0o755); err != nil { //nolint:gosec // secrets do not belong into configuration files
		return err
	}
	files, err := filepath.Glob(filepath.Join(from, "*.yaml"))
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		wanted[name] = true
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := f.put(filepath.Join("config", name), content); err != nil {
			return err
		}
	}
	present, err := os.ReadDir(to)
	if err != nil {
		return err
	}
	for _, entry := range present {
		if !wanted[entry.Name()] {
			err = errors.Join(err, os.RemoveAll(filepath.Join(to, entry.Name())))
		}
	}
	return err
}

// check returns the folder's size, or says what the platform would refuse.
func (f folder) check() (size int64, err error) {
	err = filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if size += info.Size(); info.Size() > maxFileBytes {
			return fmt.Errorf("%s has %d bytes, and Databricks refuses an app with a file of more than %d", path, info.Size(), maxFileBytes)
		}
		return nil
	})
	if err == nil && size > maxFolderBytes {
		err = fmt.Errorf("%s has %d bytes, more than %d: enable fewer plugins or look for what they link", f.dir, size, maxFolderBytes)
	}
	return size, err
}
