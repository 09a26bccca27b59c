package dataset

import (
	"fmt"
	"strconv"
	"strings"
)

// maxParameters is how many parameters a statement has at most: a table with more values is filled by several.
const maxParameters = 200

// Place is where the tables are.
type Place struct{ Catalog, Schema string }

// Name is the full name of something in the place as people write it: main.samples.demo_data.
func (p Place) Name(table string) string { return p.Catalog + "." + p.Schema + "." + table }

// Quoted is the full name in SQL.
func (p Place) Quoted(table string) string { return Quote(p.Catalog, p.Schema, table) }

// Quote writes names of any characters as one SQL name.
func Quote(names ...string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return strings.Join(quoted, ".")
}

// Statement is a statement with its parameters.
type Statement struct {
	SQL        string
	Parameters []Parameter
}

// Parameter is a value for a :name in a statement. A nil Value is NULL.
type Parameter struct {
	Name  string  `json:"name"`
	Value *string `json:"value,omitempty"`
	Type  string  `json:"type"`
}

// CreateSchema makes the schema.
func CreateSchema(p Place) Statement {
	return Statement{SQL: "CREATE SCHEMA IF NOT EXISTS " + Quote(p.Catalog, p.Schema)}
}

// Create makes the table, empty and marked as ours. One that is there stays as it is.
func (t *Table) Create(p Place) Statement {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = fmt.Sprintf("  %s %s COMMENT %s", Quote(c.Name), c.Type, literal(c.Comment))
	}
	return Statement{SQL: fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (\n%s\n)\nCOMMENT %s\nTBLPROPERTIES (%s = %s)",
		p.Quoted(t.Name), strings.Join(columns, ",\n"), literal(t.Comment), literal(TableProperty), literal(t.Name))}
}

// Fill puts in what is missing and sets right what is different. Rows of others stay.
func (t *Table) Fill(p Place) []Statement {
	var all []Statement
	batch := max(1, maxParameters/len(t.Columns))
	for begin := 0; begin < len(t.Rows); begin += batch {
		all = append(all, t.merge(p, t.Rows[begin:min(begin+batch, len(t.Rows))]))
	}
	return all
}

func (t *Table) merge(p Place, rows [][]*string) Statement {
	var s Statement
	values := make([]string, len(rows))
	for i, r := range rows {
		cells := make([]string, len(r))
		for j, value := range r {
			name := "r" + strconv.Itoa(i) + "_" + t.Columns[j].Name
			cells[j] = ":" + name
			s.Parameters = append(s.Parameters, Parameter{Name: name, Value: value, Type: t.Columns[j].Type})
		}
		values[i] = "    (" + strings.Join(cells, ", ") + ")"
	}
	var names, differ, set, insert []string
	for _, c := range t.Columns {
		name := Quote(c.Name)
		names, insert = append(names, name), append(insert, "s."+name)
		differ, set = append(differ, "NOT t."+name+" <=> s."+name), append(set, name+" = s."+name)
	}
	key := names[0]
	s.SQL = "MERGE INTO " + p.Quoted(t.Name) + " AS t\nUSING (\n  SELECT * FROM VALUES\n" + strings.Join(values, ",\n") +
		"\n  AS v(" + strings.Join(names, ", ") + ")\n) AS s\nON t." + key + " = s." + key +
		"\nWHEN MATCHED AND (" + strings.Join(differ[1:], " OR ") + ") THEN UPDATE SET " + strings.Join(set[1:], ", ") +
		"\nWHEN NOT MATCHED THEN INSERT (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(insert, ", ") + ")"
	return s
}

// Mark says which version the table holds.
func (t *Table) Mark(p Place) Statement {
	return Statement{SQL: fmt.Sprintf("ALTER TABLE %s SET TBLPROPERTIES (%s = %s)", p.Quoted(t.Name), literal(VersionProperty), literal(Version))}
}

// Drop removes the table.
func (t *Table) Drop(p Place) Statement {
	return Statement{SQL: "DROP TABLE IF EXISTS " + p.Quoted(t.Name)}
}

// Count counts the rows of tables, by name.
func Count(p Place, tables []string) Statement {
	queries := make([]string, len(tables))
	for i, name := range tables {
		queries[i] = "SELECT " + literal(name) + " AS name, count(*) AS n FROM " + p.Quoted(name)
	}
	return Statement{SQL: strings.Join(queries, "\nUNION ALL\n")}
}

// Text is the statement as one would type it, with values in the place of parameters.
func (s Statement) Text() string {
	replace := make([]string, 0, 2*len(s.Parameters))
	for _, p := range s.Parameters {
		value := "NULL"
		switch {
		case p.Value == nil:
		case p.Type == "STRING":
			value = literal(*p.Value)
		case p.Type == "DATE", p.Type == "TIMESTAMP":
			value = p.Type + literal(*p.Value)
		default:
			value = *p.Value
		}
		replace = append(replace, ":"+p.Name+",", value+",", ":"+p.Name+")", value+")")
	}
	return strings.NewReplacer(replace...).Replace(s.SQL) + ";\n"
}

// literal writes a string literal.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
