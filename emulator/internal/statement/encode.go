package statement

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"corbel.example/emulator/internal/warehouse"
)

// Format is the format of a result.
type Format string

// The formats of results.
const (
	JSONArray Format = "JSON_ARRAY"
	CSV       Format = "CSV"
)

// encoder writes a chunk: begin, rows, end.
type encoder interface {
	begin(b *bytes.Buffer, columns []warehouse.Column)
	row(b *bytes.Buffer, cells []warehouse.Cell, first bool)
	end(b *bytes.Buffer)
}

var encoders = map[Format]encoder{JSONArray: jsonArray{}, CSV: csvRows{}}

// jsonArray writes an array of rows, each an array of strings and nulls.
type jsonArray struct{}

func (jsonArray) begin(b *bytes.Buffer, _ []warehouse.Column) { b.WriteByte('[') }
func (jsonArray) end(b *bytes.Buffer)                         { b.WriteByte(']') }

func (jsonArray) row(b *bytes.Buffer, cells []warehouse.Cell, first bool) {
	if !first {
		b.WriteByte(',')
	}
	b.WriteByte('[')
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if c.Valid {
			writeJSONString(b, c.Text)
		} else {
			b.WriteString("null")
		}
	}
	b.WriteByte(']')
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

func (csvRows) end(*bytes.Buffer) {}

func (csvRows) row(b *bytes.Buffer, cells []warehouse.Cell, _ bool) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if c.Valid {
			writeField(b, c.Text)
		}
	}
	b.WriteString("\r\n")
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
