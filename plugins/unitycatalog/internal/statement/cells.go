package statement

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// readBuffer is how much of a chunk is read at a time.
	readBuffer = 64 << 10
	// maxRow is the largest row that is read, in bytes.
	maxRow = 64 << 20
)

// cells reads a chunk as it comes: a JSON array of rows, which are arrays of texts and nulls. It holds one row at a time.
type cells struct {
	r        io.Reader
	buf      []byte
	pos, end int
	err      error // of r
	begun    bool

	// text has the row's values one behind the other; ends is where each ends, nulls which are none.
	text  []byte
	ends  []int
	nulls []bool
}

func newCells(r io.Reader) *cells { return &cells{r: r, buf: make([]byte, readBuffer)} }

// next reads a row. It returns false after the last.
func (c *cells) next() (bool, error) {
	c.text, c.ends, c.nulls = c.text[:0], c.ends[:0], c.nulls[:0]
	if !c.begun {
		c.begun = true
		if err := c.expect('['); err != nil {
			return false, err
		}
	}
	b, err := c.token()
	if err == nil && b == ',' {
		b, err = c.token()
	}
	switch {
	case err != nil:
		return false, err
	case b == ']':
		return false, nil
	case b != '[':
		return false, malformed(b)
	}
	return true, c.row()
}

// row reads values up to the row's end.
func (c *cells) row() error {
	for {
		b, err := c.token()
		if err != nil {
			return err
		}
		switch b {
		case ']':
			return nil
		case ',':
			continue
		case '"':
			err = c.string()
		case '[', '{', '}', ':':
			err = malformed(b)
		default:
			err = c.literal(b)
		}
		if err != nil {
			return err
		}
		c.ends = append(c.ends, len(c.text))
		if len(c.nulls) < len(c.ends) {
			c.nulls = append(c.nulls, false)
		}
	}
}

// len is how many values the row has.
func (c *cells) len() int { return len(c.ends) }

// value returns one of the row's; ok is false for NULL. It is good until the next row.
func (c *cells) value(i int) (text []byte, ok bool) {
	from := 0
	if i > 0 {
		from = c.ends[i-1]
	}
	return c.text[from:c.ends[i]], !c.nulls[i]
}

// string reads the rest of a text. What has no escapes is copied in whole pieces.
func (c *cells) string() error {
	for {
		if c.pos == c.end && !c.fill() {
			return c.cutOff()
		}
		window := c.buf[c.pos:c.end]
		quote := bytes.IndexByte(window, '"')
		if quote >= 0 {
			window = window[:quote]
		}
		if escape := bytes.IndexByte(window, '\\'); escape >= 0 {
			c.text = append(c.text, window[:escape]...)
			c.pos += escape + 1
			if err := c.escape(); err != nil {
				return err
			}
			continue
		}
		if c.text = append(c.text, window...); len(c.text) > maxRow {
			return fmt.Errorf("a row is larger than %d MiB", maxRow>>20)
		}
		if c.pos += len(window); quote >= 0 {
			c.pos++
			return nil
		}
	}
}

// escapes are what follows a backslash in JSON.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (c *cells) escape() error {
	b, err := c.byte()
	if err != nil {
		return err
	}
	if plain, ok := escapes[b]; ok {
		c.text = append(c.text, plain)
		return nil
	}
	if b != 'u' {
		return malformed(b)
	}
	r, err := c.hex()
	if err != nil {
		return err
	}
	// The second half of a surrogate pair follows as an escape of its own.
	for utf16.IsSurrogate(r) {
		if !c.follows('\\', 'u') {
			r = utf8.RuneError
			break
		}
		second, err := c.hex()
		if err != nil {
			return err
		}
		if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
			r = pair
			break
		}
		c.text = utf8.AppendRune(c.text, utf8.RuneError)
		r = second
	}
	c.text = utf8.AppendRune(c.text, r)
	return nil
}

func (c *cells) hex() (rune, error) {
	var digits [4]byte
	for i := range digits {
		b, err := c.byte()
		if err != nil {
			return 0, err
		}
		digits[i] = b
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 16)
	return rune(n), err
}

// follows takes two bytes if they are the next.
func (c *cells) follows(a, b byte) bool {
	for c.end-c.pos < 2 {
		if !c.fill() {
			return false
		}
	}
	if c.buf[c.pos] != a || c.buf[c.pos+1] != b {
		return false
	}
	c.pos += 2
	return true
}

// literal reads null, a number or a truth value: what stands up to the next delimiter.
func (c *cells) literal(first byte) error {
	from := len(c.text)
	for b := first; ; {
		c.text = append(c.text, b)
		if c.pos == c.end && !c.fill() {
			return c.cutOff()
		}
		if b = c.buf[c.pos]; b == ',' || b == ']' || isSpace(b) {
			break
		}
		c.pos++
	}
	if string(c.text[from:]) == "null" {
		c.text = c.text[:from]
		c.nulls = append(c.nulls, true)
	}
	return nil
}

// token returns the next byte that is no space.
func (c *cells) token() (byte, error) {
	for {
		b, err := c.byte()
		if err != nil || !isSpace(b) {
			return b, err
		}
	}
}

func (c *cells) expect(want byte) error {
	b, err := c.token()
	if err == nil && b != want {
		err = malformed(b)
	}
	return err
}

func (c *cells) byte() (byte, error) {
	if c.pos == c.end && !c.fill() {
		return 0, c.cutOff()
	}
	c.pos++
	return c.buf[c.pos-1], nil
}

// fill reads more behind what has not been looked at.
func (c *cells) fill() bool {
	if c.err != nil {
		return false
	}
	copy(c.buf, c.buf[c.pos:c.end])
	c.pos, c.end = 0, c.end-c.pos
	for range maxEmptyReads {
		n, err := c.r.Read(c.buf[c.end:])
		c.end += n
		c.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	c.err = io.ErrNoProgress
	return false
}

// maxEmptyReads is how often a reader may return neither bytes nor an error.
const maxEmptyReads = 100

func (c *cells) cutOff() error {
	if errors.Is(c.err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return c.err
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }

func malformed(b byte) error { return fmt.Errorf("a chunk of the result has %q where it must not", b) }
