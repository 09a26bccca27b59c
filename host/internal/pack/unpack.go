package pack

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// part is a file of the archive and what it must hold.
type part struct{ name, digest string }

// Unpack verifies the parts within dir and unpacks the programs into the folder into, which it empties first.
func Unpack(dir, into string) error {
	parts, err := readSums(filepath.Join(dir, Sums))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(into); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	joined := &joiner{dir: dir, parts: parts}
	decompressor, err := zstd.NewReader(joined, zstd.WithDecoderMaxWindow(windowBytes))
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	defer decompressor.Close()
	err = extract(decompressor, into)
	if joined.err != nil {
		return joined.err // the decompressor's own error follows from it
	}
	return err
}

// readSums returns the parts that the file lists.
func readSums(file string) ([]part, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("unpack: %w: deploy the folder that `make dist` made", err)
	}
	var parts []part
	for line := range strings.Lines(string(text)) {
		digest, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size || name != filepath.Base(name) || len(parts) == maxParts {
			return nil, fmt.Errorf("unpack: %s is not a list of checksums: build and deploy again", filepath.Base(file))
		}
		parts = append(parts, part{name: name, digest: digest})
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("unpack: %s lists nothing: build and deploy again", filepath.Base(file))
	}
	return parts, nil
}

// joiner reads the parts one after the other. None of a part is read before its checksum was right.
type joiner struct {
	dir     string
	parts   []part
	current bytes.Reader
	err     error
}

func (j *joiner) Read(p []byte) (int, error) {
	for j.current.Len() == 0 {
		switch {
		case j.err != nil:
			return 0, j.err
		case len(j.parts) == 0:
			return 0, io.EOF
		}
		var content []byte
		content, j.err = j.parts[0].read(j.dir)
		j.current.Reset(content)
		j.parts = j.parts[1:]
	}
	return j.current.Read(p)
}

func (p part) read(dir string) ([]byte, error) {
	file, err := os.Open(filepath.Join(dir, p.name))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w: the upload is not complete, deploy again", err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, PartBytes+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != p.digest {
		return nil, fmt.Errorf("unpack: the checksum of %s is not the one in %s: the upload is damaged, deploy again", p.name, Sums)
	}
	return content, nil
}

// extract writes the programs of a tar archive into a folder.
func extract(r io.Reader, into string) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		if header.Typeflag != tar.TypeReg || !filepath.IsLocal(header.Name) || header.Size > maxProgramBytes {
			return fmt.Errorf("unpack: the archive holds %q, which is no program", header.Name)
		}
		if err := install(filepath.Join(into, filepath.FromSlash(header.Name)), archive); err != nil {
			return fmt.Errorf("unpack %s: %w", header.Name, err)
		}
	}
}

func install(path string, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // programs are for everybody
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755) //nolint:gosec // it is executed
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
