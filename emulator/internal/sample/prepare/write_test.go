package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"corbel.example/emulator/internal/sample"
)

func TestWriteIsReproducible(t *testing.T) {
	t.Parallel()
	table := sample.Table{Schema: "s", Name: "t", Columns: []sample.Column{{Name: "id"}, {Name: "town", Nullable: true}}}
	var files [2][]byte
	for i := range files {
		folder := t.TempDir()
		if err := write(folder, table, [][]string{{"A", ""}, {"B", `Troy, "NY"`}}); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(filepath.Join(folder, "s", "t.csv.gz"))
		if err != nil {
			t.Fatal(err)
		}
		files[i] = file
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two files of the same rows differ")
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(files[0]))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(unzipped)
	if want := "id,town\nA,\nB,\"Troy, \"\"NY\"\"\"\n"; err != nil || string(got) != want {
		t.Errorf("file holds %q, %v, want %q", got, err, want)
	}
}
