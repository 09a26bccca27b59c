package gallery

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is shown into docs/elements.md")

// Everything that package ui and package chart export and that renders is to be seen here.
func TestEveryComponentIsShown(t *testing.T) {
	t.Parallel()
	shown := ""
	for name, text := range sources(t, ".") {
		if !strings.HasSuffix(name, "_test.go") {
			shown += text
		}
	}
	for folder, pkg := range map[string]string{"..": "ui", "../chart": "chart"} {
		renders := regexp.MustCompile(`(?m)^func \(\w* ?\*?([A-Z]\w*)\) Render\(`)
		found := 0
		for name, text := range sources(t, folder) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, m := range renders.FindAllStringSubmatch(text, -1) {
				found++
				if !regexp.MustCompile(`\b` + pkg + `\.` + m[1] + `\b`).MatchString(shown) {
					t.Errorf("%s.%s is not in the gallery: show it in every state", pkg, m[1])
				}
			}
		}
		if found < 4 {
			t.Errorf("package %s has %d components: does this test still find them?", pkg, found)
		}
	}
}

func TestExamplesHaveTitlesAndRender(t *testing.T) {
	t.Parallel()
	titles := map[string]bool{}
	for _, s := range Sections() {
		if s.Title == "" || s.Text == "" || len(s.Examples) == 0 || titles[s.Title] {
			t.Errorf("section %q: %d examples, text %q", s.Title, len(s.Examples), s.Text)
		}
		titles[s.Title] = true
		for _, e := range s.Examples {
			if markup, err := Markup(t.Context(), e.Component); err != nil || markup == "" || e.Title == "" {
				t.Errorf("%s, %s: %v", s.Title, e.Title, err)
			}
		}
	}
}

// The markup that people read is the markup that browsers get, but for spaces between elements.
func TestMarkupOnlyAddsSpace(t *testing.T) {
	t.Parallel()
	for _, s := range Sections() {
		for _, e := range s.Examples {
			var raw strings.Builder
			if err := e.Component.Render(t.Context(), &raw); err != nil {
				t.Fatal(err)
			}
			markup, err := Markup(t.Context(), e.Component)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Join(strings.Fields(raw.String()), ""), strings.Join(strings.Fields(markup), "")); diff != "" {
				t.Errorf("%s, %s: %s", s.Title, e.Title, diff)
			}
		}
	}
}

const document = "../../../docs/elements.md"

// docs/elements.md shows of each section the code of its first example and the markup that it makes.
func TestDocumentationShowsTheGallery(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	code := firstExamples(t)
	parts := strings.SplitAfter(string(text), "\n## ")
	described := map[string]bool{}
	for i, part := range parts {
		title, _, _ := strings.Cut(part, "\n")
		for _, s := range Sections() {
			if s.Title != title {
				continue
			}
			described[title] = true
			markup, err := Markup(t.Context(), s.Examples[0].Component)
			if err != nil {
				t.Fatal(err)
			}
			parts[i] = show(t, title, part, "go", code[title])
			if strings.Contains(part, "```html\n") {
				parts[i] = show(t, title, parts[i], "html", markup)
			}
		}
	}
	for _, s := range Sections() {
		if !described[s.Title] {
			t.Errorf("%s has no section %q", document, s.Title)
		}
	}
	if *update {
		if err := os.WriteFile(document, []byte(strings.Join(parts, "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// show returns a part with its first block of a language replaced, and complains unless it was the same.
func show(t *testing.T, title, part, language, want string) string {
	t.Helper()
	begin := "```" + language + "\n"
	before, rest, ok := strings.Cut(part, begin)
	if !ok {
		t.Errorf("%s: the section %q has no %s", document, title, language)
		return part
	}
	got, after, _ := strings.Cut(rest, "\n```")
	if got != want && !*update {
		t.Errorf("%s, %q: run go test ./ui/gallery -update in sdk: %s", document, title, cmp.Diff(want, got))
	}
	return before + begin + want + "\n```" + after
}

// firstExamples returns the code of each section's first example.
func firstExamples(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, text := range sources(t, ".") {
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			section, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			examples, ok := field(section, "Examples").(*ast.CompositeLit)
			if !ok || len(examples.Elts) == 0 {
				return true
			}
			title, _ := field(section, "Title").(*ast.BasicLit)
			first, _ := examples.Elts[0].(*ast.CompositeLit)
			if component := field(first, "Component"); title != nil && component != nil {
				unquoted, err := strconv.Unquote(title.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[unquoted] = outdent(text[positions.Position(component.Pos()).Offset:positions.Position(component.End()).Offset])
			}
			return true
		})
	}
	return found
}

func field(literal *ast.CompositeLit, name string) ast.Expr {
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return pair.Value
			}
		}
	}
	return nil
}

// outdent removes from all lines the tabs that the last one has.
func outdent(code string) string {
	lines := strings.Split(code, "\n")
	last := lines[len(lines)-1]
	tabs := last[:len(last)-len(strings.TrimLeft(last, "\t"))]
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], tabs)
	}
	return strings.Join(lines, "\n")
}

// sources returns the Go files of a folder, generated ones included.
func sources(t *testing.T, folder string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	return all
}
