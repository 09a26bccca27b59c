package warehouse

import (
	"context"
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
	case s.What == dialect.DescribeHistory:
		return x.describeHistory(ctx, s)
	case s.What == dialect.DescribeDetail:
		return x.describeDetail(ctx, s)
	case s.Kind == dialect.FunctionObject:
		return x.describeFunction(s)
	case s.Kind == dialect.CatalogObject, s.Kind == dialect.SchemaObject:
		return x.describeContainer(s)
	}
	t, err := x.visibleTable(s.Name)
	if err != nil {
		return err
	}
	switch {
	case s.JSON:
		return x.describeJSON(t)
	case s.Column != "":
		return x.describeColumn(t, s.Column)
	}
	rows, err := columnRows(t.Columns)
	if err != nil {
		return err
	}
	rows = append(rows, layoutRows(t)...)
	if s.Extended {
		rows = append(rows, tableDetails(t)...)
	}
	return x.answer(stringColumns("col_name", "data_type", "comment"), rows)
}

// layoutRows tell by which columns a table is partitioned or clustered.
func layoutRows(t *metastore.Table) (rows [][]*string) {
	for _, part := range []struct {
		title   string
		columns []string
	}{{"# Partition Information", t.PartitionedBy}, {"# Clustering Information", t.ClusteredBy}} {
		if len(part.columns) == 0 {
			continue
		}
		rows = append(rows, texts(part.title, "", ""), texts("# col_name", "data_type", "comment"))
		for _, c := range t.Columns {
			if !slices.Contains(part.columns, c.Name) {
				continue
			}
			if columns, err := columnRows([]metastore.Column{c}); err == nil {
				rows = append(rows, columns...)
			}
		}
	}
	return rows
}

// describeColumn tells of one column.
func (x *run) describeColumn(t *metastore.Table, name string) error {
	c, err := column(t, name)
	if err != nil {
		return err
	}
	kind, err := columnType(c)
	if err != nil {
		return err
	}
	comment := c.Comment
	if comment == "" {
		comment = "NULL"
	}
	return x.answer(stringColumns("info_name", "info_value"), [][]*string{texts("col_name", c.Name), texts("data_type", kind.Catalog()), texts("comment", comment)})
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
	rows = append(rows, texts("Provider", "delta", ""), texts("Is_managed_location", "true", ""), texts("Table Properties", propertyList(t.Properties), ""))
	rows = append(rows, policyDetails(t)...)
	if len(t.Constraints) > 0 {
		rows = append(rows, texts("", "", ""), texts("# Constraints", "", ""))
	}
	for _, k := range t.Constraints {
		rows = append(rows, texts(k.Name, constraintText(k), ""))
	}
	return rows
}

// constraintText is a constraint as CREATE TABLE writes it, without its name.
func constraintText(k metastore.Constraint) string {
	switch k.Kind {
	case metastore.PrimaryKey:
		return "PRIMARY KEY (" + quotedAll(k.Columns) + ")"
	case metastore.ForeignKey:
		text := "FOREIGN KEY (" + quotedAll(k.Columns) + ") REFERENCES " + k.Parent.Quoted()
		if len(k.ParentColumns) > 0 {
			text += " (" + quotedAll(k.ParentColumns) + ")"
		}
		return text
	}
	return "CHECK (" + k.Expression + ")"
}

// quotedAll writes names in backticks.
func quotedAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + strings.ReplaceAll(n, "`", "``") + "`"
	}
	return strings.Join(quoted, ", ")
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
	if n.Catalog == systemCatalog || n.Schema == informationSchema {
		return dialect.Unsupported("DESCRIBE of the catalog system and of information_schema")
	}
	if !x.snapshot.Exists(n) || !x.snapshot.Visible(x.caller, n) {
		if err := x.require(n); err != nil {
			return err
		}
		if err := x.snapshot.CheckUse(x.caller, n); err != nil {
			return err
		}
	}
	if c, ok := x.snapshot.Catalog(n); ok {
		rows := [][]*string{texts("Catalog Name", c.Name), texts("Comment", c.Comment), texts("Owner", c.Owner)}
		if s.Extended {
			rows = append(rows, texts("Catalog Type", "Regular"))
		}
		return x.answer(stringColumns("info_name", "info_value"), rows)
	}
	c, ok := x.snapshot.Schema(n)
	if !ok {
		return notFound(n)
	}
	rows := [][]*string{texts("Catalog Name", c.Catalog), texts("Namespace Name", c.Name), texts("Comment", c.Comment), texts("Location", ""), texts("Owner", c.Owner)}
	if s.Extended {
		rows = append(rows, texts("Properties", schemaProperties(c.Properties)))
	}
	return x.answer(stringColumns("database_description_item", "database_description_value"), rows)
}

// schemaProperties writes properties as DESCRIBE SCHEMA does: ((key,value), (key,value)).
func schemaProperties(properties map[string]string) string {
	if len(properties) == 0 {
		return ""
	}
	var list []string
	for _, key := range sortedKeys(properties) {
		list = append(list, "("+key+","+properties[key]+")")
	}
	return "(" + strings.Join(list, ", ") + ")"
}
