package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// tableSample rewrites TABLESAMPLE (n PERCENT | n ROWS) [REPEATABLE (seed)] [AS alias],
// where DuckDB wants the alias first.
func (r *rewriter) tableSample() (bool, error) {
	if !r.peekAt(1).Is("(") {
		return false, nil
	}
	size, unit := r.peekAt(2), r.peekAt(3)
	if size.Kind != Number || !unit.IsAny("PERCENT", "ROWS") || !r.peekAt(4).Is(")") {
		return true, Unsupported("TABLESAMPLE with anything but a number of ROWS or a PERCENT")
	}
	r.pos += 5
	sample := "TABLESAMPLE bernoulli(" + size.Text + " PERCENT)"
	if unit.Is("ROWS") {
		sample = "TABLESAMPLE reservoir(" + size.Text + " ROWS)"
	}
	if r.peek().Is("REPEATABLE") && r.peekAt(1).Is("(") && r.peekAt(2).Kind == Number && r.peekAt(3).Is(")") {
		sample += " REPEATABLE (" + r.peekAt(2).Text + ")"
		r.pos += 4
	}
	r.accept("AS")
	if alias := r.relationAlias(); alias != "" {
		sample = "AS " + QuoteIdentifier(alias) + " " + sample
	}
	r.emitSQL(sample)
	return true, nil
}

// pivot drops the alias of a single aggregate: it isn't part of the names of the columns.
func (r *rewriter) pivot() (bool, error) {
	if !r.peekAt(1).Is("(") {
		return false, nil
	}
	r.pos += 2
	aggregates := r.until("FOR")
	if !r.peek().Is("FOR") {
		return true, r.unexpected()
	}
	inner := parser{src: r.src, tokens: aggregates}
	if as := inner.lastTop("AS"); as >= 0 && inner.lastTop(",") < 0 {
		aggregates = aggregates[:as]
	}
	sql, err := r.rewritten(aggregates)
	if err != nil {
		return true, err
	}
	r.emit(Token{Kind: Word, Text: "PIVOT"}, Token{Kind: Operator, Text: "("}, Token{Kind: Verbatim, Text: sql})
	if err := r.run(")"); err != nil {
		return true, err
	}
	r.emit(r.peek())
	return true, r.expect(")")
}

// groupStart is the index in r.out behind the GROUP BY that is open here, or -1.
func (r *rewriter) groupStart() int {
	depth := 0
	for i := len(r.out) - 1; i > 0; i-- {
		switch t := r.out[i]; {
		case t.Is(")"):
			depth++
		case t.Is("("):
			if depth--; depth < 0 {
				return -1
			}
		case depth == 0 && t.Is("BY") && r.out[i-1].Is("GROUP"):
			return i + 1
		}
	}
	return -1
}

// withRollup rewrites GROUP BY a, b WITH ROLLUP to GROUP BY ROLLUP (a, b).
func (r *rewriter) withRollup() (bool, error) {
	kind := r.peekAt(1)
	if !kind.IsAny("ROLLUP", "CUBE") {
		return false, nil
	}
	start := r.groupStart()
	if start < 0 {
		return true, r.unexpected()
	}
	columns := Emit(r.out[start:])
	r.out = r.out[:start]
	r.emitSQL(strings.ToUpper(kind.Text) + " (" + columns + ")")
	r.pos += 2
	return true, nil
}

// groupingSets drops the columns in GROUP BY a, b GROUPING SETS (...): the sets name them.
func (r *rewriter) groupingSets() (bool, error) {
	if !r.peekAt(1).Is("SETS") {
		return false, nil
	}
	if start := r.groupStart(); start >= 0 && !r.last().IsAny("BY", ",") {
		r.out = r.out[:start]
	}
	return false, nil
}

// interval rewrites INTERVAL '1 02:03:04' DAY TO SECOND and INTERVAL '1-2' YEAR TO MONTH.
func (r *rewriter) interval() (bool, error) {
	literal, from, to := r.peekAt(1), r.peekAt(2), r.peekAt(4)
	if literal.Kind != String || from.Kind != Word || !r.peekAt(3).Is("TO") {
		return false, nil
	}
	units := []string{"DAY", "HOUR", "MINUTE", "SECOND"}
	separators := func(c rune) bool { return c == ' ' || c == ':' }
	if from.Is("YEAR") {
		units, separators = []string{"YEAR", "MONTH"}, func(c rune) bool { return c == '-' }
	}
	text, negative := strings.CutPrefix(strings.TrimSpace(literal.Text), "-")
	parts := strings.FieldsFunc(strings.TrimPrefix(text, "+"), separators)
	var b strings.Builder
	started := false
	for _, unit := range units {
		started = started || from.Is(unit)
		if !started {
			continue
		}
		if len(parts) == 0 {
			return true, r.unexpected()
		}
		if _, err := strconv.ParseFloat(parts[0], 64); err != nil {
			return true, r.unexpected()
		}
		if negative {
			b.WriteByte('-')
		}
		fmt.Fprintf(&b, "%s %s ", parts[0], strings.ToLower(unit))
		parts = parts[1:]
		if to.Is(unit) {
			break
		}
	}
	if len(parts) > 0 || b.Len() == 0 {
		return true, r.unexpected()
	}
	r.pos += 5
	r.emitSQL("INTERVAL " + QuoteString(strings.TrimSpace(b.String())))
	return true, nil
}

// keywordCall rewrites substring(x FROM i FOR n), overlay(x PLACING y FROM i FOR n) and
// trim(BOTH x FROM y), whose arguments keywords separate.
func (r *rewriter) keywordCall(upper string) (bool, error) {
	start := r.pos
	r.pos += 2
	side := ""
	if upper == "TRIM" && r.peek().IsAny("BOTH", "LEADING", "TRAILING") {
		side = strings.ToUpper(r.peek().Text)
		r.pos++
	}
	var args []string
	keywords := 0
	for {
		part := r.until("FROM", "FOR", "PLACING", ",", ")")
		sql, err := r.rewritten(part)
		if err != nil {
			return true, err
		}
		args = append(args, sql)
		if !r.peek().IsAny("FROM", "FOR", "PLACING") {
			break
		}
		keywords++
		r.pos++
	}
	if keywords == 0 && upper != "OVERLAY" || !r.peek().Is(")") {
		r.pos = start
		if upper == "OVERLAY" {
			r.emit(Token{Kind: Identifier, Text: "overlay"})
			r.pos++
			return true, nil
		}
		return false, nil
	}
	r.pos++
	name := strings.ToLower(upper)
	if upper == "TRIM" {
		name = map[string]string{"": "btrim", "BOTH": "btrim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
		if len(args) == 2 && name == "btrim" {
			args[0], args[1] = args[1], args[0]
		}
		if args[0] == "" || len(args) == 2 && args[1] == "" {
			args = []string{strings.Join(args, "")} // trim(BOTH FROM x)
		}
	}
	r.emitSQL(QuoteIdentifier(name) + "(" + strings.Join(args, ", ") + ")")
	return true, nil
}

// stringAggregate rewrites listagg(x[, separator]) [WITHIN GROUP (ORDER BY ...)], whose
// separator is empty unless it is given.
func (r *rewriter) stringAggregate() (bool, error) {
	r.pos++
	args, err := r.arguments()
	if err != nil {
		return true, err
	}
	if len(args) == 1 {
		args = append(args, "''")
	}
	order := ""
	if r.accept("WITHIN", "GROUP", "(") {
		if order, err = r.rewritten(r.until(")")); err != nil {
			return true, err
		}
		order = " " + order
		if err := r.expect(")"); err != nil {
			return true, err
		}
	}
	r.emitSQL("listagg(" + strings.Join(args, ", ") + order + ")")
	return true, nil
}

// zip rewrites arrays_zip(a, b): the fields bear the names of the columns, or numbers.
func (r *rewriter) zip() (bool, error) {
	start := r.pos + 2
	r.pos++
	args, err := r.arguments()
	if err != nil {
		return true, err
	}
	if len(args) != 2 {
		return true, Unsupported("arrays_zip of more or fewer than two arrays")
	}
	fields := make([]string, len(args))
	for i, arg := range args {
		p := parser{src: r.src, tokens: r.tokens, pos: start}
		tokens := p.until(",", ")")
		start = p.pos + 1
		name := strconv.Itoa(i)
		if last := tokens[len(tokens)-1]; last.isName() {
			name = last.Text
		}
		fields[i] = "struct_field(" + QuoteString(name) + ", get(" + arg + ", " + elementParameter + "))"
	}
	r.emitSQL("list_transform(positions(" + strings.Join(args, ", ") + "), " + elementParameter + " -> make_struct(" + strings.Join(fields, ", ") + "))")
	return true, nil
}
