package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Write writes the files into the bundle's folder and returns the names of those that have changed.
func Write(dir string, files map[string][]byte) (changed []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, files[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a folder of the sources
			return changed, err
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil { //nolint:gosec // a file of the sources
			return changed, err
		}
		changed = append(changed, name)
	}
	return changed, nil
}

// Check compares the files in the bundle's folder with what they must be, and says where they differ.
func Check(dir string, files map[string][]byte) error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		have, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, fmt.Errorf("%s is not there", name))
		case err != nil:
			problems = append(problems, err)
		default:
			problems = append(problems, difference(name, have, files[name]))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("the bundle is not what the enabled plugins need: run `corbel bundle generate` and look at what it changes\n%w", err)
	}
	return nil
}

// difference tells the first line that differs.
func difference(name string, have, want []byte) error {
	if bytes.Equal(have, want) {
		return nil
	}
	is, must := bytes.Split(have, []byte("\n")), bytes.Split(want, []byte("\n"))
	i := 0
	for i < len(is) && i < len(must) && bytes.Equal(is[i], must[i]) {
		i++
	}
	return fmt.Errorf("%s:%d: it is %q, and must be %q", name, i+1, line(is, i), line(must, i))
}

// line returns a line without the spaces around it.
func line(lines [][]byte, i int) string {
	if i >= len(lines) {
		return ""
	}
	return string(bytes.TrimSpace(lines[i]))
}
