package supervisor

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestExecutesWhatWasVerified: after the check the path comes to name another file.
func TestExecutesWhatWasVerified(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "program")
	copyFile(t, "/bin/sh", path)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	exe, err := locate(path, hex.EncodeToString(sum[:]))
	if err != nil {
		t.Fatal(err)
	}
	defer exe.close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	copyFile(t, "/bin/false", path)
	if got := executeVerified(t, exe); got != "verified" {
		t.Errorf("another program was executed: %q", got)
	}
}

// executeVerified runs a verified shell.
func executeVerified(t *testing.T, exe *executable) string {
	t.Helper()
	path, hold, err := exe.execPath()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	out, err := (&exec.Cmd{Path: path, Args: []string{"sh", "-c", "printf verified"}}).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
