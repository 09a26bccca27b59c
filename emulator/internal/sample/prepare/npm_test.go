package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
)

func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	entries := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := entries.WriteHeader(&tar.Header{Name: name, Size: int64(len(files[name])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := entries.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := entries.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUnpackReturnsDataFiles(t *testing.T) {
	t.Parallel()
	packed := tarball(t, map[string]string{"package/package.json": "{}", "package/data/a.csv": "a\n1\n"})
	sum := sha512.Sum512(packed)
	files, err := npmPackage{name: "a", version: "1.0.0", sha512: base64.StdEncoding.EncodeToString(sum[:])}.unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || string(files["data/a.csv"]) != "a\n1\n" {
		t.Errorf("files are %q", files)
	}
}

func TestUnpackRefusesAnotherArchive(t *testing.T) {
	t.Parallel()
	_, err := vegaDatasets.unpack(tarball(t, map[string]string{"package/data/penguins.json": "[]"}))
	if err == nil || !strings.Contains(err.Error(), "vega-datasets@3.2.1") || !strings.Contains(err.Error(), vegaDatasets.sha512) {
		t.Errorf("error is %v, want one that names the package and its checksum", err)
	}
}
