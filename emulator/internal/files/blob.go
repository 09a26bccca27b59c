package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ErrTooLarge says that a file is larger than [MaxSize].
var ErrTooLarge = fmt.Errorf("larger than %d bytes", MaxSize)

// blobs is the folder of what is in files, each named by its SHA-256.
type blobs string

// receivingPrefix marks what is still being received.
const receivingPrefix = "receiving-"

// open makes the folder, and removes what an end in the middle of an upload left there.
func (b blobs) open() error {
	if err := os.MkdirAll(string(b), 0o700); err != nil {
		return err
	}
	return b.sweep(func(name string) bool { return !strings.HasPrefix(name, receivingPrefix) })
}

func (b blobs) path(digest string) string { return filepath.Join(string(b), digest) }

func (b blobs) sweep(keep func(name string) bool) error {
	entries, err := os.ReadDir(string(b))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !keep(e.Name()) {
			err = errors.Join(err, os.Remove(b.path(e.Name())))
		}
	}
	return err
}

// blob is what has been received and not yet been kept.
type blob struct {
	blobs  blobs
	file   string // "" once it is kept
	digest string
	size   int64
}

// receive writes what is read to disk. keep or discard must follow.
func (b blobs) receive(from io.Reader) (*blob, error) {
	f, err := os.CreateTemp(string(b), receivingPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("receive file: %w", err)
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(from, MaxSize+1))
	if err == nil && size > MaxSize {
		err = ErrTooLarge
	}
	received := &blob{b, f.Name(), hex.EncodeToString(sum.Sum(nil)), size}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		received.discard()
		return nil, err
	}
	return received, nil
}

func (b *blob) keep() error {
	if err := os.Rename(b.file, b.blobs.path(b.digest)); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	b.file = ""
	return nil
}

func (b *blob) discard() {
	if b.file != "" {
		// The next start removes what can't be removed now.
		_ = os.Remove(b.file)
	}
}
