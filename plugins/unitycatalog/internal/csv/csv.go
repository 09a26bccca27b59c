// Package csv writes results as CSV (RFC 4180), row by row: a result of any size needs the memory of one row.
//
// NULL is an empty field, and an empty text is "" in quotes, so that both can be told apart. Values are as Databricks writes them: BINARY
// is base64, nested values are JSON.
package csv

import (
	"bufio"
	"io"

	"corbel.example/plugins/unitycatalog/internal/statement"
)

// ContentType is the media type.
const ContentType = "text/csv; charset=utf-8; header=present"

// buffer is how much is written at a time.
const buffer = 64 << 10

// Write writes a result with a line of names, and returns how many rows. An error is one of reading or of writing: the caller cannot
// tell them apart, and need not, for then the answer is not whole.
func Write(w io.Writer, columns []statement.Column, rows *statement.Scanner) (n int64, err error) {
	out := bufio.NewWriterSize(w, buffer)
	for i, c := range columns {
		separate(out, i)
		field(out, []byte(c.Name))
	}
	if err := end(out); err != nil {
		return 0, err
	}
	for rows.Next() {
		for i := range columns {
			separate(out, i)
			if value, ok := rows.Value(i); ok {
				field(out, value)
			}
		}
		if err := end(out); err != nil {
			return n, err
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, out.Flush()
}

// A bufio.Writer keeps its first error and returns it from every later call: it is asked once a row.

func separate(out *bufio.Writer, column int) {
	if column > 0 {
		_ = out.WriteByte(',')
	}
}

func end(out *bufio.Writer) error {
	_, err := out.WriteString("\r\n")
	return err
}

// special are the bytes for which a field stands in quotes.
var special = [256]bool{'"': true, ',': true, '\r': true, '\n': true}

func field(out *bufio.Writer, value []byte) {
	if !needsQuotes(value) {
		_, _ = out.Write(value)
		return
	}
	_ = out.WriteByte('"')
	from := 0
	for i, b := range value {
		if b == '"' {
			_, _ = out.Write(value[from : i+1])
			from = i // the quote comes twice
		}
	}
	_, _ = out.Write(value[from:])
	_ = out.WriteByte('"')
}

func needsQuotes(value []byte) bool {
	for _, b := range value {
		if special[b] {
			return true
		}
	}
	return len(value) == 0
}
