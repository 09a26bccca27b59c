package dialect

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// syntaxError says which token stands where it must not.
func syntaxError(src string, pos int, near string) *Error {
	what := "'" + near + "'"
	if near == "" {
		what = "end of input"
	}
	return located(newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near %s.", what), src, pos)
}

// located adds line and column to an error's detail. Columns count characters from 0.
func located(e *Error, src string, pos int) *Error {
	before := src[:min(pos, len(src))]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	e.Detail += fmt.Sprintf(" (line %d, pos %d)", line, column)
	return e
}
