package postgres

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

const (
	// maxUnpacked bounds what an archive may grow to: the packages are of 60 MB.
	maxUnpacked = 512 << 20

	// archiveRoot is what the programs lie beneath in the archive.
	archiveRoot = "package/native/"
	// linksFile lists the symbolic links, which such an archive cannot hold.
	linksFile = "pg-symlinks.json"
)

// unpack extracts the programs into dir, which must not exist, readable by everybody. No
// path in the archive leads out of dir.
func unpack(archive, dir string) (err error) {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // another user runs what is in it
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the same, whatever the umask is
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := extract(tar.NewReader(io.LimitReader(unzipped, maxUnpacked)), root); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if err := link(root); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return nil
}

func extract(from *tar.Reader, root *os.Root) error {
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(header.Name, archiveRoot)
		if !ok || header.Typeflag != tar.TypeReg {
			continue
		}
		if err := makeFolder(root, path.Dir(name)); err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if path.Dir(name) == "bin" {
			mode = 0o755
		}
		if err := write(root, name, mode, from); err != nil {
			return err
		}
	}
}

func write(root *os.Root, name string, mode fs.FileMode, from io.Reader) (err error) {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.Chmod(mode); err != nil { // whatever the umask is
		return err
	}
	_, err = io.Copy(file, from)
	return err
}

func makeFolder(root *os.Root, name string) error {
	if err := root.MkdirAll(name, 0o755); err != nil {
		return err
	}
	for ; name != "."; name = path.Dir(name) {
		if err := root.Chmod(name, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// link makes the symbolic links: each to a file beside it.
func link(root *os.Root) error {
	text, err := root.ReadFile(linksFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("%s: %w", linksFile, err)
	}
	for _, l := range links {
		target := strings.TrimPrefix(l.Target, path.Base(archiveRoot)+"/")
		if err := root.Symlink(path.Base(l.Source), target); err != nil {
			return err
		}
	}
	return nil
}
