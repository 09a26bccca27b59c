package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables of docs/configuration.md")

const docsPath = "../../../docs/configuration.md"

// TestDocumentation holds docs/configuration.md against the settings; -update writes its tables.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	want := string(raw)
	want = replaceTable(t, want, "host settings", table(hostSettings, true))
	want = replaceTable(t, want, "plugin settings", table(pluginSettings, false))
	if *update {
		if err := os.WriteFile(docsPath, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("docs/configuration.md is out of date: go test ./internal/config -run TestDocumentation -update\n%s", diff)
	}
}

func replaceTable(t *testing.T, document, name, table string) string {
	t.Helper()
	begin := "<!-- " + name + ": written by a test of host/internal/config -->\n"
	before, rest, ok := strings.Cut(document, begin)
	_, after, ended := strings.Cut(rest, "<!-- end -->")
	if !ok || !ended {
		t.Fatalf("docs/configuration.md has no table of %s", name)
	}
	return before + begin + table + "<!-- end -->" + after
}

// table is in Markdown.
func table[T any](settings []setting[T], host bool) string {
	var b strings.Builder
	b.WriteString("| key | type | default | what |\n|---|---|---|---|\n")
	for _, s := range settings {
		var also []string
		for _, name := range s.env {
			also = append(also, "`"+name+"`")
		}
		if s.flag != "" {
			also = append(also, "`--"+s.flag+"`")
		}
		doc := s.doc
		if host && len(also) > 0 {
			doc += " Also " + strings.Join(also, ", ") + "."
		}
		def := s.def
		if def != "" {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.name, s.kind, def, doc)
	}
	return b.String()
}

// TestShippedFilesAreAccepted reads the repository's own configuration, in every profile.
func TestShippedFilesAreAccepted(t *testing.T) {
	t.Parallel()
	const dir = "../../../config"
	files, err := filepath.Glob(filepath.Join(dir, "corbel*.yaml"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files are %v, %v", files, err)
	}
	for _, file := range files {
		profile := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "corbel"), ".yaml"), ".")
		c, err := Load(Source{Dir: dir, Profile: profile})
		if err != nil {
			t.Errorf("profile %q: %v", profile, err)
			continue
		}
		if len(c.Settings.Plugins) == 0 {
			t.Errorf("profile %q runs no plugin", profile)
		}
	}
}

// TestDefaultsParse holds the texts of all defaults against their own parsers.
func TestDefaultsParse(t *testing.T) {
	t.Parallel()
	for _, s := range hostSettings {
		var settings Settings
		if err := s.set(&settings, texts(s, s.def)); err != nil && s.def != "" {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	for _, s := range pluginSettings {
		var p Plugin
		if err := s.set(&p, texts(s, s.def)); err != nil && s.def != "" {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}
