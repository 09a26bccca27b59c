package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"corbel.example/e2e/figure"
)

// platform is what the embedded workspace runs apps on: this machine.
const platform = runtime.GOOS + "-" + runtime.GOARCH

var (
	// sources are a copy of the repository: somebody may work in it meanwhile.
	sources string
	// here is a folder for everything that the tests share: dist/, as `make dist` makes it, builds/ with the programs that are packed.
	here string
	// cli is the Databricks CLI.
	cli string
	// shared is the workspace that the tests deploy into.
	shared *workspace
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return 0, err
	}
	if cli = os.Getenv("DATABRICKS_CLI"); cli == "" {
		cli = filepath.Join(root, ".tools", "bin", "databricks")
	}
	if cli, err = exec.LookPath(cli); err != nil {
		return 0, fmt.Errorf("the Databricks CLI: %w: `make databricks-cli` builds it", err)
	}
	if here, err = os.MkdirTemp("", "e2e-deploy-"); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(here)) }()
	sources = filepath.Join(here, "sources")
	if err := errors.Join(copySources(root, sources), build()); err != nil {
		return 0, err
	}
	if shared, err = startWorkspace(context.Background(), filepath.Join(here, "state")); err != nil {
		return 0, err
	}
	code = m.Run()
	return code, errors.Join(shared.stop(), figure.Write())
}

// build makes what is deployed, and the emulator.
func build() error {
	if err := dist(sources, here); err != nil {
		return err
	}
	return command(sources, "go", "build", "-trimpath", "-buildvcs=false", "-o", filepath.Join(here, "emulator"), "./emulator/cmd/emulator")
}

// dist makes dist/<platform> and builds/<platform> within to, from the sources in from.
func dist(from, to string) error {
	return command(from, "go", "run", "-buildvcs=false", "./host/cmd/dist", "-version", "0.1.0",
		"-out", filepath.Join(to, "dist"), "-builds", filepath.Join(to, "builds"), runtime.GOOS+"/"+runtime.GOARCH)
}

// copySources copies the repository's files, those that are not committed yet too.
func copySources(from, to string) error {
	cmd := exec.CommandContext(context.Background(), "git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = from
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("list the files of %s: %w", from, err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		target := filepath.Join(to, name)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(target), 0o750)); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func command(dir, name string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}

// eventually waits until a condition holds.
func eventually(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !holds(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}
