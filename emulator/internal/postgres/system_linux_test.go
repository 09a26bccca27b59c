package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheServerDiesWithTheEmulator(t *testing.T) {
	t.Parallel()
	emulator, server := another(t, t.TempDir())
	if err := emulator.Process.Kill(); err != nil { // SIGKILL: it cannot clean up
		t.Fatal(err)
	}
	if err := emulator.Wait(); err == nil {
		t.Error("the emulator was not killed")
	}
	eventually(t, "the server's end", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server))
		return err != nil || strings.Contains(string(stat), ") Z ") // ended, and nobody has asked how
	})
}

func TestSomebodyElseInTheDataFolderIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	closeServer(t, s)
	other := exec.CommandContext(t.Context(), "sleep", "600")
	other.Dir = s.cluster.data()
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		other.Process.Kill() //nolint:errcheck // the context kills it too
		other.Wait()         //nolint:errcheck // it was killed
	}()
	open(t, dir)
	cwd, err := os.Readlink(filepath.Join("/proc", fmt.Sprint(other.Process.Pid), "cwd"))
	if err != nil || cwd != s.cluster.data() {
		t.Errorf("the other process is in %q, %v", cwd, err)
	}
}
