package apps

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatKilledWorkspacesLeftIsGoneAndOthersStay(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	living := &ground{parent: parent}
	theirs, err := living.folder("shop")
	if err != nil {
		t.Fatal(err)
	}
	// A process that is killed leaves what it has not closed, and loses its lock.
	killed := &ground{parent: parent}
	left, err := killed.folder("shop")
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), "sleep", "300")
	child.Dir = left
	if err := errors.Join(child.Start(), killed.lock.Close()); err != nil {
		t.Fatal(err)
	}

	if err := sweep(parent); err != nil {
		t.Fatal(err)
	}
	var status *exec.ExitError
	if err := child.Wait(); !errors.As(err, &status) || status.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("what was left ended by itself: %v", err)
	}
	if _, err := os.Stat(killed.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the killed workspace is there: %v", err)
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Errorf("the folder of a living workspace: %v", err)
	}
	if err := living.close(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 0 {
		t.Errorf("at the end there are %v, %v", entries, err)
	}
}

func TestAGroundThatIsBeingRemovedIsNotTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := take(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := take(dir); !errors.Is(err, errNotOurs) {
		t.Errorf("while somebody has it: %v", err)
	}
	if _, err := take(filepath.Join(dir, "gone")); !errors.Is(err, errNotOurs) {
		t.Errorf("when it is gone: %v", err)
	}
}
