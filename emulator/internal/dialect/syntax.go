package dialect

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxShown bounds the statements that errors show.
const maxShown = 64 << 10

// syntaxError says which token stands where it must not.
func syntaxError(src string, pos int, near string) *Error {
	what := "'" + near + "'"
	if near == "" {
		what = "end of input"
	}
	return located(newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near %s.", what), src, pos)
}

// located is the error with its place.
func located(e *Error, src string, pos int) *Error {
	e.locate(src, pos)
	return e
}

// locate adds line and column to an error, and the statement with a mark under that place,
// as Spark does. Columns count characters from 0.
func (e *Error) locate(src string, pos int) {
	before := src[:min(pos, len(src))]
	line := strings.Count(before, "\n")
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	e.where = fmt.Sprintf(" (line %d, pos %d)", line+1, column)
	if len(src) > maxShown {
		return
	}
	lines := strings.Split(src, "\n")
	above, below := lines[:line+1], lines[line+1:]
	shown := append(append([]string{}, above...), strings.Repeat("-", column)+"^^^")
	shown = append(shown, below...)
	e.where += "\n\n== SQL ==\n" + strings.Join(shown, "\n")
}

// Locate adds the place to a syntax error that DuckDB found in a statement's rewritten form:
// that of the token of the same text, counted among its equals.
func (e *Error) Locate(src, rewritten string, tokens []Token) {
	if e.Class != "PARSE_SYNTAX_ERROR" || e.where != "" {
		return
	}
	if e.near == "" {
		e.locate(src, len(src))
		return
	}
	before := 0
	if e.position <= len(rewritten) {
		before = strings.Count(strings.ToLower(rewritten[:e.position]), strings.ToLower(e.near))
	}
	last := -1
	for _, t := range tokens {
		if t.Kind == Verbatim || t.Stop > len(src) || !strings.EqualFold(src[t.Pos:t.Stop], e.near) {
			continue
		}
		if last = t.Pos; before == 0 {
			break
		}
		before--
	}
	if last >= 0 {
		e.locate(src, last)
	}
}
