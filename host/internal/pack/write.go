package pack

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// Write packs programs, slash-separated paths within the folder from, into parts within dir and lists them in Sums. Parts of
// an earlier archive go.
func Write(dir, from string, programs []string) error { return write(dir, from, programs, PartBytes) }

func write(dir, from string, programs []string, partBytes int) error {
	old, err := filepath.Glob(filepath.Join(dir, partName("*")))
	if err != nil {
		return err
	}
	for _, part := range old {
		if err := os.Remove(part); err != nil {
			return err
		}
	}
	parts := &splitter{dir: dir, limit: partBytes}
	// One worker: with several the bytes would depend on how many there are.
	compressor, err := zstd.NewWriter(parts,
		zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(windowBytes), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := archive(compressor, from, programs); err != nil {
		return errors.Join(err, parts.Close())
	}
	if err := errors.Join(compressor.Close(), parts.Close()); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, Sums), parts.sums.Bytes(), 0o644) //nolint:gosec // everybody may read it, as all of an app's files
}

// archive writes the programs as a tar archive that says nothing of when, where and by whom they were made.
func archive(w io.Writer, from string, programs []string) error {
	t := tar.NewWriter(w)
	for _, name := range programs {
		content, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("pack: %w", err)
		}
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(content)), Format: tar.FormatUSTAR}
		if err := t.WriteHeader(header); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		if _, err := t.Write(content); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return t.Close()
}

func partName(number string) string { return "programs.tar.zst." + number }

// splitter is a writer into files of limit bytes each.
type splitter struct {
	dir   string
	limit int
	count int
	part  bytes.Buffer
	sums  bytes.Buffer
}

func (s *splitter) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		n := min(len(p), s.limit-s.part.Len())
		s.part.Write(p[:n])
		if p = p[n:]; s.part.Len() == s.limit {
			if err := s.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

// Close writes what is left.
func (s *splitter) Close() error {
	if s.part.Len() == 0 {
		return nil
	}
	return s.flush()
}

func (s *splitter) flush() error {
	name := partName(fmt.Sprintf("%02d", s.count))
	if s.count++; s.count > maxParts {
		return fmt.Errorf("pack: more than %d parts of %d bytes", maxParts, s.limit)
	}
	fmt.Fprintf(&s.sums, "%x  %s\n", sha256.Sum256(s.part.Bytes()), name)
	err := os.WriteFile(filepath.Join(s.dir, name), s.part.Bytes(), 0o644) //nolint:gosec // everybody may read it, as all of an app's files
	s.part.Reset()
	return err
}
