package main

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedBundleIsCurrent(t *testing.T) {
	t.Parallel()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := bundle(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 {
		t.Errorf("the bundle has %d files, want a stylesheet and a module", len(files))
	}
	for _, file := range files {
		committed, err := os.ReadFile(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(committed, file.Contents) {
			t.Errorf("%s differs from its sources: run `make generate` and commit the result", file.Path)
		}
	}
}
