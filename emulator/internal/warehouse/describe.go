package warehouse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (x *run) describe(ctx context.Context, s dialect.Describe) error {
	switch {
	case s.Query != nil:
		return x.describeQuery(ctx, *s.Query)
	case s.Kind == dialect.CatalogObject, s.Kind == dialect.SchemaObject:
		return x.describeContainer(s)
	}
	t, err := x.visibleTable(s.Name)
	if err != nil {
		return err
	}
	rows, err := columnRows(t.Columns)
	if err != nil {
		return err
	}
	if s.Extended {
		rows = append(rows, tableDetails(t)...)
	}
	return x.answer(stringColumns("col_name", "data_type", "comment"), rows)
}

func columnRows(columns []metastore.Column) ([][]*string, error) {
	rows := make([][]*string, len(columns))
	for i, c := range columns {
		t, err := columnType(c)
		if err != nil {
			return nil, err
		}
		rows[i] = texts(c.Name, t.Catalog(), c.Comment)
		if c.Comment == "" {
			rows[i][2] = nil
		}
	}
	return rows, nil
}

func tableDetails(t *metastore.Table) [][]*string {
	rows := [][]*string{
		texts("", "", ""),
		texts("# Detailed Table Information", "", ""),
		texts("Catalog", t.Catalog, ""),
		texts("Database", t.Schema, ""),
		texts("Table", t.Name, ""),
		texts("Created Time", t.Audit.CreatedAt.Format(time.UnixDate), ""),
		texts("Created By", t.Audit.CreatedBy, ""),
		texts("Type", string(t.Kind), ""),
		texts("Comment", t.Comment, ""),
		texts("Owner", t.Owner, ""),
	}
	if t.Kind == metastore.View {
		return append(rows, texts("View Text", t.Definition, ""))
	}
	rows = append(rows, texts("Provider", "delta", ""), texts("Table Properties", propertyList(t.Properties), ""))
	return append(rows, policyDetails(t)...)
}

func propertyList(properties map[string]string) string {
	var list []string
	for _, key := range sortedKeys(properties) {
		list = append(list, key+"="+properties[key])
	}
	return "[" + strings.Join(list, ",") + "]"
}

func (x *run) describeQuery(ctx context.Context, q dialect.Query) error {
	query, err := x.translate(ctx, q)
	if err != nil {
		return err
	}
	columns, err := x.shape(ctx, query)
	if err != nil {
		return err
	}
	rows := make([][]*string, len(columns))
	for i, c := range columns {
		rows[i] = texts(c.Name, c.Type.Catalog(), "")
		rows[i][2] = nil
	}
	return x.answer(stringColumns("col_name", "data_type", "comment"), rows)
}

func (x *run) describeContainer(s dialect.Describe) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	if !x.snapshot.Exists(n) || !x.snapshot.Visible(x.caller, n) {
		if err := x.require(n); err != nil {
			return err
		}
		if err := x.snapshot.CheckUse(x.caller, n); err != nil {
			return err
		}
	}
	var rows [][]*string
	if c, ok := x.snapshot.Catalog(n); ok {
		rows = [][]*string{texts("Catalog Name", c.Name), texts("Comment", c.Comment), texts("Owner", c.Owner)}
	}
	if c, ok := x.snapshot.Schema(n); ok {
		rows = [][]*string{texts("Catalog Name", c.Catalog), texts("Namespace Name", c.Name), texts("Comment", c.Comment), texts("Owner", c.Owner)}
		if s.Extended {
			rows = append(rows, texts("Properties", propertyList(c.Properties)))
		}
	}
	return x.answer(stringColumns("info_name", "info_value"), rows)
}

// showCreateTable writes a statement that makes the table or view again.
func (x *run) showCreateTable(s dialect.Show) error {
	t, err := x.visibleTable(s.Name)
	if err != nil {
		return err
	}
	var b strings.Builder
	if t.Kind == metastore.View {
		names := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			names[i] = "  " + dialect.QuoteName(c.Name) + commentClause(c.Comment)
		}
		fmt.Fprintf(&b, "CREATE VIEW %s (\n%s)\n%sAS %s", t.FullName(), strings.Join(names, ",\n"), commentLine(t.Comment), t.Definition)
		return x.answer(stringColumns("createtab_stmt"), [][]*string{texts(b.String())})
	}
	definitions := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		definitions[i] = "  " + dialect.QuoteName(c.Name) + " " + c.Type
		if !c.Nullable {
			definitions[i] += " NOT NULL"
		}
		definitions[i] += commentClause(c.Comment) + maskClause(c.Mask)
	}
	fmt.Fprintf(&b, "CREATE TABLE %s (\n%s)\nUSING delta\n%s", t.FullName(), strings.Join(definitions, ",\n"), commentLine(t.Comment))
	if len(t.Properties) > 0 {
		var list []string
		for _, key := range sortedKeys(t.Properties) {
			list = append(list, "  "+dialect.QuoteLiteral(key)+" = "+dialect.QuoteLiteral(t.Properties[key]))
		}
		fmt.Fprintf(&b, "TBLPROPERTIES (\n%s)\n", strings.Join(list, ",\n"))
	}
	if t.RowFilter != nil {
		fmt.Fprintf(&b, "WITH ROW FILTER %s ON (%s)\n", t.RowFilter.Function, quotedList(t.RowFilter.Columns))
	}
	return x.answer(stringColumns("createtab_stmt"), [][]*string{texts(b.String())})
}

func commentClause(comment string) string {
	if comment == "" {
		return ""
	}
	return " COMMENT " + dialect.QuoteLiteral(comment)
}

func commentLine(comment string) string {
	if comment == "" {
		return ""
	}
	return "COMMENT " + dialect.QuoteLiteral(comment) + "\n"
}
