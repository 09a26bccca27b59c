package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

func TestCommittedBundleIsCurrent(t *testing.T) {
	t.Parallel()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := bundleCore(root, committedLazy(t, root))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 {
		t.Errorf("the bundle has %d files, want a stylesheet and a module", len(files))
	}
	for _, file := range files {
		same(t, file)
	}
}

func TestCommittedLazyModulesAreCurrent(t *testing.T) {
	t.Parallel()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	if !packagesInstalled(root) {
		t.Skip("the packages of web/package.json are not installed; `make check-generated` installs and compares them")
	}
	files, err := bundleLazy(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		same(t, file)
		if !strings.Contains(string(file.Contents), "above copyright notice") {
			t.Errorf("%s has no licences", file.Path)
		}
	}
}

// committedLazy returns the lazy modules as they are committed: for the core only their hashes count.
func committedLazy(t *testing.T, root string) []api.OutputFile {
	t.Helper()
	files := make([]api.OutputFile, len(lazyModules))
	for i, module := range lazyModules {
		content, err := os.ReadFile(filepath.Join(root, "dist", module.name+".js"))
		if err != nil {
			t.Fatal(err)
		}
		files[i].Contents = content
	}
	return files
}

func same(t *testing.T, file api.OutputFile) {
	t.Helper()
	committed, err := os.ReadFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, file.Contents) {
		t.Errorf("%s differs from its sources: run `make generate` and commit the result", file.Path)
	}
}

func TestPackagesAreNamedOnce(t *testing.T) {
	t.Parallel()
	got := packagesOf(map[string]int{
		"editor/editor.ts": 1, "../.tools/web/node_modules/crelt/index.js": 1, "../.tools/web/node_modules/@lezer/lr/dist/index.js": 1,
		"../.tools/web/node_modules/@lezer/lr/dist/other.js": 1,
	})
	if want := "@lezer/lr crelt"; strings.Join(got, " ") != want {
		t.Errorf("packages %q, want %q", got, want)
	}
}
