// Package statefile keeps small states of the workspace as JSON files that are whole at any
// moment, whenever the process or the machine ends.
package statefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Read fills in what is kept at path, and leaves it as it is when nothing is.
func Read(path string, to any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		return fmt.Errorf("read state %s: %w: move the state folder away to start anew", path, err)
	}
	return nil
}

// Write replaces what is kept at path, for its owner's eyes only. It is on disk when Write returns.
func Write(path string, from any) error {
	data, err := json.MarshalIndent(from, "", " ")
	if err != nil {
		return fmt.Errorf("write state %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	_, err = tmp.Write(append(data, '\n'))
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write state %s: %w", path, err), os.Remove(tmp.Name()))
	}
	return nil
}
