package dialect

import (
	"slices"
	"strings"
)

// from adds the relations of a FROM clause to a scope.
func (f *inference) from(v any, s *scope) {
	n, _ := v.(Node)
	alias, _ := n["alias"].(string)
	aliases, _ := n["column_name_alias"].([]any)
	switch n["type"] {
	case "EMPTY", nil:
	case "BASE_TABLE":
		name, c := f.table(n, s)
		if alias == "" {
			alias = name
		}
		s.sources = append(s.sources, source{columns: c.renamed(aliases), alias: alias})
	case "SUBQUERY":
		query, _ := n["subquery"].(Node)
		s.sources = append(s.sources, source{columns: f.queryIn(query["node"], s).renamed(aliases), alias: alias})
	case "JOIN":
		f.join(n, s)
	case "EXPRESSION_LIST":
		s.sources = append(s.sources, source{columns: f.rows(n, s).renamed(aliases), alias: alias})
	case "TABLE_FUNCTION":
		s.sources = append(s.sources, f.tableFunction(n, s))
	case "PIVOT":
		inner := &scope{outer: s}
		f.from(n["source"], inner)
		for _, key := range []string{"aggregates", "pivots"} {
			f.expressions(n[key], inner)
		}
		s.sources = append(s.sources, source{columns: columns{open: true}, alias: alias})
	default:
		s.sources = append(s.sources, source{columns: columns{open: true}, alias: alias})
	}
}

// table finds the columns of a table, a view or a common table expression.
func (f *inference) table(n Node, s *scope) (name string, c columns) {
	var parts []string
	for _, key := range []string{"catalog_name", "schema_name", "table_name"} {
		if part, _ := n[key].(string); part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 { // DuckDB takes a string as a name, and this one is empty
		f.fail(newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near ''."))
		return "", columns{open: true}
	}
	name = parts[len(parts)-1]
	if len(parts) == 1 {
		if c, ok := s.commonTable(name); ok {
			return name, c
		}
	}
	fields := f.relations(parts)
	return name, columns{fields: fields, open: fields == nil}
}

func (f *inference) join(n Node, s *scope) {
	f.from(n["left"], s)
	left := len(s.sources)
	f.from(n["right"], s)
	using, _ := n["using_columns"].([]any)
	if n["ref_type"] == "NATURAL" {
		for i := range s.sources {
			s.sources[i].open = true
		}
	}
	for i := left; i < len(s.sources); i++ {
		s.sources[i].hidden = append(slices.Clone(s.sources[i].hidden), using...)
	}
	f.expressions(n["condition"], s)
	if n["join_type"] == "SEMI" || n["join_type"] == "ANTI" {
		s.sources = s.sources[:left]
	}
}

// rows are the columns of VALUES.
func (f *inference) rows(n Node, s *scope) columns {
	var c columns
	list, _ := n["values"].([]any)
	for i, r := range list {
		row, _ := r.([]any)
		for j, value := range row {
			t := f.expression(value, s)
			switch {
			case i == 0:
				c.fields = append(c.fields, Field{Type: t})
			case j < len(c.fields):
				c.fields[j].Type = common(c.fields[j].Type, t)
			}
		}
	}
	return c
}

func (f *inference) tableFunction(n Node, s *scope) source {
	call, _ := n["function"].(Node)
	name, _ := call["function_name"].(string)
	alias, _ := n["alias"].(string)
	aliases, _ := n["column_name_alias"].([]any)
	var types []*Type
	for _, a := range children(call) {
		types = append(types, f.expression(a, s))
	}
	r := source{columns: columns{open: true}, alias: alias}
	if name = strings.ToLower(name); alias == "" {
		r.alias = name
	}
	switch {
	case name == "range":
		r.columns = columns{fields: []Field{{"id", scalarType(BigInt)}}}.renamed(aliases)
	case (name == "explode" || name == "unnest") && len(types) == 1 && types[0].is(Array):
		r.columns = columns{fields: []Field{{"col", types[0].Element}}}.renamed(aliases)
	}
	return r
}
