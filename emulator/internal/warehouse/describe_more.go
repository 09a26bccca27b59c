package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// describeDetail tells how a table is stored. Files and places are those of Databricks'
// disks: there are none here, and they are NULL or zero.
func (x *run) describeDetail(ctx context.Context, s dialect.Describe) error {
	t, err := x.readable(s.Name)
	if err != nil {
		return err
	}
	if t.Kind == metastore.View {
		return dialect.WrongKind(t.FullName().Quoted(), "table")
	}
	moment := func(at time.Time) string {
		return "CAST(" + dialect.QuoteString(at.UTC().Format("2006-01-02 15:04:05.999999+00")) + " AS TIMESTAMPTZ)"
	}
	return x.stream(ctx, fmt.Sprintf(`SELECT 'delta' AS format, %s AS id, %s AS name, %s AS description, CAST(NULL AS VARCHAR) AS location, %s AS "createdAt", %s AS "lastModified",
		%s AS "partitionColumns", %s AS "clusteringColumns", CAST(0 AS BIGINT) AS "numFiles", CAST(0 AS BIGINT) AS "sizeInBytes", %s AS properties,
		CAST(3 AS INTEGER) AS "minReaderVersion", CAST(7 AS INTEGER) AS "minWriterVersion", %s AS "tableFeatures", %s AS statistics, false AS "clusterByAuto"`,
		dialect.QuoteString(t.ID), dialect.QuoteString(t.FullName().String()), textOrNull(t.Comment), moment(t.Audit.CreatedAt), moment(t.Audit.UpdatedAt),
		listLiteral(t.PartitionedBy), listLiteral(t.ClusteredBy), mapLiteral(t.Properties), listLiteral(nil), mapLiteral(nil)), nil)
}

func textOrNull(s string) string {
	if s == "" {
		return "CAST(NULL AS VARCHAR)"
	}
	return dialect.QuoteString(s)
}

// listLiteral writes an ARRAY of strings for DuckDB.
func listLiteral(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = dialect.QuoteString(s)
	}
	return "CAST([" + strings.Join(quoted, ", ") + "] AS VARCHAR[])"
}

// describeJSON writes what DESCRIBE EXTENDED tells as one document.
func (x *run) describeJSON(t *metastore.Table) error {
	columns := make([]map[string]any, len(t.Columns))
	for i, c := range t.Columns {
		kind, err := columnType(c)
		if err != nil {
			return err
		}
		columns[i] = map[string]any{"name": c.Name, "type": kind.Description(), "nullable": c.Nullable}
		if c.Comment != "" {
			columns[i]["comment"] = c.Comment
		}
		if c.Default != "" {
			columns[i]["default"] = c.Default
		}
	}
	document := map[string]any{
		"table_name": t.Name, "catalog_name": t.Catalog, "namespace": []string{t.Schema}, "schema_name": t.Schema, "columns": columns,
		"owner": t.Owner, "created_time": t.Audit.CreatedAt.UTC().Format(time.RFC3339), "created_by": t.Audit.CreatedBy, "type": string(t.Kind),
	}
	if t.Kind == metastore.View {
		document["view_text"] = t.Definition
	} else {
		document["provider"] = "delta"
		document["table_properties"] = t.Properties
		document["partition_columns"] = t.PartitionedBy
		document["clustering_columns"] = t.ClusteredBy
	}
	if t.Comment != "" {
		document["comment"] = t.Comment
	}
	data, err := json.Marshal(document)
	if err != nil {
		return err
	}
	return x.answer(stringColumns("json_metadata"), [][]*string{texts(string(data))})
}

// describeFunction tells of a function: of one of the catalog what it takes and returns, of
// one of Databricks' own that it is there.
func (x *run) describeFunction(s dialect.Describe) error {
	columns := stringColumns("function_desc")
	if len(s.Name) == 1 && dialect.Builtin(s.Name[0]) {
		name := strings.ToLower(s.Name[0])
		return x.answer(columns, [][]*string{texts("Function: " + name), texts("Usage: " + name + "(...)")})
	}
	n := x.function(s.Name)
	if f, ok := x.snapshot.Function(n); !ok || !x.snapshot.Visible(x.caller, f.FullName()) {
		if err := x.require(n, metastore.Execute); err != nil {
			return err
		}
	}
	f, ok := x.snapshot.Function(n)
	if !ok {
		return notFound(n)
	}
	rows := [][]*string{texts("Function: " + n.String()), texts("Type:     SCALAR")}
	for i, p := range f.Parameters {
		head := "          "
		if i == 0 {
			head = "Input:    "
		}
		line := head + p.Name + " " + p.Type
		if p.Default != "" {
			line += " DEFAULT " + p.Default
		}
		rows = append(rows, texts(line))
	}
	if f.ReturnsTable() {
		rows[1] = texts("Type:     TABLE")
		for i, c := range f.Table {
			head := "          "
			if i == 0 {
				head = "Returns:  "
			}
			rows = append(rows, texts(head+c.Name+" "+c.Type))
		}
	} else {
		rows = append(rows, texts("Returns:  "+f.Returns))
	}
	if s.Extended {
		rows = append(rows, texts("Comment:  "+f.Comment), texts("Owner:    "+f.Owner), texts("Create Time: "+f.Audit.CreatedAt.Format(time.UnixDate)), texts("Body:     "+f.Definition))
	}
	return x.answer(columns, rows)
}
