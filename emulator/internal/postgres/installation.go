package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"corbel.example/emulator/internal/account"
)

const (
	// minMajor is the oldest major version that is used: from it on only the database's owner
	// may create anything in the schema public.
	minMajor = 15

	// versionTimeout bounds the question after a program's version.
	versionTimeout = 10 * time.Second
)

// Installation is PostgreSQL's server programs on this machine.
type Installation struct {
	// Bin is the folder of postgres and initdb.
	Bin string
	// Major and Version are such as 17 and "17.10".
	Major   int
	Version string
}

// ErrNotInstalled says that PostgreSQL is not on this machine.
var ErrNotInstalled = errors.New("PostgreSQL is not installed")

// usualFolders are where packages put the server's programs: Debian and its like, Red Hat and its
// like, Homebrew on either kind of Mac, Postgres.app.
var usualFolders = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// finder looks for installations.
type finder struct {
	// path is the PATH; globs are the other places.
	path    string
	globs   []string
	account *account.Account
}

// find returns the installation in the PATH, else the newest in the usual folders. With a
// major version, which data on disk may ask for, no other counts; 0 means any.
func (f finder) find(ctx context.Context, major int) (Installation, error) {
	var first, newest Installation
	for _, dir := range filepath.SplitList(f.path) {
		if got, err := f.inspect(ctx, dir); err == nil && fits(got, major) {
			first = got
			break
		}
	}
	for _, glob := range f.globs {
		dirs, err := filepath.Glob(glob)
		if err != nil {
			return Installation{}, err
		}
		for _, dir := range dirs {
			if got, err := f.inspect(ctx, dir); err == nil && fits(got, major) && got.Major > newest.Major {
				newest = got
			}
		}
	}
	switch {
	case first.Bin != "":
		return first, nil
	case newest.Bin != "":
		return newest, nil
	}
	return Installation{}, ErrNotInstalled
}

func fits(i Installation, major int) bool {
	return i.Major >= minMajor && (major == 0 || i.Major == major)
}

// named returns the installation in the folder that the user named: that of the programs, or
// the one above it.
func (f finder) named(ctx context.Context, dir string) (Installation, error) {
	var failed error
	for _, d := range []string{dir, filepath.Join(dir, "bin")} {
		got, err := f.inspect(ctx, d)
		switch {
		case err != nil:
			failed = errors.Join(failed, err)
		case got.Major < minMajor:
			return got, fmt.Errorf("PostgreSQL in %s is %s: version %d or later is needed", dir, got.Version, minMajor)
		default:
			return got, nil
		}
	}
	return Installation{}, fmt.Errorf("no PostgreSQL server in %s: name the folder of postgres and initdb: %w", dir, failed)
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the server in a folder for its version, as the account that will run it.
func (f finder) inspect(ctx context.Context, dir string) (Installation, error) {
	program, err := filepath.Abs(filepath.Join(dir, "postgres"))
	if err != nil {
		return Installation{}, err
	}
	// The programs find their files from where they really are.
	if program, err = filepath.EvalSymlinks(program); err != nil {
		return Installation{}, err
	}
	bin := filepath.Dir(program)
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return Installation{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--version")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", []string{"LC_ALL=C"}, attributes(f.account)
	out, err := cmd.Output()
	if err != nil {
		return Installation{}, fmt.Errorf("%s --version: %w", program, err)
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return Installation{}, fmt.Errorf("%s --version says %q", program, out)
	}
	major, err := strconv.Atoi(string(m[2]))
	if err != nil {
		return Installation{}, fmt.Errorf("%s --version says %q", program, out)
	}
	return Installation{Bin: bin, Major: major, Version: string(m[1])}, nil
}

// program returns the path of one of the installation's programs.
func (i Installation) program(name string) string { return filepath.Join(i.Bin, name) }

// programEnvironment is all that PostgreSQL's programs get of ours: variables such as PGPORT
// would change what they do.
func programEnvironment(environ []string) []string {
	env := []string{"LC_ALL=C"}
	for _, pair := range environ {
		for _, name := range []string{"PATH=", "TMPDIR=", "LD_LIBRARY_PATH="} {
			if len(pair) > len(name) && pair[:len(name)] == name {
				env = append(env, pair)
			}
		}
	}
	return slices.Clip(env)
}
