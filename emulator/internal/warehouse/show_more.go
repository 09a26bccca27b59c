package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// informationTables lists the views of an information schema, if that is what SHOW TABLES
// looks in.
func (x *run) informationTables(s dialect.Show, match func(string) bool) (rows [][]*string, of bool, err error) {
	n, err := x.object(dialect.SchemaObject, append(slices.Clone(s.Name), []string{x.fallback.Schema}[min(len(s.Name), 1):]...))
	if err != nil || n.Schema != informationSchema {
		return nil, false, err
	}
	if n.Catalog != systemCatalog {
		if _, err := x.container(dialect.CatalogObject, []string{n.Catalog}); err != nil {
			return nil, false, err
		}
	}
	for _, name := range sortedKeys(informationViews) {
		if match(name) {
			rows = append(rows, texts(informationSchema, name, "false", "false"))
		}
	}
	if s.What != dialect.ShowViews {
		for i := range rows {
			rows[i] = rows[i][:3]
		}
	}
	return rows, true, nil
}

// showFunctions lists functions: those of Databricks by name, those of a schema by full name.
func (x *run) showFunctions(s dialect.Show) error {
	match := matcher(s.Pattern)
	var rows [][]*string
	if s.Only != "USER" {
		for _, name := range dialect.Builtins() {
			if match(name) {
				rows = append(rows, texts(name))
			}
		}
	}
	if s.Only != "SYSTEM" {
		schema, err := x.container(dialect.SchemaObject, s.Name)
		if err != nil {
			return err
		}
		for _, f := range x.snapshot.Functions(schema) {
			if n := f.FullName(); (match(f.Name) || match(n.String())) && x.snapshot.Visible(x.caller, n) {
				rows = append(rows, texts(n.String()))
			}
		}
	}
	return x.answer(stringColumns("function"), rows)
}

// showVolumes lists the volumes of a schema.
func (x *run) showVolumes(s dialect.Show) error {
	schema, err := x.container(dialect.SchemaObject, s.Name)
	if err != nil {
		return err
	}
	match := matcher(s.Pattern)
	var rows [][]*string
	for _, v := range x.snapshot.Volumes(schema) {
		if match(v.Name) && x.snapshot.Visible(x.caller, v.FullName()) {
			rows = append(rows, texts(v.Schema, v.Name))
		}
	}
	return x.answer(stringColumns("database", "volume_name"), rows)
}

// showPartitions lists the values that the rows of a table have in its partition columns.
func (x *run) showPartitions(ctx context.Context, s dialect.Show) error {
	t, err := x.readable(s.Name)
	if err != nil {
		return err
	}
	if len(t.PartitionedBy) == 0 {
		return dialect.NotPartitioned(t.FullName().Quoted())
	}
	if t.Protected() {
		return dialect.Unsupported("SHOW PARTITIONS of a table with a row filter or column masks")
	}
	list := make([]string, len(t.PartitionedBy))
	for i, name := range t.PartitionedBy {
		list[i] = dialect.QuoteIdentifier(name)
	}
	return x.stream(ctx, fmt.Sprintf("SELECT DISTINCT %s FROM %s ORDER BY ALL", strings.Join(list, ", "), physical(t.Stored())), nil)
}

// showExtended tells of every table that a pattern means what DESCRIBE EXTENDED tells.
func (x *run) showExtended(s dialect.Show) error {
	schema, err := x.container(dialect.SchemaObject, s.Name)
	if err != nil {
		return err
	}
	match := matcher(s.Pattern)
	columns := stringColumns("database", "tableName", "isTemporary", "information")
	columns[2].Type = &dialect.Type{Name: dialect.Boolean}
	var rows [][]*string
	for _, t := range x.snapshot.Tables(schema) {
		if !match(t.Name) || !x.snapshot.Visible(x.caller, t.FullName()) {
			continue
		}
		var b strings.Builder
		for _, detail := range tableDetails(t) {
			if name := *detail[0]; name != "" && !strings.HasPrefix(name, "#") {
				fmt.Fprintf(&b, "%s: %s\n", name, *detail[1])
			}
		}
		rows = append(rows, texts(t.Schema, t.Name, "false", b.String()))
	}
	return x.answer(columns, rows)
}

// showPrincipals lists the users or the groups of the workspace.
func (x *run) showPrincipals(s dialect.Show) error {
	match := matcher(s.Pattern)
	var names []string
	if s.What == dialect.ShowUsers {
		for _, u := range x.principals.Users() {
			names = append(names, u.UserName)
		}
	} else {
		for _, g := range x.principals.Groups() {
			names = append(names, g.DisplayName)
		}
	}
	slices.Sort(names)
	var rows [][]*string
	for _, name := range names {
		if match(name) {
			rows = append(rows, texts(name))
		}
	}
	return x.answer(stringColumns("name"), rows)
}

// informationTable is a view of the information schema as a table that can be described.
func informationTable(n metastore.Name) (*metastore.Table, bool) {
	view, ok := informationViews[n.Table]
	if !ok || n.Schema != informationSchema {
		return nil, false
	}
	t := &metastore.Table{Catalog: n.Catalog, Schema: n.Schema, Name: n.Table, Kind: metastore.View}
	t.Owner = "System user"
	for _, c := range strings.Split(view.columns, ",") {
		name, kind, _ := strings.Cut(strings.TrimSpace(c), " ")
		if typed, err := dialect.FromDuckDB(kind); err == nil {
			t.Columns = append(t.Columns, metastore.Column{Name: name, Type: typed.String(), Nullable: true})
		}
	}
	return t, true
}
