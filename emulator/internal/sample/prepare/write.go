package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"

	"corbel.example/emulator/internal/sample"
)

// write makes the file of the table. A gzip header without name and time keeps it reproducible.
func write(folder string, table sample.Table, rows [][]string) error {
	var file bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&file, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	header := make([]string, len(table.Columns))
	for i, column := range table.Columns {
		header[i] = column.Name
	}
	lines := csv.NewWriter(zipped)
	if err := lines.Write(header); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	if err := lines.WriteAll(rows); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	if err := zipped.Close(); err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	path := filepath.Join(folder, table.Schema, table.Name+".csv.gz")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644)
}
