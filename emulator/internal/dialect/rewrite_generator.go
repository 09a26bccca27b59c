package dialect

import (
	"fmt"
	"strings"
)

// generator is a function that makes several rows, or several columns, out of one value: a
// list of columns for SELECT, with the names that they have unless aliases say otherwise.
type generator struct {
	columns []string // expressions
	names   []string
	// inline marks the columns of a struct whose names only DuckDB knows.
	inline bool
}

// list is the generator as the list of a SELECT.
func (g generator) list(aliases []string) (string, error) {
	if g.inline {
		return g.columns[0], nil
	}
	names := g.names
	if len(aliases) > 0 {
		if len(aliases) != len(names) {
			return "", newError("UDTF_ALIAS_NUMBER_MISMATCH", "42802", "The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected %d aliases, but got %d.", len(names), len(aliases))
		}
		names = aliases
	}
	items := make([]string, len(g.columns))
	for i, column := range g.columns {
		items[i] = column + " AS " + QuoteIdentifier(names[i])
	}
	return strings.Join(items, ", "), nil
}

// generators make the columns of a generator from its arguments, which are rewritten SQL;
// aliases is the number of names that its columns are given, 0 if none are.
var generators = map[string]func(args []string, aliases int) (generator, error){
	"EXPLODE":          explode("%s", "%s"),
	"EXPLODE_OUTER":    explode("element_or_null(%s)", ""),
	"POSEXPLODE":       posexplode("%s"),
	"POSEXPLODE_OUTER": posexplode("element_or_null(%s)"),
	"INLINE":           inline("%s"),
	"INLINE_OUTER":     inline("element_or_null(%s)"),
	"STACK":            stack,
	"JSON_TUPLE":       jsonTuple,
}

func wrongGenerator(name string, have int) (generator, error) {
	return generator{}, wrongArguments(name, have)
}

// explode makes the rows of an array, or of a map where two columns are asked for or the
// argument is a map() itself.
func explode(array, entries string) func([]string, int) (generator, error) {
	return func(args []string, aliases int) (generator, error) {
		if len(args) != 1 {
			return wrongGenerator("explode", len(args))
		}
		if aliases == 2 || aliases == 0 && (strings.HasPrefix(args[0], "map_") || strings.HasPrefix(args[0], "str_to_map ")) && !strings.HasPrefix(args[0], "map_keys") && !strings.HasPrefix(args[0], "map_values") && !strings.HasPrefix(args[0], "map_entries") {
			if entries == "" {
				return generator{}, Unsupported("explode_outer of a MAP")
			}
			return generator{columns: []string{"unnest(map_keys(" + args[0] + "))", "unnest(map_values(" + args[0] + "))"}, names: []string{"key", "value"}}, nil
		}
		return generator{columns: []string{"unnest(" + fmt.Sprintf(array, args[0]) + ")"}, names: []string{"col"}}, nil
	}
}

func posexplode(array string) func([]string, int) (generator, error) {
	return func(args []string, _ int) (generator, error) {
		if len(args) != 1 {
			return wrongGenerator("posexplode", len(args))
		}
		list := fmt.Sprintf(array, args[0])
		return generator{columns: []string{"unnest(positions(" + list + "))", "unnest(" + list + ")"}, names: []string{"pos", "col"}}, nil
	}
}

func inline(array string) func([]string, int) (generator, error) {
	return func(args []string, _ int) (generator, error) {
		if len(args) != 1 {
			return wrongGenerator("inline", len(args))
		}
		return generator{columns: []string{"unnest(" + fmt.Sprintf(array, args[0]) + ", max_depth := 2)"}, inline: true}, nil
	}
}

// maxStackRows bounds the rows of stack().
const maxStackRows = 1000

// stack(n, a, b, ...) lays values out in n rows.
func stack(args []string, _ int) (generator, error) {
	var rows int
	if _, err := fmt.Sscanf(args[0], "%d", &rows); err != nil || rows < 1 || rows > maxStackRows || len(args) < 2 {
		return generator{}, Unsupported("stack() without a literal number of rows from 1 to 1000")
	}
	values := args[1:]
	width := (len(values) + rows - 1) / rows
	var g generator
	for column := range width {
		cells := make([]string, rows)
		for row := range rows {
			cells[row] = "NULL"
			if i := row*width + column; i < len(values) {
				cells[row] = values[i]
			}
		}
		g.columns = append(g.columns, "unnest(list_value("+strings.Join(cells, ", ")+"))")
		g.names = append(g.names, fmt.Sprintf("col%d", column))
	}
	return g, nil
}

// jsonTuple takes fields out of a JSON document.
func jsonTuple(args []string, _ int) (generator, error) {
	if len(args) < 2 {
		return wrongGenerator("json_tuple", len(args))
	}
	var g generator
	for i, field := range args[1:] {
		g.columns = append(g.columns, "json_field("+args[0]+", "+field+")")
		g.names = append(g.names, fmt.Sprintf("c%d", i))
	}
	return g, nil
}

// arguments takes a list of arguments in parentheses and rewrites each.
func (r *rewriter) arguments() ([]string, error) {
	if err := r.expect("("); err != nil {
		return nil, err
	}
	var args []string
	for !r.peek().Is(")") {
		sql, err := r.rewritten(r.until(",", ")"))
		if err != nil {
			return nil, err
		}
		if sql == "" {
			return nil, r.unexpected()
		}
		args = append(args, sql)
		if !r.accept(",") {
			break
		}
	}
	return args, r.expect(")")
}

// rewritten rewrites tokens on their own.
func (r *rewriter) rewritten(tokens []Token) (string, error) {
	inner := rewriter{parser: parser{src: r.src, tokens: tokens, depth: r.depth}, session: r.session}
	if err := inner.run(""); err != nil {
		return "", err
	}
	return Emit(inner.out), nil
}

// relationKeywords can follow a relation, and so are not its alias.
var relationKeywords = []string{
	"AS", "LATERAL", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "SEMI", "ANTI",
	"FROM", "UNION", "EXCEPT", "INTERSECT", "MINUS", "QUALIFY", "WINDOW", "ON", "USING", "SELECT", "PIVOT", "UNPIVOT", "TABLESAMPLE", "WHEN",
}

// relationAlias takes the alias of a relation, if it has one.
func (r *rewriter) relationAlias() string {
	if next := r.peek(); next.isName() && (next.Kind == Identifier || !next.IsAny(relationKeywords...)) {
		r.pos++
		return next.Text
	}
	return ""
}

// lateralView rewrites LATERAL VIEW [OUTER] generator(...) table [AS column, ...].
func (r *rewriter) lateralView() (bool, error) {
	if !r.peekAt(1).Is("VIEW") {
		return false, nil
	}
	r.pos += 2
	outer := r.accept("OUTER")
	name := strings.ToUpper(r.peek().Text)
	build, ok := generators[name]
	if !ok {
		return true, Unsupported("LATERAL VIEW of " + strings.ToLower(name))
	}
	r.pos++
	args, err := r.arguments()
	if err != nil {
		return true, err
	}
	table := r.relationAlias()
	if table == "" {
		table = strings.ToLower(name)
	}
	var columns []string
	if r.accept("AS") {
		for {
			column, err := r.identifier()
			if err != nil {
				return true, err
			}
			if columns = append(columns, column); !r.peek().Is(",") || !r.peekAt(1).isName() {
				break
			}
			r.pos++
		}
	}
	g, err := build(args, len(columns))
	if err != nil {
		return true, err
	}
	list, err := g.list(columns)
	if err != nil {
		return true, err
	}
	join, condition := "CROSS JOIN", ""
	if outer {
		join, condition = "LEFT JOIN", " ON TRUE"
	}
	r.emitSQL(fmt.Sprintf("%s LATERAL (SELECT %s) AS %s%s%s", join, list, QuoteIdentifier(table), aliasList(g, columns), condition))
	return true, nil
}

// aliasList names the columns of a relation where its SELECT could not.
func aliasList(g generator, columns []string) string {
	if !g.inline || len(columns) == 0 {
		return ""
	}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = QuoteIdentifier(c)
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

// generatorCall rewrites a generator in the list of a SELECT or in FROM.
func (r *rewriter) generatorCall(upper string) (bool, error) {
	build, ok := generators[upper]
	if !ok {
		return false, nil
	}
	inFrom := r.last().IsAny("FROM", "JOIN", "LATERAL") || r.last().Is(",") && r.commaInFrom()
	start := r.pos
	r.pos++
	args, err := r.arguments()
	if err != nil {
		return true, err
	}
	var table string
	var columns []string
	switch {
	case inFrom:
		r.accept("AS")
		table = r.relationAlias()
	case r.accept("AS"):
		if !r.peek().Is("(") {
			column, err := r.identifier()
			if err != nil {
				return true, err
			}
			columns = []string{column}
		}
	default:
		if alias := r.relationAlias(); alias != "" {
			columns = []string{alias}
		}
	}
	if r.peek().Is("(") {
		if columns, err = r.columnList(); err != nil {
			return true, err
		}
	}
	g, err := build(args, len(columns))
	if err != nil {
		return true, err
	}
	list, err := g.list(columns)
	if err != nil {
		return true, err
	}
	if !inFrom {
		if !r.last().IsAny("SELECT", ",", "DISTINCT", "ALL") && r.last().Kind != End {
			r.pos = start
			return true, newError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "42K0E", "The generator is not supported: nested in expressions %s.", strings.ToLower(upper))
		}
		r.emitSQL(list)
		return true, nil
	}
	if table == "" {
		table = strings.ToLower(upper)
	}
	r.emitSQL("(SELECT " + list + ") AS " + QuoteIdentifier(table) + aliasList(g, columns))
	return true, nil
}

// commaInFrom reports whether the comma that was just emitted stands in a FROM clause.
func (r *rewriter) commaInFrom() bool {
	depth := 0
	for i := len(r.out) - 1; i >= 0; i-- {
		switch t := r.out[i]; {
		case t.Is(")"):
			depth++
		case t.Is("("):
			if depth--; depth < 0 {
				return false
			}
		case depth == 0 && t.Is("FROM"):
			return true
		case depth == 0 && t.IsAny("SELECT", "WHERE", "BY", "HAVING", "QUALIFY", "ON"):
			return false
		}
	}
	return false
}
