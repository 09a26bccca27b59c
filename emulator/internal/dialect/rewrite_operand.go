package dialect

import (
	"fmt"
	"strings"
)

// balance counts the parentheses that SQL text opens, less those it closes. Those in quotes
// don't count.
func balance(sql string) int {
	n := 0
	var quote rune
	for _, c := range sql {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			n++
		case c == ')':
			n--
		}
	}
	return n
}

// operandStart is the index in r.out at which the operand begins that was emitted last: a
// literal, a column, a call or a group in parentheses, with its subscripts; -1 if there is none.
func (r *rewriter) operandStart() int {
	i := len(r.out) - 1
	for i >= 0 {
		t := r.out[i]
		switch {
		case t.IsAny(")", "]") || t.Kind == Verbatim && balance(t.Text) < 0:
			open := r.matching(i)
			if open < 0 {
				return -1
			}
			if r.out[open].Is("[") {
				i = open - 1 // the array or map before its subscript
				continue
			}
			i = open
			if open > 0 && r.out[open].Is("(") && r.callable(open-1) {
				i = open - 1
			}
		case t.Kind == Operator, t.Kind == Word && t.IsAny(clauseWords...):
			return -1
		}
		if i < 2 || !r.out[i-1].Is(".") {
			return i
		}
		i -= 2
	}
	return -1
}

// callable reports whether the token before a parenthesis is the name of a function.
func (r *rewriter) callable(i int) bool {
	t := r.out[i]
	return t.Kind == Identifier || t.Kind == Word && !t.IsAny(clauseWords...) || t.Kind == Verbatim && t.IsCast()
}

// IsCast reports whether a token is the word that begins a cast.
func (t Token) IsCast() bool { return t.Text == "CAST" || t.Text == "TRY_CAST" }

// clauseWords end an operand, or stand before one.
var clauseWords = []string{
	"SELECT", "WHERE", "AND", "OR", "NOT", "ON", "HAVING", "WHEN", "THEN", "ELSE", "QUALIFY", "IN", "BY", "FROM", "CASE", "DISTINCT", "ALL", "BETWEEN", "LIKE",
	"ILIKE", "IS", "AS", "USING", "VALUES", "EXISTS", "LIMIT", "OFFSET",
}

// matching is the index of what opens the group that the token at i closes.
func (r *rewriter) matching(i int) int {
	depth := 0
	for ; i >= 0; i-- {
		switch t := r.out[i]; {
		case t.IsAny(")", "]"):
			depth++
		case t.IsAny("(", "["):
			depth--
		case t.Kind == Verbatim:
			depth -= balance(t.Text)
		}
		if depth == 0 {
			return i
		}
	}
	return -1
}

// takeOperand removes the operand that was emitted last and returns it as SQL.
func (r *rewriter) takeOperand() (string, error) {
	start := r.operandStart()
	if start < 0 {
		return "", r.unexpected()
	}
	sql := Emit(r.out[start:])
	r.out = r.out[:start]
	return sql, nil
}

// jsonPath rewrites document:field.field[0]['field'].
func (r *rewriter) jsonPath() error {
	document, err := r.takeOperand()
	if err != nil {
		return err
	}
	path := "$"
	for first := true; ; first = false {
		switch next := r.peek(); {
		case next.IsAny(":", ".") && r.peekAt(1).isName():
			path += `."` + strings.ReplaceAll(r.peekAt(1).Text, `"`, `\"`) + `"`
			r.pos += 2
		case next.Kind == Parameter:
			path += `."` + next.Text + `"`
			r.pos++
		case next.Is("[") || first && next.Is(":") && r.peekAt(1).Is("["):
			if first {
				r.pos++
			}
			r.pos++
			switch index := r.peek(); index.Kind {
			case String:
				path += `."` + strings.ReplaceAll(index.Text, `"`, `\"`) + `"`
			case Number:
				path += "[" + index.Text + "]"
			default:
				return Unsupported("JSON paths with anything but a name or a number in brackets")
			}
			r.pos++
			if err := r.expect("]"); err != nil {
				return err
			}
		default:
			if first {
				return r.unexpected()
			}
			r.emitSQL("json_path(" + document + ", " + QuoteString(path) + ")")
			return nil
		}
	}
}

// like rewrites x [NOT] LIKE ANY|SOME|ALL (patterns).
func (r *rewriter) like() (bool, error) {
	which := r.peekAt(1)
	if !which.IsAny("ANY", "ALL", "SOME") {
		return false, nil
	}
	function := strings.ToLower(r.peek().Text)
	r.pos += 2
	patterns, err := r.arguments()
	if err != nil {
		return true, err
	}
	negated := r.last().Is("NOT")
	if negated {
		r.out = r.out[:len(r.out)-1]
	}
	operand, err := r.takeOperand()
	if err != nil {
		return true, err
	}
	if before := r.last(); before.Kind != End && !before.IsAny(clauseWords...) && !before.IsAny("(", ",") {
		return true, Unsupported("LIKE " + strings.ToUpper(which.Text) + " behind an operator: put what stands before it into parentheses")
	}
	// NOT LIKE ANY asks for a pattern that doesn't match, NOT LIKE ALL for none that matches.
	quantifier, prefix := "any", ""
	if which.Is("ALL") != negated {
		quantifier = "all"
	}
	if negated {
		prefix = "NOT "
	}
	r.emitSQL(fmt.Sprintf("(%s%s_%s(%s, list_value(%s)))", prefix, function, quantifier, operand, strings.Join(patterns, ", ")))
	return true, nil
}
