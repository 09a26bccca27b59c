package pack

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testPart is the size of parts here.
const testPart = 100_000

// programs writes two programs, one of them too random for one part.
func programs(t *testing.T) (dir string, content map[string][]byte) {
	t.Helper()
	dir = t.TempDir()
	noise := make([]byte, testPart+1000)
	source := rand.NewChaCha8([32]byte{1})
	if _, err := source.Read(noise); err != nil {
		t.Fatal(err)
	}
	content = map[string][]byte{"corbel": noise, "plugins/hello": bytes.Repeat([]byte("hello "), 1000)}
	for name, b := range content {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, content
}

func packed(t *testing.T, from string) string {
	t.Helper()
	dir := t.TempDir()
	if err := write(dir, from, []string{"corbel", "plugins/hello"}, testPart); err != nil {
		t.Fatal(err)
	}
	return dir
}

// read returns a folder's files by name.
func read(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestUnpackedProgramsAreThoseThatWerePacked(t *testing.T) {
	t.Parallel()
	from, want := programs(t)
	dir, into := packed(t, from), filepath.Join(t.TempDir(), "programs")
	for range 2 { // a restart finds what the first start left
		if err := Unpack(dir, into); err != nil {
			t.Fatal(err)
		}
		if got := read(t, into); !cmp.Equal(got, want) {
			t.Errorf("unpacked %d programs that differ", len(got))
		}
	}
	info, err := os.Stat(filepath.Join(into, "plugins", "hello"))
	if err != nil || info.Mode().Perm()&0o111 != 0o111 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for name, part := range read(t, dir) {
		if len(part) > testPart {
			t.Errorf("%s has %d bytes", name, len(part))
		}
	}
}

func TestTheSameProgramsMakeTheSameBytes(t *testing.T) {
	t.Parallel()
	from, _ := programs(t)
	first := packed(t, from)
	if !cmp.Equal(read(t, first), read(t, packed(t, from))) {
		t.Error("the second archive differs")
	}
	// A smaller archive in the same place leaves no part of the larger one behind.
	if err := write(first, from, []string{"plugins/hello"}, testPart); err != nil {
		t.Fatal(err)
	}
	if got := read(t, first); len(got) != 2 {
		t.Errorf("%d files are left", len(got))
	}
}

func TestWhatIsDamagedIsNotRun(t *testing.T) {
	t.Parallel()
	from, _ := programs(t)
	sound := packed(t, from)
	for name, tt := range map[string]struct {
		damage func(dir string) error
		want   string
	}{
		"a byte differs": {func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, partName("01")))
			if err != nil {
				return err
			}
			b[10] ^= 1
			return os.WriteFile(filepath.Join(dir, partName("01")), b, 0o600)
		}, "the checksum of programs.tar.zst.01 is not the one in programs.sha256"},
		"a part is cut":       {func(dir string) error { return os.Truncate(filepath.Join(dir, partName("00")), 100) }, "the checksum of programs.tar.zst.00"},
		"a part is missing":   {func(dir string) error { return os.Remove(filepath.Join(dir, partName("01"))) }, "the upload is not complete"},
		"there is no list":    {func(dir string) error { return os.Remove(filepath.Join(dir, Sums)) }, "make dist"},
		"the list is another": {func(dir string) error { return os.WriteFile(filepath.Join(dir, Sums), []byte("hello\n"), 0o600) }, "not a list of checksums"},
		"the list leads away": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, Sums), []byte(strings.Repeat("0", 64)+"  ../x\n"), 0o600)
		}, "not a list of checksums"},
		"the list has no part": {func(dir string) error { return os.WriteFile(filepath.Join(dir, Sums), nil, 0o600) }, "unpack"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "upload")
			if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
				t.Fatal(err)
			}
			if err := tt.damage(dir); err != nil {
				t.Fatal(err)
			}
			err := Unpack(dir, filepath.Join(t.TempDir(), "programs"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
