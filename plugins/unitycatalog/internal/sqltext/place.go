package sqltext

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Span is a part of a statement in bytes: statement[Start:End]. The zero Span is no part.
type Span struct{ Start, End int }

// IsZero says whether there is no part.
func (s Span) IsZero() bool { return s.Start >= s.End }

// The ways in which messages of Databricks name a place. A pos counts from 0, a position from 1.
var (
	pos      = regexp.MustCompile(`\(?line (\d+),? pos (\d+)`)
	position = regexp.MustCompile(`== SQL[^=]*\(line (\d+), position (\d+)\)`)
	carets   = regexp.MustCompile(`(?m)^[ -]*(\^+)\s*$`)
	name     = regexp.MustCompile("`([^`]+)`")
)

// Locate finds the part of a statement that a message of Databricks is about: the place that it names, or else the first name that it
// quotes and the statement has.
func Locate(statement, message string) Span {
	for shift, form := range []*regexp.Regexp{pos, position} {
		found := form.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		line, err1 := strconv.Atoi(found[1])
		column, err2 := strconv.Atoi(found[2])
		if err1 != nil || err2 != nil {
			continue
		}
		length := 0
		if c := carets.FindStringSubmatch(message); c != nil && shift == 1 {
			length = len(c[1])
		}
		if start := offset(statement, line, column-shift); start >= 0 {
			return extent(statement, start, length)
		}
	}
	return named(statement, message)
}

// offset is where a line (from 1) and a column (from 0, in characters) are; -1 for nowhere.
func offset(statement string, line, column int) int {
	start := 0
	for range line - 1 {
		i := strings.IndexByte(statement[start:], '\n')
		if i < 0 {
			return -1
		}
		start += i + 1
	}
	for range column {
		if start >= len(statement) {
			break
		}
		_, n := utf8.DecodeRuneInString(statement[start:])
		start += n
	}
	return start
}

// extent is the token at a place, or as many characters from there as are said. What begins at the end is the last token.
func extent(statement string, start, length int) Span {
	if length > 0 {
		end := start
		for range length {
			_, n := utf8.DecodeRuneInString(statement[end:])
			end += n
		}
		return Span{start, end}
	}
	var last Span
	l := &lexer{text: statement}
	for t, ok := l.next(); ok; t, ok = l.next() {
		if t.kind == space || t.kind == comment {
			continue
		}
		last = Span{t.start, t.end}
		if t.end > start {
			if t.start < start {
				last.Start = start
			}
			return last
		}
	}
	return last
}

// named is the first name that both have. Of a name with several parts it is the last.
func named(statement, message string) Span {
	quotes := name.FindAllStringSubmatchIndex(message, -1)
	for i, q := range quotes {
		if i+1 < len(quotes) && quotes[i+1][0] == q[1]+1 && message[q[1]] == '.' {
			continue
		}
		if s := find(statement, message[q[2]:q[3]]); !s.IsZero() {
			return s
		}
	}
	return Span{}
}

func find(statement, wanted string) Span {
	l := &lexer{text: statement}
	for t, ok := l.next(); ok; t, ok = l.next() {
		if t.kind != word && t.kind != quoted && t.kind != parameter {
			continue
		}
		if strings.EqualFold(strings.Trim(statement[t.start:t.end], "`:"), wanted) {
			return Span{t.start, t.end}
		}
	}
	return Span{}
}

// UTF16 returns the part in UTF-16 code units, as browsers count.
func (s Span) UTF16(statement string) (start, end int) {
	start = units(statement[:s.Start])
	return start, start + units(statement[s.Start:s.End])
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
