package files_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/files"
)

func open(t *testing.T, dir string) *files.Store {
	t.Helper()
	s, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, s *files.Store, name, text string) files.Object {
	t.Helper()
	o, err := s.Write(name, strings.NewReader(text), true)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return o
}

func mkdirs(t *testing.T, s *files.Store, name string) {
	t.Helper()
	if _, err := s.Mkdirs(name); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func text(t *testing.T, s *files.Store, o files.Object) string {
	t.Helper()
	r, err := s.Read(o.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func paths(list []files.Object) []string {
	names := []string{}
	for _, o := range list {
		names = append(names, o.Path)
	}
	return names
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"/":                       "/Workspace",
		"/Workspace":              "/Workspace",
		"/Shared/ana/a b":         "/Workspace/Shared/ana/a b",
		"/Workspace/Users//x/":    "/Workspace/Users/x",
		"relative":                "",
		"":                        "",
		"/Users/../Shared":        "",
		"/Users/./x":              "",
		"/Users/x\x00y":           "",
		"/" + long(256):           "",
		"/" + long(255):           "/Workspace/" + long(255),
		strings.Repeat("/a", 101): "",
		strings.Repeat("/abcdefghijklmnopqrstuvwxyz", 200): "",
	} {
		got, err := files.Clean(given)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.40q: %.40q, %v, want %.40q", given, got, err, want)
		}
	}
}

func long(n int) string { return strings.Repeat("n", n) }

func TestFilesAndFoldersOutliveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	made, err := s.Mkdirs("/Workspace/Shared/ana/app/deep")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/Workspace/Shared/ana", "/Workspace/Shared/ana/app", "/Workspace/Shared/ana/app/deep"}, paths(made)); diff != "" {
		t.Error(diff)
	}
	first := write(t, s, "/Workspace/Shared/ana/app/x", "one")
	second := write(t, s, "/Workspace/Shared/ana/app/x", "two")
	if first.ID != second.ID || first.Digest == second.Digest {
		t.Errorf("%+v, then %+v", first, second)
	}
	s = open(t, dir)
	got, ok := s.Find("/Workspace/Shared/ana/app/x")
	if !ok || text(t, s, got) != "two" || got.Size != 3 {
		t.Errorf("%+v, %v", got, ok)
	}
	if byID, ok := s.ByID(got.ID); !ok || byID.Path != got.Path {
		t.Errorf("by id: %+v", byID)
	}
	if diff := cmp.Diff([]string{"/Workspace/Shared/ana/app/deep", "/Workspace/Shared/ana/app/x"}, paths(s.List("/Workspace/Shared/ana/app"))); diff != "" {
		t.Error(diff)
	}
	if o := write(t, s, "/Workspace/Shared/ana/new", ""); o.ID <= got.ID {
		t.Errorf("id %d after %d", o.ID, got.ID)
	}
}

func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	mkdirs(t, s, "/Workspace/Shared/d/e")
	write(t, s, "/Workspace/Shared/f", "x")
	for name, tt := range map[string]struct {
		do   func() error
		want error
	}{
		"a file in no folder":      {put(s, "/Workspace/Shared/none/f", true), files.ErrNoParent},
		"a file in a file":         {put(s, "/Workspace/Shared/f/f", true), files.ErrNoParent},
		"a file over a folder":     {put(s, "/Workspace/Shared/d", true), files.ErrIsDirectory},
		"a file that is there":     {put(s, "/Workspace/Shared/f", false), files.ErrExists},
		"a folder over a file":     {func() error { _, err := s.Mkdirs("/Workspace/Shared/f/g"); return err }, files.ErrIsFile},
		"deleting nothing":         {remove(s, "/Workspace/Shared/none", true), files.ErrNotFound},
		"deleting a full folder":   {remove(s, "/Workspace/Shared/d", false), files.ErrNotEmpty},
		"deleting everybody's":     {remove(s, files.Users, true), files.ErrProtected},
		"a file that never begins": {func() error { _, err := s.Write("/Workspace/Shared/z", broken{}, true); return err }, errBroken},
	} {
		if err := tt.do(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"/Workspace/Shared/d", "/Workspace/Shared/d/e", "/Workspace/Shared/f"}, paths(s.Tree(files.Shared))); diff != "" {
		t.Error(diff)
	}
}

func put(s *files.Store, name string, overwrite bool) func() error {
	return func() error { _, err := s.Write(name, strings.NewReader("y"), overwrite); return err }
}

func remove(s *files.Store, name string, recursive bool) func() error {
	return func() error { _, err := s.Delete(name, recursive); return err }
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestSweepKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	pinned := write(t, s, "/Workspace/Shared/a", "pinned")
	write(t, s, "/Workspace/Shared/a", "replaced")
	used := write(t, s, "/Workspace/Shared/a", "used")
	if _, err := s.Write("/Workspace/Shared/b", broken{}, true); err == nil {
		t.Error("a broken upload succeeded")
	}
	if err := s.Sweep(func(digest string) bool { return digest == pinned.Digest }); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "files"))
	if err != nil || len(left) != 2 || text(t, s, used) != "used" || text(t, s, pinned) != "pinned" {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestAnInterruptedUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "files", "receiving-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if left, err := os.ReadDir(filepath.Join(dir, "files")); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// endless is larger than any file may be.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestFilesHaveALimit(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes 200 MB")
	}
	s := open(t, t.TempDir())
	if _, err := s.Write("/Workspace/Shared/a", endless{}, true); !errors.Is(err, files.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}
