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
	encode     encoder
	rowLimit   int64
	byteLimit  int64
	failBeyond int64

	columns   []warehouse.Column
	chunks    []*chunk
	buffer    bytes.Buffer
	inBuffer  int64 // rows in the buffer
	rows      int64
	bytes     int64
	truncated bool
}

var _ warehouse.Sink = (*result)(nil)

func newResult(dir string, r Request) *result {
	return &result{dir: dir, encode: encoders[r.Format], rowLimit: r.RowLimit, byteLimit: r.ByteLimit, failBeyond: r.FailBeyond}
}

// Columns implements [warehouse.Sink].
func (r *result) Columns(columns []warehouse.Column) error {
	r.columns = columns
	return nil
}

// Row implements [warehouse.Sink].
func (r *result) Row(cells []warehouse.Cell) error {
	if r.rowLimit > 0 && r.rows >= r.rowLimit {
		r.truncated = true
		return warehouse.ErrEnough
	}
	before := r.buffer.Len()
	if r.inBuffer == 0 {
		r.encode.begin(&r.buffer, r.columns)
	}
	r.encode.row(&r.buffer, cells, r.inBuffer == 0)
	grown := int64(r.buffer.Len() - before)
	if r.byteLimit > 0 && r.bytes+grown > r.byteLimit {
		r.buffer.Truncate(before)
		r.truncated = true
		return warehouse.ErrEnough
	}
	r.bytes += grown
	r.rows++
	r.inBuffer++
	if r.failBeyond > 0 && r.bytes > r.failBeyond {
		return dialect.InlineLimit(r.failBeyond)
	}
	if r.buffer.Len() >= chunkBytes {
		return r.seal()
	}
	return nil
}

// seal ends the chunk in the buffer.
func (r *result) seal() error {
	if r.inBuffer == 0 {
		return nil
	}
	r.encode.end(&r.buffer)
	c := &chunk{Chunk: Chunk{Index: len(r.chunks), RowOffset: r.rows - r.inBuffer, RowCount: r.inBuffer, ByteCount: int64(r.buffer.Len())}}
	if r.buffer.Len() <= memoryBytes {
		c.data = bytes.Clone(r.buffer.Bytes())
	} else if err := r.write(c); err != nil {
		return fmt.Errorf("write chunk %d of a result: %w", c.Index, err)
	}
	r.chunks = append(r.chunks, c)
	r.buffer.Reset()
	r.inBuffer = 0
	return nil
}

func (r *result) write(c *chunk) error {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return err
	}
	c.path = filepath.Join(r.dir, fmt.Sprint(c.Index))
	return os.WriteFile(c.path, r.buffer.Bytes(), 0o600)
}

// complete ends the result. The buffer goes: what is kept is in the chunks.
func (r *result) complete() error {
	err := r.seal()
	r.buffer = bytes.Buffer{}
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
	r.buffer = bytes.Buffer{}
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
