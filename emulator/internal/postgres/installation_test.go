package postgres

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pretend makes a folder of programs that say they have a version.
func pretend(t *testing.T, bin, version string) {
	t.Helper()
	writeFile(t, filepath.Join(bin, "postgres"), "#!/bin/sh\necho 'postgres (PostgreSQL) "+version+" (Some Linux)'\n", 0o755)
	writeFile(t, filepath.Join(bin, "initdb"), "#!/bin/sh\n", 0o755)
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, folders map[string]string // version by folder
		major         int
		want          string // folder
	}{
		"the path's comes first":           {path: map[string]string{"a": "16.2"}, folders: map[string]string{"17": "17.1"}, want: "path/a"},
		"else the newest":                  {folders: map[string]string{"9": "9.6.1", "15": "15.18", "17": "17.1", "16": "16.4"}, want: "folders/17"},
		"an old one in the path is none":   {path: map[string]string{"a": "14.1"}, folders: map[string]string{"15": "15.1"}, want: "folders/15"},
		"what the data asks for":           {path: map[string]string{"a": "17.1"}, folders: map[string]string{"15": "15.1"}, major: 15, want: "folders/15"},
		"versions to come":                 {folders: map[string]string{"18": "18beta1"}, want: "folders/18"},
		"none":                             {},
		"none that is new enough":          {folders: map[string]string{"14": "14.11"}},
		"none that the data could do with": {folders: map[string]string{"17": "17.1"}, major: 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var path []string
			for folder, version := range c.path {
				pretend(t, filepath.Join(dir, "path", folder), version)
				path = append(path, filepath.Join(dir, "path", folder))
			}
			for folder, version := range c.folders {
				pretend(t, filepath.Join(dir, "folders", folder), version)
			}
			f := finder{path: strings.Join(path, ":"), globs: []string{filepath.Join(dir, "folders", "*")}}
			got, err := f.find(t.Context(), c.major)
			if c.want == "" {
				if !errors.Is(err, ErrNotInstalled) {
					t.Errorf("found %+v, %v", got, err)
				}
				return
			}
			if err != nil || got.Bin != filepath.Join(dir, c.want) {
				t.Errorf("found %+v, %v", got, err)
			}
		})
	}
}

func TestLinksLeadToWhereTheProgramsAre(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pretend(t, filepath.Join(dir, "real"), "17.1")
	if err := os.Mkdir(filepath.Join(dir, "links"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "real", "postgres"), filepath.Join(dir, "links", "postgres")); err != nil {
		t.Fatal(err)
	}
	got, err := finder{path: filepath.Join(dir, "links")}.find(t.Context(), 0)
	if err != nil || got.Bin != filepath.Join(dir, "real") || got.Version != "17.1" || got.Major != 17 {
		t.Errorf("found %+v, %v", got, err)
	}
}

func TestNamedPrograms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pretend(t, filepath.Join(dir, "new", "bin"), "17.1")
	pretend(t, filepath.Join(dir, "old"), "13.4")
	for _, name := range []string{"new", "new/bin"} {
		got, err := finder{}.named(t.Context(), filepath.Join(dir, name))
		if err != nil || got.Bin != filepath.Join(dir, "new", "bin") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{"old": "version 15 or later is needed", "none": "no PostgreSQL server in"} {
		if _, err := (finder{}).named(t.Context(), filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The way in which most people have it: installed as a package of their system.
func TestPostgreSQLOfTheSystem(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	p := &place{record: record{Key: make([]byte, keyLength)}, dir: dir}
	var err error
	if p.account, err = accountFor(p.data()); err != nil {
		t.Fatal(err)
	}
	got, err := finder{path: os.Getenv("PATH"), globs: usualFolders, account: p.account}.find(t.Context(), 0)
	if errors.Is(err, ErrNotInstalled) {
		t.Skip("PostgreSQL is not installed: apt-get install postgresql, or brew install postgresql@17")
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{place: p, installation: got, environ: programEnvironment(os.Environ()), sockets: p.path(socketFolder)}
	if err := c.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if major, err := clusterMajor(p.data()); err != nil || major != got.Major {
		t.Errorf("%s made data of version %d, %v", got.Version, major, err)
	}
}

func TestDataOfAVersionThatIsNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := openPlace(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.account.MakeFolder(p.data()); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(p.data(), "PG_VERSION"), "11\n", 0o644)
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	programs := openFolder(t)
	pretend(t, programs, "17.1")
	config := testConfig(dir)
	config.Programs = programs
	s, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer closeServer(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	if err := s.Await(ctx); !errors.Is(err, ErrNotRunning) || !strings.Contains(err.Error(), "made by PostgreSQL 11") {
		t.Errorf("waiting for it: %v", err)
	}
	if got := s.Status(); got.State != Failed {
		t.Errorf("status %+v", got)
	}
}
