package dialect

import (
	"fmt"
	"strings"
)

// Relations answers the columns of a table or view by the parts of its name, or nil when
// they aren't known.
type Relations func(name []string) []Field

// inference finds the types of expressions before they are translated: what Databricks
// calls them, by the types of columns, literals and functions. A type that it can't find
// out is nil, and the translation then does what is right for most types.
type inference struct {
	relations Relations
	err       *Error
}

// returns is the key under which a node keeps the type of its value during translation.
const returns = "returns"

// typeOf is the type of an expression, or nil.
func typeOf(v any) *Type {
	n, _ := v.(Node)
	t, _ := n[returns].(*Type)
	return t
}

// forget removes what inference has left in a tree.
func forget(v any) {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			forget(item)
		}
	case Node:
		delete(x, returns)
		for _, child := range x {
			forget(child)
		}
	}
}

// columns are the columns of a relation. When it is open there may be others.
type columns struct {
	fields []Field
	open   bool
}

func (c columns) find(name string) (t *Type, found bool) {
	for _, f := range c.fields {
		if strings.EqualFold(f.Name, name) {
			return f.Type, true
		}
	}
	return nil, false
}

// renamed gives the columns other names, as far as there are any.
func (c columns) renamed(names []any) columns {
	if len(names) == 0 {
		return c
	}
	if c.open {
		return columns{open: true}
	}
	fields := make([]Field, len(c.fields))
	copy(fields, c.fields)
	for i := range fields {
		if i < len(names) {
			fields[i].Name = fmt.Sprint(names[i])
		}
	}
	return columns{fields: fields}
}

// source is a relation in FROM.
type source struct {
	columns
	alias  string
	hidden []any // the columns that USING took from the relation
}

// scope is what names in a query can mean.
type scope struct {
	outer      *scope
	sources    []source
	aliases    []Field            // of the select list
	parameters map[string]*Type   // of a lambda expression
	common     map[string]columns // common table expressions
}

// commonTable finds a common table expression.
func (s *scope) commonTable(name string) (columns, bool) {
	for ; s != nil; s = s.outer {
		if c, ok := s.common[strings.ToLower(name)]; ok {
			return c, true
		}
	}
	return columns{}, false
}

// column is the type of a column, by the parts of its name, or nil.
func (s *scope) column(parts []string) *Type {
	for ; s != nil; s = s.outer {
		if t, ok := s.parameters[strings.ToLower(parts[0])]; ok {
			return fieldOf(t, parts[1:])
		}
		if t, done := s.here(parts); done {
			return t
		}
	}
	return nil
}

// here looks for a column among the relations of this scope. It is done when the column is
// found, or may be one of those that aren't known.
func (s *scope) here(parts []string) (t *Type, done bool) {
	open := false
	for _, r := range s.sources {
		for skip := range min(len(parts)-1, 3) { // catalog.schema.table.column
			if !strings.EqualFold(parts[skip], r.alias) {
				continue
			}
			if t, found := r.find(parts[skip+1]); found {
				return fieldOf(t, parts[skip+2:]), true
			}
			return nil, true
		}
	}
	for _, r := range s.sources {
		if t, found := r.find(parts[0]); found {
			return fieldOf(t, parts[1:]), true
		}
		open = open || r.open
	}
	for _, f := range s.aliases {
		if strings.EqualFold(f.Name, parts[0]) {
			return fieldOf(f.Type, parts[1:]), true
		}
	}
	return nil, open
}

// fieldOf is the type of a field in a field ... of a STRUCT, or of a value of a MAP.
func fieldOf(t *Type, path []string) *Type {
	for _, name := range path {
		switch {
		case t.is(Struct):
			fields := columns{fields: t.Fields}
			t, _ = fields.find(name)
		case t.is(Map):
			t = t.Element
		default:
			return nil
		}
	}
	return t
}

// query finds the types in a query and returns its columns.
func (f *inference) query(n Node, outer *scope) columns {
	s := &scope{outer: outer}
	f.commonTables(n, s)
	switch n["type"] {
	case "SELECT_NODE":
		return f.selection(n, s)
	case "SET_OPERATION_NODE":
		left, right := f.queryIn(n["left"], s), f.queryIn(n["right"], s)
		f.united(fmt.Sprint(n["setop_type"]), left, right)
		c := columns{open: left.open || right.open || len(left.fields) != len(right.fields)}
		if !c.open {
			for i, l := range left.fields {
				c.fields = append(c.fields, Field{l.Name, common(l.Type, right.fields[i].Type)})
			}
		}
		s.sources = []source{{columns: c}}
		f.expressions(n["modifiers"], s)
		return c
	case "RECURSIVE_CTE_NODE":
		aliases, _ := n["aliases"].([]any)
		left := f.queryIn(n["left"], s).renamed(aliases)
		s.common = map[string]columns{strings.ToLower(fmt.Sprint(n["cte_name"])): left}
		f.queryIn(n["right"], s)
		return left
	}
	f.expressions(n, s)
	return columns{open: true}
}

func (f *inference) queryIn(v any, outer *scope) columns {
	if n, ok := v.(Node); ok {
		return f.query(n, outer)
	}
	return columns{open: true}
}

func (f *inference) commonTables(n Node, s *scope) {
	container, _ := n["cte_map"].(Node)
	entries, _ := container["map"].([]any)
	if len(entries) > 0 {
		s.common = map[string]columns{}
	}
	for _, e := range entries {
		entry, _ := e.(Node)
		value, _ := entry["value"].(Node)
		query, _ := value["query"].(Node)
		aliases, _ := value["aliases"].([]any)
		s.common[strings.ToLower(fmt.Sprint(entry["key"]))] = f.queryIn(query["node"], s).renamed(aliases)
	}
}

// selection finds the types in a SELECT.
func (f *inference) selection(n Node, s *scope) columns {
	f.from(n["from_table"], s)
	nameColumns(n)
	spreadWindow(n)
	var c columns
	list, _ := n["select_list"].([]any)
	for _, item := range list {
		expression, _ := item.(Node)
		if expression["class"] == "STAR" {
			f.expressions(expression, s)
			stars := s.star(expression)
			c.fields, c.open = append(c.fields, stars.fields...), c.open || stars.open
			continue
		}
		t := f.expression(expression, s)
		name, _ := expression["alias"].(string)
		if name == "" {
			name = expressionName(expression)
		} else {
			s.aliases = append(s.aliases, Field{name, t})
		}
		c.fields = append(c.fields, Field{name, t})
	}
	for _, key := range []string{"where_clause", "group_expressions", "having", "qualify", "modifiers"} {
		f.expressions(n[key], s)
	}
	f.filter(n["where_clause"])
	return c
}

// star is what * or t.* stands for.
func (s *scope) star(n Node) columns {
	var c columns
	excluded, _ := n["exclude_list"].([]any)
	replaced, _ := n["replace_list"].([]any)
	qualified, _ := n["qualified_exclude_list"].([]any)
	c.open = len(replaced) > 0 || len(qualified) > 0
	relation, _ := n["relation_name"].(string)
	for _, r := range s.sources {
		if relation != "" && !strings.EqualFold(relation, r.alias) {
			continue
		}
		c.open = c.open || r.open
		for _, field := range r.fields {
			if !named(excluded, field.Name) && (relation != "" || !named(r.hidden, field.Name)) {
				c.fields = append(c.fields, field)
			}
		}
	}
	return c
}

func named(list []any, name string) bool {
	for _, item := range list {
		if text, _ := item.(string); strings.EqualFold(text, name) {
			return true
		}
	}
	return false
}

// spreadWindow puts the call of window() that a query groups by in the place of the column
// window, which is its name.
func spreadWindow(n Node) {
	groups, _ := n["group_expressions"].([]any)
	for _, g := range groups {
		group, _ := g.(Node)
		if group["class"] != "FUNCTION" || group["function_name"] != "window" {
			continue
		}
		values := map[string]Node{"window": group}
		list, _ := n["select_list"].([]any)
		for _, item := range list {
			if column, _ := item.(Node); column["class"] == "COLUMN_REF" && column["alias"] == "" {
				column["alias"] = expressionName(column)
			}
		}
		for _, key := range []string{"select_list", "having", "qualify", "modifiers"} {
			n[key] = substitute(n[key], values)
		}
		return
	}
}
