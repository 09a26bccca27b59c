package statement

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/warehouse"
)

const (
	// chunkBytes is the size at which a chunk ends.
	chunkBytes = 2 << 20
	// memoryBytes is the size up to which a chunk stays in memory.
	memoryBytes = 64 << 10
)

// result takes the rows of a statement and keeps them as encoded chunks. It implements
// [warehouse.Sink].
type result struct {
	dir        string // for chunks; made when the first one is written
	format     Format
	encode     encoder
	rowLimit   *int64
	byteLimit  int64
	failBeyond int64

	columns   []warehouse.Column
	chunks    []*chunk
	open      Chunk // the one that is being written
	rows      int64
	bytes     int64
	truncated bool
}

var _ warehouse.Sink = (*result)(nil)

func newResult(dir string, r Request) *result {
	return &result{dir: dir, format: r.Format, rowLimit: r.RowLimit, byteLimit: r.ByteLimit, failBeyond: r.FailBeyond}
}

// Columns implements [warehouse.Sink].
func (r *result) Columns(columns []warehouse.Column) error {
	r.columns = columns
	var err error
	r.encode, err = newEncoder(r.format, columns)
	return err
}

// Row implements [warehouse.Sink].
func (r *result) Row(values []any) error {
	if r.rowLimit != nil && r.rows >= *r.rowLimit || r.byteLimit > 0 && r.bytes >= r.byteLimit {
		r.truncated = true
		return warehouse.ErrEnough
	}
	var left int64
	if r.byteLimit > 0 {
		left = r.byteLimit - r.bytes
	}
	size, ok, err := r.encode.row(values, left)
	if err != nil {
		return err
	}
	if !ok {
		r.truncated = true
		return warehouse.ErrEnough
	}
	r.bytes += size
	r.rows++
	r.open.RowCount++
	r.open.ByteCount += size
	if r.failBeyond > 0 && r.bytes > r.failBeyond {
		return dialect.InlineLimit(r.failBeyond)
	}
	if r.open.ByteCount >= chunkBytes {
		return r.seal()
	}
	return nil
}

// seal ends the chunk that is being written.
func (r *result) seal() error {
	if r.open.RowCount == 0 {
		return nil
	}
	data, err := r.encode.seal()
	if err != nil {
		return fmt.Errorf("encode chunk %d of a result: %w", r.open.Index, err)
	}
	c := &chunk{Chunk: r.open}
	c.ByteCount = int64(len(data))
	if len(data) <= memoryBytes {
		c.data = bytes.Clone(data)
	} else if err := r.write(c, data); err != nil {
		return fmt.Errorf("write chunk %d of a result: %w", c.Index, err)
	}
	r.chunks = append(r.chunks, c)
	r.open = Chunk{Index: len(r.chunks), RowOffset: r.rows}
	return nil
}

func (r *result) write(c *chunk, data []byte) error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	c.path = filepath.Join(r.dir, fmt.Sprint(c.Index))
	return os.WriteFile(c.path, data, 0o600)
}

// complete ends the result. The encoder goes: what is kept is in the chunks.
func (r *result) complete() error {
	err := r.seal()
	r.encode = nil
	return err
}

func (r *result) chunkList() []Chunk {
	list := make([]Chunk, len(r.chunks))
	for i, c := range r.chunks {
		list[i] = c.Chunk
	}
	return list
}

// remove deletes the chunks.
func (r *result) remove() error {
	r.chunks = nil
	r.encode = nil
	if err := os.RemoveAll(r.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove result: %w", err)
	}
	return nil
}

// chunk is a sealed chunk: its data, or the file that holds them.
type chunk struct {
	Chunk
	data []byte
	path string
}

func (c *chunk) open() (io.ReadCloser, error) {
	if c.path == "" {
		return io.NopCloser(bytes.NewReader(c.data)), nil
	}
	return os.Open(c.path)
}
