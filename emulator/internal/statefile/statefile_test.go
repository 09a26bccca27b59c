package statefile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corbel.example/emulator/internal/statefile"
)

type state struct {
	Name string `json:"name"`
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.json")
	got := state{Name: "as it was"}
	if err := statefile.Read(path, &got); err != nil || got.Name != "as it was" {
		t.Errorf("nothing: %v, %v", got, err)
	}
	for _, name := range []string{"first", "second"} {
		if err := statefile.Write(path, state{Name: name}); err != nil {
			t.Fatal(err)
		}
		if err := statefile.Read(path, &got); err != nil || got.Name != name {
			t.Errorf("%v, %v, want %s", got, err, name)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

func TestDamagedFilesAreNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := statefile.Read(path, &state{}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if err := statefile.Write(filepath.Join(path, "below"), state{}); err == nil {
		t.Error("written below a file")
	}
	if err := statefile.Write(path, func() {}); err == nil {
		t.Error("a function was written")
	}
}
