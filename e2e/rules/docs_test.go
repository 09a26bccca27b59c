package rules

import (
	"go/ast"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func documents(t *testing.T) []string {
	t.Helper()
	var docs []string
	for _, name := range tracked(t) {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil && strings.HasSuffix(name, ".md") {
			docs = append(docs, name)
		}
	}
	if len(docs) < 5 {
		t.Fatalf("found only %d documents: %v", len(docs), docs)
	}
	return docs
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, doc := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, doc), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, path.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
}

func TestTutorialShowsTheCodeOfTheExample(t *testing.T) {
	t.Parallel()
	code := read(t, "examples/hello/main.go")
	if !strings.Contains(read(t, "docs/first-plugin.md"), "```go\n"+code+"```\n") {
		t.Error("docs/first-plugin.md does not show examples/hello/main.go as it is: code in a tutorial is code that is built and tested")
	}
	if lines := strings.Count(code, "\n"); lines >= 60 {
		t.Errorf("examples/hello/main.go has %d lines: a complete plugin is promised in under 60", lines)
	}
}

// A claim names the test or benchmark that shows it: `TestName`.
var claim = regexp.MustCompile("`((?:Test|Benchmark|Fuzz)[A-Z][A-Za-z0-9_]*)`")

func TestDocumentsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	for _, f := range sources(t) {
		for _, decl := range f.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && f.isTest() && fn.Recv == nil {
				declared[fn.Name.Name] = true
			}
		}
	}
	for _, doc := range documents(t) {
		for _, m := range claim.FindAllStringSubmatch(read(t, doc), -1) {
			if !declared[m[1]] {
				t.Errorf("%s names %s, which no package has: a claim without its test is only a wish", doc, m[1])
			}
		}
	}
	if !claim.MatchString(read(t, "README.md")) {
		t.Error("README.md names no test for what it claims")
	}
}

var makeTarget = regexp.MustCompile("(?m)(?:`|^ {4}|^)make ([a-z][a-z-]*)")

func TestDocumentsNameTargetsThatExist(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "make", "-C", root, "-rpn", "help").Output()
	if err != nil {
		t.Fatalf("make -rpn help: %v", err)
	}
	for _, doc := range documents(t) {
		for _, m := range makeTarget.FindAllStringSubmatch(read(t, doc), -1) {
			if !strings.Contains(string(out), "\n"+m[1]+":") {
				t.Errorf("%s says make %s, and the Makefile has no such target", doc, m[1])
			}
		}
	}
}

func TestReadmeBeginsWithTheTwoCommands(t *testing.T) {
	t.Parallel()
	beginning := strings.Join(strings.SplitN(read(t, "README.md"), "\n", 12)[:11], "\n")
	for _, command := range []string{"make run", "make test"} {
		if !strings.Contains(beginning, command) {
			t.Errorf("README.md does not begin with `%s`: it is the first thing that somebody looks for", command)
		}
	}
}

func TestDecisionsAreNumberedAndListed(t *testing.T) {
	t.Parallel()
	records, err := filepath.Glob(filepath.Join(root, "docs/adr/[0-9][0-9][0-9][0-9]-*.md"))
	if err != nil || len(records) == 0 {
		t.Fatalf("no records in docs/adr: %v", err)
	}
	list := read(t, "docs/adr/README.md")
	numbers := map[string]string{}
	for _, record := range records {
		name := filepath.Base(record)
		number := name[:4]
		if other := numbers[number]; other != "" {
			t.Errorf("docs/adr: %s and %s have one number", other, name)
		}
		numbers[number] = name
		if !strings.Contains(list, "]("+name+")") {
			t.Errorf("docs/adr/README.md does not list %s", name)
		}
		text := read(t, "docs/adr/"+name)
		for _, part := range []string{"# " + number + ". ", "\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n", "\n## Measured\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("docs/adr/%s has no %q: see template.md", name, strings.TrimSpace(part))
			}
		}
	}
}
