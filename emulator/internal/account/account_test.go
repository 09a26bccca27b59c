package account

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root runs programs as others")
	}
}

func TestProgramsOfRootRunAsSomebodyElseInAFolderOfTheirOwn(t *testing.T) {
	t.Parallel()
	asRoot(t)
	a, err := Unprivileged("no such user", "root", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	// Nobody else can enter what testing makes.
	open, err := os.MkdirTemp("/var/tmp", "account-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(open) })
	passage := filepath.Join(open, "passage")
	if err := errors.Join(MakePassage(open), MakePassage(passage)); err != nil {
		t.Fatal(err)
	}
	given, made := filepath.Join(passage, "given"), filepath.Join(passage, "made")
	if err := os.MkdirAll(filepath.Join(given, "within"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(given, "link")); err != nil {
		t.Fatal(err)
	}
	if err := a.Give(given); err != nil {
		t.Fatal(err)
	}
	if err := a.MakeFolder(made); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "id -u && touch given/within/new made/new && ! ls . && ! touch /etc/passwd")
	cmd.Dir, cmd.SysProcAttr = passage, &syscall.SysProcAttr{}
	a.Assume(cmd.SysProcAttr)
	out, err := cmd.CombinedOutput()
	if err != nil || strings.HasPrefix(string(out), "0\n") {
		t.Errorf("%v: %s", err, out)
	}
	if owner, err := Owner(made); err != nil || *owner != *a {
		t.Errorf("the folder is %+v's, %v", owner, err)
	}
	if _, err := Owner("/etc/passwd"); err == nil {
		t.Error("a file of root's may be somebody's to run as")
	}
}

func TestWhatIsRefusedSaysTheWayOut(t *testing.T) {
	t.Parallel()
	asRoot(t)
	if _, err := Unprivileged("no such user", "root"); err == nil || !strings.Contains(err.Error(), "start as another user than root") {
		t.Errorf("without users: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/var", link); err != nil {
		t.Fatal(err)
	}
	if err := MakePassage(link); err == nil {
		t.Error("a link was taken for a folder")
	}
	foreign := t.TempDir()
	if err := os.Chown(foreign, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := MakePassage(foreign); err == nil || !strings.Contains(err.Error(), "is not a folder of root's") {
		t.Errorf("a folder of somebody else's: %v", err)
	}
}

func TestOtherUsersRunProgramsAsThemselves(t *testing.T) {
	t.Parallel()
	var a *Account
	if os.Geteuid() != 0 {
		var err error
		if a, err = Unprivileged("no such user"); a != nil || err != nil {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "made")
	if err := a.MakeFolder(dir); err != nil {
		t.Fatal(err)
	}
	attr := &syscall.SysProcAttr{}
	a.Assume(attr)
	info, err := os.Stat(dir)
	if err != nil || attr.Credential != nil || a.Give(dir) != nil || a.LetThrough(dir) != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %+v, %v", info, attr, err)
	}
}
