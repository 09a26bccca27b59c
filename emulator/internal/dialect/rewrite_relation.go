package dialect

import (
	"fmt"
	"strings"
)

// values rewrites VALUES, whose rows may be scalars and whose columns are col1, col2, ...
func (r *rewriter) values() (bool, error) {
	before := r.last()
	inFrom := before.IsAny("FROM", "JOIN", ",")
	r.pos++
	var rows []string
	var width int
	for {
		row, n, err := r.valuesRow()
		if err != nil {
			return true, err
		}
		rows, width = append(rows, row), n
		if !r.accept(",") {
			break
		}
	}
	list := "(VALUES " + strings.Join(rows, ", ") + ")"
	if !inFrom {
		r.emitSQL("SELECT * FROM " + list + " AS \"values\"" + columnAliases(width))
		return true, nil
	}
	r.emitSQL(list + " AS")
	r.accept("AS")
	if alias := r.relationAlias(); alias != "" {
		r.emit(Token{Kind: Identifier, Text: alias})
	} else {
		r.emitSQL(`"values"`)
	}
	if !r.peek().Is("(") {
		r.emitSQL(columnAliases(width))
	}
	return true, nil
}

func columnAliases(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("col%d", i+1)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// valuesRow rewrites one row of VALUES, (a, b) or a scalar, and counts its columns.
func (r *rewriter) valuesRow() (string, int, error) {
	columns := 1
	var tokens []Token
	if r.peek().Is("(") {
		columns = r.countTopCommas(r.pos) + 1
		start := r.pos
		r.pos++
		r.until(")")
		if err := r.expect(")"); err != nil {
			return "", 0, err
		}
		tokens = r.tokens[start:r.pos]
	} else {
		tokens = append([]Token{{Kind: Operator, Text: "("}}, r.until(",", ")", "AS", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "WHERE", "GROUP", "JOIN", "LEFT", "CROSS", "INNER")...)
		if len(tokens) == 1 {
			return "", 0, r.unexpected()
		}
		tokens = append(tokens, Token{Kind: Operator, Text: ")"})
	}
	row := rewriter{parser: parser{src: r.src, tokens: tokens, depth: r.depth}, session: r.session}
	err := row.run("")
	return Emit(row.out), columns, err
}
