package deploy

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"corbel.example/e2e/figure"
)

const (
	maxFile   = 10_000_000
	maxUpload = 40_000_000
)

// TestDistIsSmall looks at what is uploaded.
func TestDistIsSmall(t *testing.T) {
	total, largest := 0, 0
	for name, content := range files(t, filepath.Join(here, "dist")) {
		total, largest = total+len(content), max(largest, len(content))
		if len(content) > maxFile {
			t.Errorf("%s has %d bytes", name, len(content))
		}
	}
	figure.Note(t, "an upload of %.1f MB, its largest file of %.1f MB", float64(total)/1e6, float64(largest)/1e6)
	if total > maxUpload {
		t.Errorf("an upload has %d bytes, want %d", total, maxUpload)
	}
}

// TestTwoBuildsAreTheSame builds the sources again, from a copy in another place.
func TestTwoBuildsAreTheSame(t *testing.T) {
	elsewhere, to := filepath.Join(t.TempDir(), "elsewhere"), t.TempDir()
	if err := os.CopyFS(elsewhere, os.DirFS(sources)); err != nil {
		t.Fatal(err)
	}
	if err := dist(elsewhere, to); err != nil {
		t.Fatal(err)
	}
	first, second := files(t, filepath.Join(here, "dist")), files(t, filepath.Join(to, "dist"))
	if len(first) != len(second) || len(first) == 0 {
		t.Errorf("%d files, and then %d", len(first), len(second))
	}
	for name, content := range first {
		if !bytes.Equal(content, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// files returns a folder's files by name.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		found[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
