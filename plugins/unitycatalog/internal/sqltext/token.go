// Package sqltext reads the text of SQL statements as far as a page must: which parameters they name, and where something stands.
// Whether a statement is right is for the warehouse to say.
package sqltext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token.
type kind uint8

const (
	other kind = iota
	space
	comment
	text // a string
	word
	quoted // a name in back-quotes
	parameter
)

// token is a piece of a statement: text[start:end].
type token struct {
	kind       kind
	start, end int
}

// lexer goes through a statement. What is not closed goes to the end.
type lexer struct {
	text string
	pos  int
	last kind // of the token before
}

// next returns the next token; ok is false at the end.
func (l *lexer) next() (t token, ok bool) {
	if l.pos >= len(l.text) {
		return token{}, false
	}
	t = token{start: l.pos}
	t.kind, l.pos = l.read(l.text[l.pos:])
	l.pos += t.start
	t.end, l.last = l.pos, t.kind
	return t, true
}

// read returns the kind and length of the token that rest begins with.
func (l *lexer) read(rest string) (kind, int) {
	switch c := rest[0]; {
	case isSpace(c):
		return space, len(rest) - len(strings.TrimLeft(rest, " \t\r\n\f\v"))
	case strings.HasPrefix(rest, "--"):
		return comment, until(rest, "\n", 0)
	case strings.HasPrefix(rest, "/*"):
		return comment, bracketed(rest)
	case strings.HasPrefix(rest, "$$"):
		return text, until(rest, "$$", len("$$"))
	case c == '\'' || c == '"':
		return text, quotedText(rest, c, true)
	case c == '`':
		return quoted, quotedText(rest, c, false)
	case (c == 'r' || c == 'R') && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		return text, 1 + quotedText(rest[1:], rest[1], false)
	case c == ':':
		return l.colon(rest)
	}
	if n := wordLength(rest); n > 0 {
		return word, n
	}
	if rest[0] == ')' || rest[0] == ']' {
		return closing, 1
	}
	_, n := utf8.DecodeRuneInString(rest)
	return other, n
}

// closing is a bracket after which a colon leads into a value: (v):field.
const closing = parameter + 1

// colon is the beginning of a parameter, a cast (::) or a path into a value, which stands directly behind what it is of.
func (l *lexer) colon(rest string) (kind, int) {
	if strings.HasPrefix(rest, "::") {
		return other, len("::")
	}
	n := wordLength(rest[1:])
	switch l.last {
	case word, quoted, text, closing:
		return other, 1
	default:
		if n == 0 || rest[1] >= '0' && rest[1] <= '9' {
			return other, 1
		}
		return parameter, 1 + n
	}
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func wordLength(s string) int {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return i
		}
	}
	return len(s)
}

// until is the length up to and with an end, which is looked for behind the beginning.
func until(s, end string, from int) int {
	i := strings.Index(s[from:], end)
	if i < 0 {
		return len(s)
	}
	return from + i + len(end)
}

// bracketed is the length of a comment in brackets, which may hold others.
func bracketed(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "/*"):
			depth++
			i++
		case strings.HasPrefix(s[i:], "*/"):
			depth--
			i++
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}

// quotedText is the length of a text between quotes. A doubled quote stands for one, as one behind a backslash does where there
// are escapes.
func quotedText(s string, quote byte, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(s)
}
