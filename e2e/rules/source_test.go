package rules

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// file is one Go file of the repository.
type file struct {
	// path is relative to the repository, with slashes.
	path string
	// module is the folder of the file's module: "sdk", "plugins/unitycatalog".
	module    string
	syntax    *ast.File
	positions *token.FileSet
	lines     int
	generated bool
}

func (f *file) pkg() string  { return path.Dir(f.path) }
func (f *file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }
func (f *file) isMain() bool { return f.syntax.Name.Name == "main" }

// at returns "path:line" of a node.
func (f *file) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.positions.Position(n.Pos()).Line)
}

// imports calls visit with each import and its path.
func (f *file) imports(visit func(spec *ast.ImportSpec, path string)) {
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			visit(spec, p)
		}
	}
}

// calls calls visit with each call of a function of a package, such as ("os", "Exit"), and the name of the top-level
// function around it. The file's import names are resolved: a variable called os is no package.
func (f *file) calls(visit func(call *ast.CallExpr, pkg, name, inside string)) {
	packages := map[string]string{}
	f.imports(func(spec *ast.ImportSpec, p string) {
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		packages[name] = p
	})
	for _, decl := range f.syntax.Decls {
		inside := ""
		if fn, ok := decl.(*ast.FuncDecl); ok {
			inside = fn.Name.Name
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && packages[x.Name] != "" {
				visit(call, packages[x.Name], selector.Sel.Name, inside)
			}
			return true
		})
	}
}

// root is the repository's folder, relative to this package's.
const root = "../.."

// skipped are folders without sources of ours.
var skipped = map[string]bool{".git": true, ".tools": true, ".corbel": true, ".cache": true, "bin": true, "dist": true, "node_modules": true, "testdata": true}

// repository returns every Go file outside testdata.
var repository = sync.OnceValues(func() ([]*file, error) {
	var files []*file
	modules, err := moduleFolders()
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped[d.Name()]:
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f := &file{path: filepath.ToSlash(rel), positions: token.NewFileSet(), lines: bytes.Count(text, []byte("\n"))}
		if f.syntax, err = parser.ParseFile(f.positions, f.path, text, parser.ParseComments); err != nil {
			return err
		}
		f.generated = ast.IsGenerated(f.syntax)
		for _, m := range modules {
			if strings.HasPrefix(f.path, m+"/") {
				f.module = m
			}
		}
		files = append(files, f)
		return nil
	})
	return files, err
})

// moduleFolders returns the folders with a go.mod, the shorter before the longer.
func moduleFolders() ([]string, error) {
	var folders []string
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && skipped[d.Name()] {
			return filepath.SkipDir
		}
		if d.Name() == "go.mod" {
			rel, err := filepath.Rel(root, filepath.Dir(name))
			if err != nil {
				return err
			}
			folders = append(folders, filepath.ToSlash(rel))
		}
		return nil
	})
	sort.Strings(folders)
	return folders, err
}

func sources(t *testing.T) []*file {
	t.Helper()
	files, err := repository()
	if err != nil {
		t.Fatalf("read the repository: %v", err)
	}
	if len(files) < 50 {
		t.Fatalf("found only %d Go files: is %s still the repository's folder?", len(files), root)
	}
	return files
}
