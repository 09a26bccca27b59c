package rules

import (
	"encoding/json"
	"go/ast"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// goMod is what `go mod edit -json` and `go work edit -json` print, as far as it matters here.
type goMod struct {
	Module  struct{ Path string }
	Require []struct{ Path, Version string }
	Replace []struct {
		Old, New struct{ Path, Version string }
	}
	Use []struct{ DiskPath string }
}

func edit(t *testing.T, kind, folder string) goMod {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", kind, "edit", "-json")
	cmd.Dir = filepath.Join(root, folder)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s edit -json in %s: %v", kind, folder, err)
	}
	var m goMod
	if err := json.Unmarshal(out, &m); err != nil {
		t.Fatalf("go %s edit -json in %s: %v", kind, folder, err)
	}
	return m
}

func folders(t *testing.T) []string {
	t.Helper()
	all, err := moduleFolders()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryModuleBuildsWithoutTheWorkspace(t *testing.T) {
	t.Parallel()
	needed := map[string]map[string]bool{} // module folder -> folders of ours that it imports
	for _, f := range sources(t) {
		f.imports(func(_ *ast.ImportSpec, p string) {
			pkg, ours := strings.CutPrefix(p, prefix)
			if !ours || within(pkg, f.module) {
				return
			}
			for _, m := range folders(t) {
				if within(pkg, m) {
					if needed[f.module] == nil {
						needed[f.module] = map[string]bool{}
					}
					needed[f.module][m] = true
				}
			}
		})
	}
	for _, folder := range folders(t) {
		m := edit(t, "mod", folder)
		if want := prefix + folder; m.Module.Path != want {
			t.Errorf("%s/go.mod: module %s, want %s: paths follow folders", folder, m.Module.Path, want)
		}
		checkSiblings(t, folder, m, needed[folder])
	}
}

// checkSiblings checks that go.mod requires the modules of ours that it needs and replaces each by its relative folder.
func checkSiblings(t *testing.T, folder string, m goMod, needed map[string]bool) {
	t.Helper()
	required, replaced := map[string]string{}, map[string]string{}
	for _, r := range m.Require {
		required[r.Path] = r.Version
	}
	for _, r := range m.Replace {
		replaced[r.Old.Path] = r.New.Path
	}
	for sibling := range needed {
		if required[prefix+sibling] == "" {
			t.Errorf("%s/go.mod does not require %s, which its code imports: go mod edit -require=%s@v0.0.0", folder, prefix+sibling, prefix+sibling)
		}
	}
	for p, version := range required {
		sibling, ours := strings.CutPrefix(p, prefix)
		if !ours {
			continue
		}
		if version != "v0.0.0" {
			t.Errorf("%s/go.mod requires %s %s: modules of this repository have no versions, say v0.0.0", folder, p, version)
		}
		relative, err := filepath.Rel(folder, sibling)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.ToSlash(relative); replaced[p] != want {
			t.Errorf("%s/go.mod replaces %s by %q, want %q: without it the module needs the workspace to build", folder, p, replaced[p], want)
		}
	}
}

func TestWorkspaceHasAllModulesButTheExamples(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, u := range edit(t, "work", ".").Use {
		used[path.Clean(u.DiskPath)] = true
	}
	for _, folder := range folders(t) {
		example := within(folder, "examples")
		switch {
		case example && used[folder]:
			t.Errorf("go.work uses %s: examples show how a plugin lives outside the workspace", folder)
		case !example && !used[folder]:
			t.Errorf("go.work does not use %s: make test would not see it", folder)
		}
		delete(used, folder)
	}
	for folder := range used {
		t.Errorf("go.work uses %s, which has no go.mod", folder)
	}
}
