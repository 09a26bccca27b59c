// Package appstest has an app for tests, to be uploaded to a workspace and deployed there.
package appstest

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// The characters of the app.
const (
	Serves         = "serves"
	Exits          = "exits"
	Hangs          = "hangs"
	LeavesAChild   = "leaves a child"
	IgnoresSIGTERM = "ignores SIGTERM"
)

// Seen is what the app says it sees, at any path.
type Seen struct {
	Header  http.Header
	Environ []string
	Dir     string
	Files   []string
	UID     int
	PID     int
}

// Program builds the app, once in a process, and returns what is in its file.
var Program = sync.OnceValues(func() (program []byte, err error) {
	dir, err := os.MkdirTemp("", "tiny-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tiny")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", file, "corbel.example/emulator/internal/apps/appstest/tiny")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the app for tests: %w\n%s", err, out)
	}
	return os.ReadFile(file)
})

// Command starts the app from the folder that it was uploaded to as "tiny". The upload made it
// no program: the shell does.
func Command(character string) []string {
	return []string{"sh", "-c", `chmod +x tiny && exec ./tiny "$0"`, character}
}
