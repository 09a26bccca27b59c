package statement

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/warehouse"
)

// Format is the format of a result.
type Format string

// The formats of results.
const (
	JSONArray   Format = "JSON_ARRAY"
	ArrowStream Format = "ARROW_STREAM"
	CSV         Format = "CSV"
)

// encoder writes the chunks of a result.
type encoder interface {
	// row adds a row to the chunk and tells how large it is. A row larger than limit, if
	// that is positive, is left out, and ok is false.
	row(values []any, limit int64) (size int64, ok bool, err error)
	// seal ends the chunk. Its bytes are valid until the next row.
	seal() ([]byte, error)
}

func newEncoder(f Format, columns []warehouse.Column) (encoder, error) {
	if f == ArrowStream {
		return newArrowStream(columns)
	}
	t := &textRows{columns: columns, text: jsonArray{}}
	if f == CSV {
		t.text = csvRows{}
	}
	return t, nil
}

// textRows writes chunks in a format that is made of text.
type textRows struct {
	columns []warehouse.Column
	text    textFormat
	buffer  bytes.Buffer
	rows    int // in the buffer
}

// textFormat is what differs between the formats that are made of text.
type textFormat interface {
	begin(b *bytes.Buffer, columns []warehouse.Column)
	beginRow(b *bytes.Buffer, first bool)
	// cell writes a value, or NULL when ok is false.
	cell(b *bytes.Buffer, text string, ok, first bool)
	endRow(b *bytes.Buffer)
	end(b *bytes.Buffer)
}

func (t *textRows) row(values []any, limit int64) (size int64, ok bool, err error) {
	before := t.buffer.Len()
	if t.rows == 0 {
		t.text.begin(&t.buffer, t.columns)
	}
	t.text.beginRow(&t.buffer, t.rows == 0)
	for i, v := range values {
		text, ok, err := dialect.Render(t.columns[i].Type, v)
		if err != nil {
			return 0, false, err
		}
		t.text.cell(&t.buffer, text, ok, i == 0)
	}
	t.text.endRow(&t.buffer)
	size = int64(t.buffer.Len() - before)
	if limit > 0 && size > limit {
		t.buffer.Truncate(before)
		return size, false, nil
	}
	t.rows++
	return size, true, nil
}

func (t *textRows) seal() ([]byte, error) {
	t.text.end(&t.buffer)
	data := t.buffer.Bytes()
	t.buffer.Reset()
	t.rows = 0
	return data, nil
}

// jsonArray writes an array of rows, each an array of strings and nulls.
type jsonArray struct{}

func (jsonArray) begin(b *bytes.Buffer, _ []warehouse.Column) { b.WriteByte('[') }
func (jsonArray) endRow(b *bytes.Buffer)                      { b.WriteByte(']') }
func (jsonArray) end(b *bytes.Buffer)                         { b.WriteByte(']') }

func (jsonArray) beginRow(b *bytes.Buffer, first bool) {
	if !first {
		b.WriteByte(',')
	}
	b.WriteByte('[')
}

func (jsonArray) cell(b *bytes.Buffer, text string, ok, first bool) {
	if !first {
		b.WriteByte(',')
	}
	if ok {
		writeJSONString(b, text)
	} else {
		b.WriteString("null")
	}
}

// writeJSONString writes the usual string without a detour, and the others through the
// standard library.
func writeJSONString(b *bytes.Buffer, s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			data, err := json.Marshal(s)
			if err != nil { // strings always marshal
				data = []byte(`""`)
			}
			b.Write(data)
			return
		}
	}
	b.WriteByte('"')
	b.WriteString(s)
	b.WriteByte('"')
}

// csvRows writes RFC 4180 with a header row in every chunk. NULL is an empty field, the
// empty string a quoted one.
type csvRows struct{}

func (csvRows) begin(b *bytes.Buffer, columns []warehouse.Column) {
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		writeField(b, c.Name)
	}
	b.WriteString("\r\n")
}

func (csvRows) beginRow(*bytes.Buffer, bool) {}
func (csvRows) endRow(b *bytes.Buffer)       { b.WriteString("\r\n") }
func (csvRows) end(*bytes.Buffer)            {}

func (csvRows) cell(b *bytes.Buffer, text string, ok, first bool) {
	if !first {
		b.WriteByte(',')
	}
	if ok {
		writeField(b, text)
	}
}

func writeField(b *bytes.Buffer, s string) {
	if s != "" && !strings.ContainsAny(s, ",\"\r\n") {
		b.WriteString(s)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(s, `"`, `""`))
	b.WriteByte('"')
}
