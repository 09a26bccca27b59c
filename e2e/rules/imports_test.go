package rules

import (
	"go/ast"
	"path"
	"strings"
	"testing"
)

// prefix is what the module paths of this repository begin with; the folder follows.
const prefix = "corbel.example/"

// border says which packages of ours a module may import, and why no others.
type border struct {
	may []string
	why string
}

var borders = map[string]border{
	"sdk":      {nil, "a plugin's author gets sdk alone: what it imports, they all import"},
	"web":      {nil, "the shell is looks: it knows neither plugins nor host, so that all of it can be shown without them"},
	"emulator": {nil, "the workspace stands for Databricks, which knows nothing of this application: shared code would hide differences"},
	"host":     {[]string{"sdk", "web"}, "the host knows no plugin by name, and runs against a real workspace without the emulator"},
	"e2e":      {[]string{"sdk/plugin", "sdk/fault", "sdk/identity", "sdk/correlation"}, "black-box tests see what users see: the programs, and the sdk's types to read their answers"},
	"plugins": {
		[]string{"sdk/plugin", "sdk/serve", "sdk/fault", "sdk/identity", "sdk/correlation", "sdk/logging", "sdk/secret", "sdk/locale", "sdk/workspace", "sdk/rest", "sdk/ui", "sdk/command", "sdk/sdktest"},
		"a plugin must be able to move to a repository of its own: it imports what the sdk offers to authors, and no other plugin",
	},
}

func borderOf(module string) (border, bool) {
	if folder, _, ok := strings.Cut(module, "/"); ok && (folder == "plugins" || folder == "examples") {
		return borders["plugins"], true
	}
	b, ok := borders[module]
	return b, ok
}

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func TestModulesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		b, ok := borderOf(f.module)
		if within(f.pkg(), "e2e/courier") || within(f.pkg(), "e2e/exhibit") {
			b = borders["plugins"] // plugins, only that the tests start them
		}
		if !ok {
			t.Errorf("%s: module %q has no rule: say in borders what it may import, and why", f.path, f.module)
			continue
		}
		f.imports(func(spec *ast.ImportSpec, p string) {
			pkg, ours := strings.CutPrefix(p, prefix)
			if !ours || within(pkg, f.module) {
				return
			}
			for _, allowed := range b.may {
				if within(pkg, allowed) {
					return
				}
			}
			t.Errorf("%s: %s must not import %s: %s", f.at(spec), f.module, p, b.why)
		})
	}
}

func TestElementsNeedOnlyTempl(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if !within(f.pkg(), "sdk/ui") || f.isTest() {
			continue
		}
		f.imports(func(spec *ast.ImportSpec, p string) {
			first, _, _ := strings.Cut(p, "/")
			if strings.Contains(first, ".") && !within(p, prefix+"sdk") && !within(p, "github.com/a-h/templ") {
				t.Errorf("%s: imports %s: every plugin links the elements, and they need nothing beside the standard library but templ's runtime", f.at(spec), p)
			}
		})
	}
}

func TestGeneratedTypesStayInProtoAndWire(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if within(f.pkg(), "sdk/proto") || within(f.pkg(), "sdk/wire") {
			continue
		}
		f.imports(func(spec *ast.ImportSpec, p string) {
			if within(p, prefix+"sdk/proto") {
				t.Errorf("%s: imports %s: only sdk/wire knows both the Go types and the generated ones, so that the contract can change in one place", f.at(spec), p)
			}
		})
	}
}

func TestFxStaysInFxFilesAndMain(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		base := path.Base(f.path)
		if base == "fx.go" || base == "fx_test.go" || f.isMain() {
			continue
		}
		f.imports(func(spec *ast.ImportSpec, p string) {
			if within(p, "go.uber.org/fx") {
				t.Errorf("%s: imports fx: constructors work without it; wiring belongs in the package's fx.go", f.at(spec))
			}
		})
	}
}

func TestOnlyMainExits(t *testing.T) {
	t.Parallel()
	ends := map[string]bool{
		"os.Exit": true, "syscall.Exit": true, "golang.org/x/sys/unix.Exit": true,
		"log.Fatal": true, "log.Fatalf": true, "log.Fatalln": true,
	}
	for _, f := range sources(t) {
		f.calls(func(call *ast.CallExpr, pkg, name, inside string) {
			switch {
			case !ends[pkg+"."+name],
				f.isMain() && !f.isTest(),
				f.isTest(), // a test binary may stand for a program
				within(f.pkg(), "sdk/serve") && inside == "Main":
			default:
				t.Errorf("%s: %s.%s in %s: it skips every deferred clean-up of its callers; return an error and let main end", f.at(call), pkg, name, inside)
			}
		})
	}
}
