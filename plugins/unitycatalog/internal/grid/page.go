package grid

import (
	"context"
	"unicode/utf8"

	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
)

const (
	// maxCells is how many cells a page has. A result with many columns has fewer rows on a page.
	maxCells = 5_000
	// MaxColumns is how many columns a page shows.
	MaxColumns = 1_000
	// maxText is how much text a page has, in bytes, and shortest what of a cell is always shown.
	maxText  = 512 << 10
	shortest = 16
	longest  = 200
)

// Reader reads results.
type Reader struct {
	Runner *statement.Runner
	orders orders
}

// NewReader returns a Reader.
func NewReader(runner *statement.Runner) *Reader { return &Reader{Runner: runner, orders: newOrders()} }

// Close releases what is kept.
func (r *Reader) Close() { r.orders.kept.Close() }

// Cell is a value as a page shows it.
type Cell struct {
	// Text is the value, or its beginning. Null says that there is none.
	Text string
	Null bool
	// Size is that of the whole value, in bytes.
	Size int
}

// IsCut says whether there is more than the text.
func (c Cell) IsCut() bool { return c.Size > len(c.Text) }

// Row is a row with its place in the result.
type Row struct {
	Number int64 // from 0, as the warehouse has given it
	Cells  []Cell
}

// Page is some rows of a result, one after the other.
type Page struct {
	Rows   []Row
	Offset int64
}

// Size is how many rows a page of the result has, of those that are wanted.
func Size(m *statement.Manifest, wanted int) int {
	return max(1, min(wanted, maxCells/max(1, min(len(m.Columns), MaxColumns))))
}

// Page reads the rows from one on, in an order.
func (r *Reader) Page(ctx context.Context, m *statement.Manifest, from int64, count int, order Order) (*Page, error) {
	page := &Page{Offset: max(0, min(from, m.RowCount))}
	left := int(min(int64(count), m.RowCount-page.Offset))
	if left <= 0 {
		return page, nil
	}
	width := max(shortest, min(longest, maxText/max(1, left*len(m.Columns))))
	if order.Column < 0 {
		s := r.Runner.Scan(ctx, m, page.Offset)
		defer s.Close()
		for len(page.Rows) < left && s.Next() {
			page.Rows = append(page.Rows, Row{page.Offset + int64(len(page.Rows)), cellsOf(s, len(m.Columns), width)})
		}
		return page, s.Err()
	}
	numbers, err := r.order(ctx, m, order)
	if err != nil {
		return nil, err
	}
	page.Rows, err = r.pick(ctx, m, numbers[page.Offset:page.Offset+int64(left)], width)
	return page, err
}

// pick reads rows by their numbers. They come in one pass, from the first to the last of them.
func (r *Reader) pick(ctx context.Context, m *statement.Manifest, numbers []int32, width int) ([]Row, error) {
	place := make(map[int32]int, len(numbers))
	first := numbers[0]
	for i, n := range numbers {
		place[n] = i
		first = min(first, n)
	}
	rows := make([]Row, len(numbers))
	s := r.Runner.Scan(ctx, m, int64(first))
	defer s.Close()
	for n, left := first, len(numbers); left > 0 && s.Next(); n++ {
		if i, wanted := place[n]; wanted {
			rows[i] = Row{int64(n), cellsOf(s, len(m.Columns), width)}
			left--
		}
	}
	return rows, s.Err()
}

func cellsOf(s *statement.Scanner, columns, width int) []Cell {
	cells := make([]Cell, columns)
	for i := range cells {
		value, ok := s.Value(i)
		cells[i] = Cell{Text: string(beginning(value, width)), Null: !ok, Size: len(value)}
	}
	return cells
}

// beginning is the first of a text, up to a whole character.
func beginning(text []byte, characters int) []byte {
	if len(text) <= characters {
		return text
	}
	end := 0
	for range characters {
		_, n := utf8.DecodeRune(text[end:])
		if n == 0 {
			break
		}
		end += n
	}
	return text[:end]
}

// Whole calls use with the whole value of a cell; ok is false for NULL.
func (r *Reader) Whole(ctx context.Context, m *statement.Manifest, row int64, column int, use func(value []byte, ok bool) error) error {
	s := r.Runner.Scan(ctx, m, row)
	defer s.Close()
	if row < 0 || row >= m.RowCount || column < 0 || column >= len(m.Columns) || !s.Next() {
		if s.Err() != nil {
			return s.Err()
		}
		return fault.New(fault.NotFound, "The result has no such cell.").WithCode("CELL_NOT_FOUND")
	}
	return use(s.Value(column))
}
