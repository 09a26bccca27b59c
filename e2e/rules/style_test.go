package rules

import (
	"bytes"
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const maxLines = 500

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if !f.generated && f.lines > maxLines {
			t.Errorf("%s has %d lines, over %d: it holds more than one thing; split it by what changes together", f.path, f.lines, maxLines)
		}
	}
}

func TestTestsDoNotSleep(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if !f.isTest() {
			continue
		}
		bubble := false // time in a synctest bubble is not real
		f.imports(func(_ *ast.ImportSpec, p string) { bubble = bubble || p == "testing/synctest" })
		f.calls(func(call *ast.CallExpr, pkg, name, _ string) {
			if pkg == "time" && name == "Sleep" && !bubble {
				t.Errorf("%s: a test that sleeps is slow on a fast machine and fails on a slow one: wait for a condition, with a bound", f.at(call))
			}
		})
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, f := range sources(t) {
		documented[f.pkg()] = documented[f.pkg()] || f.generated || f.syntax.Doc != nil
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment: say in doc.go what it is and what it is not", pkg)
		}
	}
}

func TestPackagesHaveNames(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		switch strings.TrimSuffix(f.syntax.Name.Name, "_test") {
		case "util", "utils", "common", "helper", "helpers", "types", "misc", "shared":
			t.Errorf("%s: package %s: a name that fits anything says nothing and collects everything", f.path, f.syntax.Name.Name)
		}
	}
}

// Somebody's folder in a file works on one machine only.
func TestNoPathsOfOneMachine(t *testing.T) {
	t.Parallel()
	patterns := []string{`/(home|Users)/[a-z][a-z0-9._-]*/[A-Za-z.]`}
	clone, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{clone, filepath.Join(home, "go"), filepath.Join(home, ".cache")} {
		if strings.Count(folder, string(filepath.Separator)) > 1 {
			patterns = append(patterns, regexp.QuoteMeta(folder)+`\b`)
		}
	}
	machine := regexp.MustCompile(strings.Join(patterns, "|"))
	for _, name := range tracked(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || bytes.IndexByte(text, 0) >= 0 {
			continue // deleted in the working tree, or binary
		}
		for i, line := range strings.Split(string(text), "\n") {
			if found := machine.FindString(line); found != "" {
				t.Errorf("%s:%d: %q is a folder of one machine", name, i+1, found)
			}
		}
	}
}

// tracked returns the files of the repository, those not yet committed included.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v: these tests run in a clone", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
