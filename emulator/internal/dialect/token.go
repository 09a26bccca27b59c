package dialect

import "strings"

// Kind is the kind of a token.
type Kind int

// The kinds of token.
const (
	End        Kind = iota // after the last token
	Word                   // a keyword or an unquoted identifier
	Identifier             // a quoted identifier; Text is its value
	String                 // a string literal; Text is its value
	Number                 // a numeric literal; Text is DuckDB's form of it
	Parameter              // a marker :name; Text is the name
	Operator               // an operator or a punctuation character
	Verbatim               // DuckDB SQL that an earlier step made
)

// Token is a lexical element of a statement. Text holds values, not source text: it is
// safe to emit only through [Emit].
type Token struct {
	Kind Kind
	Text string
	// Pos is the token's byte offset in the statement, Stop that of its end.
	Pos, Stop int
	// Spaced tells that white space or a comment stands before the token.
	Spaced bool
}

// Is reports whether t is the keyword, which is given in upper case, or the operator.
func (t Token) Is(text string) bool {
	switch t.Kind {
	case Word:
		return strings.EqualFold(t.Text, text)
	case Operator:
		return t.Text == text
	}
	return false
}

// IsAny reports whether t is one of the keywords or operators.
func (t Token) IsAny(texts ...string) bool {
	for _, text := range texts {
		if t.Is(text) {
			return true
		}
	}
	return false
}

// isName reports whether t can be a name.
func (t Token) isName() bool { return t.Kind == Word || t.Kind == Identifier }

// QuoteIdentifier writes a name for DuckDB.
func QuoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteString writes a string literal for DuckDB.
func QuoteString(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// Emit writes tokens as DuckDB SQL.
func Emit(tokens []Token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch t.Kind {
		case Identifier:
			b.WriteString(QuoteIdentifier(t.Text))
		case String:
			b.WriteString(QuoteString(t.Text))
		case Parameter:
			b.WriteString(":" + t.Text) // bound earlier; an unbound one is a syntax error to DuckDB
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// QuoteName writes a name for Databricks, in backticks where it needs them.
func QuoteName(name string) string { return fieldName(name) }

// QuoteLiteral writes a string literal for Databricks.
func QuoteLiteral(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(value) + "'"
}
