package dialect

import (
	"strconv"
	"strings"
)

// text reads a string literal in either kind of quotes. Without raw, backslashes escape.
func (l *lexer) text(raw bool) (Token, error) {
	start, quote := l.pos, l.src[l.pos]
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); l.pos++ {
		c := l.src[l.pos]
		switch {
		case c == quote && !raw && l.pos+1 < len(l.src) && l.src[l.pos+1] == quote:
			b.WriteByte(quote)
			l.pos++
		case c == quote:
			l.pos++
			if strings.IndexByte(b.String(), 0) >= 0 {
				return Token{}, Unsupported("the character U+0000 in a string literal")
			}
			return Token{Kind: String, Text: b.String()}, nil
		case c == '\\' && !raw && l.pos+1 < len(l.src):
			l.pos++
			l.escape(&b)
		default:
			b.WriteByte(c)
		}
	}
	return Token{}, syntaxError(l.src, start, string(quote))
}

var escapes = map[byte]string{
	'0': "\x00", 'b': "\b", 'n': "\n", 'r': "\r", 't': "\t", 'Z': "\x1a",
	// These stay escaped: they are for LIKE.
	'%': `\%`, '_': `\_`,
}

// escape writes what the escape sequence at pos, behind its backslash, stands for, and
// leaves pos on the sequence's last byte.
func (l *lexer) escape(b *strings.Builder) {
	rest := l.rest()
	for _, form := range []struct {
		prefix string
		length int
		base   int
	}{{"u", 4, 16}, {"U", 8, 16}, {"", 3, 8}} {
		end := len(form.prefix) + form.length
		if len(rest) < end || !strings.HasPrefix(rest, form.prefix) {
			continue
		}
		code, err := strconv.ParseUint(rest[len(form.prefix):end], form.base, 32)
		if err == nil && code <= 0x10ffff && (form.base != 8 || code <= 0xff) {
			b.WriteRune(rune(code))
			l.pos += end - 1
			return
		}
	}
	if s, ok := escapes[rest[0]]; ok {
		b.WriteString(s)
		return
	}
	b.WriteByte(rest[0])
}
