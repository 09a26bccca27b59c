package dialect

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxStatementLength bounds the text of a statement, as Databricks does (16 MiB).
const MaxStatementLength = 16 << 20

// Lex splits a statement into tokens. White space, comments and hints disappear.
func Lex(src string) ([]Token, error) {
	if len(src) > MaxStatementLength {
		return nil, newError("PARSE_SYNTAX_ERROR", "42601", "The statement is %d bytes long, the limit is %d.", len(src), MaxStatementLength)
	}
	if !utf8.ValidString(src) || strings.IndexByte(src, 0) >= 0 {
		return nil, newError("PARSE_SYNTAX_ERROR", "42601", "The statement is not valid UTF-8 text.")
	}
	l := &lexer{src: src}
	for {
		spaced, err := l.skipSpace()
		if err != nil {
			return nil, err
		}
		if l.pos >= len(l.src) {
			return l.tokens, nil
		}
		start := l.pos
		t, err := l.next(spaced)
		if err != nil {
			return nil, err
		}
		t.Pos, t.Stop, t.Spaced = start, l.pos, spaced
		l.tokens = append(l.tokens, t)
	}
}

type lexer struct {
	src    string
	pos    int
	tokens []Token
}

func (l *lexer) rest() string { return l.src[l.pos:] }

func (l *lexer) peek() rune {
	r, _ := utf8.DecodeRuneInString(l.rest())
	return r
}

// skipSpace skips white space and comments, and reports whether there was any.
func (l *lexer) skipSpace() (bool, error) {
	start := l.pos
	for l.pos < len(l.src) {
		switch rest := l.rest(); {
		case unicode.IsSpace(l.peek()):
			l.pos += utf8.RuneLen(l.peek())
		case strings.HasPrefix(rest, "--"):
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				l.pos += i + 1
			} else {
				l.pos = len(l.src)
			}
		case strings.HasPrefix(rest, "/*"):
			if err := l.skipComment(); err != nil {
				return true, err
			}
		default:
			return l.pos > start, nil
		}
	}
	return l.pos > start, nil
}

// skipComment skips a bracketed comment. Such comments nest.
func (l *lexer) skipComment() error {
	start, depth := l.pos, 0
	for l.pos < len(l.src) {
		switch rest := l.rest(); {
		case strings.HasPrefix(rest, "/*"):
			depth++
			l.pos += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			l.pos += 2
			if depth == 0 {
				return nil
			}
		default:
			l.pos++
		}
	}
	return located(newError("UNCLOSED_BRACKETED_COMMENT", "42601", "Found an unclosed bracketed comment. Please, append */ at the end of the comment."), l.src, start)
}

// operators of more than one character; the longer ones first.
var operators = []string{"<=>", ">>>", "::", "<=", ">=", "<>", "!=", "==", "||", "->", "=>", "<<", "|>"}

func (l *lexer) next(spaced bool) (Token, error) {
	c, rest := l.peek(), l.rest()
	switch {
	case c == '`':
		return l.identifier()
	case c == '\'' || c == '"':
		return l.text(false)
	case (c == 'r' || c == 'R') && len(rest) > 1 && (rest[1] == '\'' || rest[1] == '"'):
		l.pos++
		return l.text(true)
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rune(rest[1])) && !l.afterOperand(spaced):
		return l.number()
	case c == ':' && len(rest) > 1 && rest[1] != ':' && l.parameterHere(rest[1:], spaced):
		l.pos++
		return Token{Kind: Parameter, Text: l.takeWord()}, nil
	case isWordRune(c):
		return Token{Kind: Word, Text: l.takeWord()}, nil
	}
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.pos += len(op)
			return Token{Kind: Operator, Text: op}, nil
		}
	}
	if !strings.ContainsRune("+-*/%=<>()[]{},.;:!&|^~?@", c) {
		return Token{}, syntaxError(l.src, l.pos, string(c))
	}
	l.pos++
	return Token{Kind: Operator, Text: string(c)}, nil
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWordRune(r rune) bool {
	return r == '_' || isDigit(r) || unicode.IsLetter(r) || unicode.IsMark(r)
}

func (l *lexer) takeWord() string {
	start := l.pos
	for l.pos < len(l.src) && isWordRune(l.peek()) {
		l.pos += utf8.RuneLen(l.peek())
	}
	return l.src[start:l.pos]
}

// afterOperand reports whether the previous token ends an operand that a "." or ":" could belong to.
func (l *lexer) afterOperand(spaced bool) bool {
	if len(l.tokens) == 0 || spaced {
		return false
	}
	last := l.tokens[len(l.tokens)-1]
	return last.Kind != Operator || last.IsAny(")", "]")
}

// parameterHere tells the marker :name from the path operator of column:field, which
// stands without a space behind its operand.
func (l *lexer) parameterHere(after string, spaced bool) bool {
	r, _ := utf8.DecodeRuneInString(after)
	return isWordRune(r) && !isDigit(r) && !l.afterOperand(spaced)
}

func (l *lexer) identifier() (Token, error) {
	start := l.pos
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); l.pos++ {
		if l.src[l.pos] != '`' {
			b.WriteByte(l.src[l.pos])
			continue
		}
		if !strings.HasPrefix(l.rest(), "``") {
			l.pos++
			if b.Len() == 0 {
				return Token{}, syntaxError(l.src, start, "``")
			}
			return Token{Kind: Identifier, Text: b.String()}, nil
		}
		b.WriteByte('`')
		l.pos++
	}
	return Token{}, syntaxError(l.src, start, "`")
}

// number reads a numeric literal. Suffixes and integers beyond BIGINT become casts, so
// that DuckDB gives the literal the type that Databricks gives it.
func (l *lexer) number() (Token, error) {
	start := l.pos
	isDecimal, isFloat := l.digits()
	digits := l.src[start:l.pos]
	suffix := strings.ToUpper(l.takeWord())
	if suffix == "" && isFloat {
		suffix = "D" // written as a cast, because DuckDB writes 1e3 back as 1000.0, a DECIMAL
	}
	if suffix == "" {
		if !isDecimal && len(digits) > 18 {
			return Token{Kind: Number, Text: bigLiteral(digits)}, nil
		}
		return Token{Kind: Number, Text: digits}, nil
	}
	typeOf := map[string]string{"L": "BIGINT", "S": "SMALLINT", "Y": "TINYINT", "D": "DOUBLE", "F": "FLOAT"}
	whole := suffix == "L" || suffix == "S" || suffix == "Y"
	switch {
	case suffix == "BD":
		return Token{Kind: Number, Text: decimalLiteral(digits)}, nil
	case typeOf[suffix] == "" || whole && (isDecimal || isFloat):
		return Token{}, syntaxError(l.src, start, l.src[start:l.pos])
	}
	return Token{Kind: Number, Text: fmt.Sprintf("CAST('%s' AS %s)", digits, typeOf[suffix])}, nil
}

// digits reads digits with a fraction and an exponent.
func (l *lexer) digits() (isDecimal, isFloat bool) {
	run := func() {
		for l.pos < len(l.src) && isDigit(rune(l.src[l.pos])) {
			l.pos++
		}
	}
	run()
	if l.pos < len(l.src) && l.src[l.pos] == '.' {
		isDecimal = true
		l.pos++
		run()
	}
	if l.pos < len(l.src) && (l.src[l.pos] == 'e' || l.src[l.pos] == 'E') {
		mark := l.pos
		l.pos++
		if l.pos < len(l.src) && (l.src[l.pos] == '+' || l.src[l.pos] == '-') {
			l.pos++
		}
		before := l.pos
		run()
		if l.pos == before {
			l.pos = mark
		} else {
			isFloat = true
		}
	}
	return isDecimal, isFloat
}

// decimalLiteral gives a literal its own precision and scale.
func decimalLiteral(digits string) string {
	whole, fraction, _ := strings.Cut(digits, ".")
	precision := max(len(strings.TrimLeft(whole, "0"))+len(fraction), len(fraction), 1)
	if precision > maxPrecision {
		return "CAST('" + digits + "' AS DOUBLE)"
	}
	return fmt.Sprintf("CAST('%s' AS DECIMAL(%d,%d))", digits, precision, len(fraction))
}

func bigLiteral(digits string) string {
	trimmed := strings.TrimLeft(digits, "0")
	if len(trimmed) < 19 || len(trimmed) == 19 && trimmed <= "9223372036854775807" {
		return trimmed
	}
	return decimalLiteral(trimmed)
}
