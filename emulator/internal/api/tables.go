package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

type tableInfo struct {
	Name             string       `json:"name"`
	CatalogName      string       `json:"catalog_name"`
	SchemaName       string       `json:"schema_name"`
	FullName         string       `json:"full_name"`
	TableID          string       `json:"table_id"`
	TableType        string       `json:"table_type"`
	DataSourceFormat string       `json:"data_source_format,omitempty"`
	ViewDefinition   string       `json:"view_definition,omitempty"`
	SecurableType    string       `json:"securable_type"`
	Columns          []columnInfo `json:"columns,omitempty"`
	RowFilter        *rowFilter   `json:"row_filter,omitempty"`
	audited
}

type columnInfo struct {
	Name          string `json:"name"`
	TypeText      string `json:"type_text"`
	TypeName      string `json:"type_name"`
	TypeJSON      string `json:"type_json"`
	TypePrecision int    `json:"type_precision"`
	TypeScale     int    `json:"type_scale"`
	Position      int    `json:"position"`
	Nullable      bool   `json:"nullable"`
	Comment       string `json:"comment,omitempty"`
	Mask          *mask  `json:"mask,omitempty"`
}

type rowFilter struct {
	FunctionName string   `json:"function_name"`
	Columns      []string `json:"input_column_names"`
}

type mask struct {
	FunctionName string   `json:"function_name"`
	Columns      []string `json:"using_column_names,omitempty"`
}

func describeTable(s *metastore.Snapshot, t *metastore.Table, withColumns bool) (tableInfo, error) {
	info := tableInfo{
		Name: t.Name, CatalogName: t.Catalog, SchemaName: t.Schema, FullName: t.FullName().String(), TableID: t.ID,
		TableType: string(t.Kind), ViewDefinition: t.Definition, SecurableType: "TABLE", audited: audit(s, t.Details),
	}
	if t.Kind == metastore.Managed {
		info.DataSourceFormat = "DELTA"
	}
	if t.RowFilter != nil {
		info.RowFilter = &rowFilter{t.RowFilter.Function.String(), t.RowFilter.Columns}
	}
	if !withColumns {
		return info, nil
	}
	for i, c := range t.Columns {
		column, err := describeColumn(c, i)
		if err != nil {
			return info, fmt.Errorf("table %s: %w", t.FullName(), err)
		}
		info.Columns = append(info.Columns, column)
	}
	return info, nil
}

func describeColumn(c metastore.Column, position int) (columnInfo, error) {
	t, err := dialect.ParseType(c.Type)
	if err != nil {
		return columnInfo{}, fmt.Errorf("column %q: %w", c.Name, err)
	}
	spark, err := t.SparkField(c.Name, c.Nullable, c.Comment)
	if err != nil {
		return columnInfo{}, fmt.Errorf("column %q: %w", c.Name, err)
	}
	var policy *mask
	if c.Mask != nil {
		policy = &mask{c.Mask.Function.String(), c.Mask.Columns}
	}
	return columnInfo{
		Mask: policy, Name: c.Name, TypeText: t.Catalog(), TypeName: t.RESTName(), TypeJSON: spark, TypePrecision: t.Precision,
		TypeScale: t.Scale, Position: position, Nullable: c.Nullable, Comment: c.Comment,
	}, nil
}

func (s *server) listTables(w http.ResponseWriter, r *http.Request) error {
	snapshot, in, err := s.listed(r)
	if err != nil {
		return err
	}
	var seen []*metastore.Table
	for _, t := range snapshot.Tables(in) {
		if snapshot.Visible(caller(r), t.FullName()) {
			seen = append(seen, t)
		}
	}
	cut, next, err := page(r.URL.Query(), seen, func(t *metastore.Table) string { return t.Name })
	if err != nil {
		return err
	}
	body := struct {
		Tables []tableInfo `json:"tables,omitempty"`
		Next   string      `json:"next_page_token,omitempty"`
	}{Next: next}
	for _, t := range cut {
		info, err := describeTable(snapshot, t, r.URL.Query().Get("omit_columns") != "true")
		if err != nil {
			return err
		}
		body.Tables = append(body.Tables, info)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *server) getTable(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindTable)
	if err != nil {
		return err
	}
	snapshot := s.Metastore.Snapshot()
	if err := visible(snapshot, caller(r), n); err != nil {
		return err
	}
	t, _ := snapshot.Table(n)
	info, err := describeTable(snapshot, t, true)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, info)
	return nil
}

// createdTable is what the API that creates tables takes.
type createdTable struct {
	create
	SchemaName       string       `json:"schema_name"`
	TableType        string       `json:"table_type"`
	DataSourceFormat string       `json:"data_source_format"`
	StorageLocation  string       `json:"storage_location"`
	Columns          []columnInfo `json:"-"`
}

func (t *createdTable) check() error {
	switch {
	case t.Name == "" || t.CatalogName == "" || t.SchemaName == "":
		return invalid("Missing required field: name, catalog_name and schema_name")
	case t.TableType != string(metastore.Managed):
		return unserved("table_type %q: this workspace creates MANAGED tables only.", t.TableType)
	case t.DataSourceFormat != "" && t.DataSourceFormat != "DELTA":
		return unserved("data_source_format %q: this workspace creates DELTA tables only.", t.DataSourceFormat)
	case t.StorageLocation != "":
		return unserved("storage_location: this workspace keeps all data in its own folder.")
	case len(t.Columns) == 0:
		return invalid("Missing required field: columns")
	}
	return nil
}

func (s *server) createTable(w http.ResponseWriter, r *http.Request) error {
	// Whether a column may be NULL is true where it is absent.
	var body struct {
		createdTable
		Columns []struct {
			columnInfo
			Nullable *bool `json:"nullable"`
		} `json:"columns"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	t := body.createdTable
	for _, c := range body.Columns {
		c.columnInfo.Nullable = c.Nullable == nil || *c.Nullable
		t.Columns = append(t.Columns, c.columnInfo)
	}
	if err := t.check(); err != nil {
		return err
	}
	definitions := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		// Parsed, so that nothing but a type gets into the statement.
		kind, err := dialect.ParseType(c.TypeText)
		if err != nil {
			return invalid("Column %q: type_text %q is not a type of this workspace.", c.Name, c.TypeText)
		}
		definitions[i] = identifier(c.Name) + " " + kind.Catalog()
		if !c.Nullable {
			definitions[i] += " NOT NULL"
		}
		if c.Comment != "" {
			definitions[i] += " COMMENT " + literal(c.Comment)
		}
	}
	n := metastore.Name{Catalog: strings.ToLower(t.CatalogName), Schema: strings.ToLower(t.SchemaName), Table: strings.ToLower(t.Name)}
	statement := "CREATE TABLE " + n.Quoted() + " (" + strings.Join(definitions, ", ") + ") COMMENT " + literal(t.Comment)
	if len(t.Properties) > 0 {
		statement += " TBLPROPERTIES (" + pairs(t.Properties) + ")"
	}
	if err := s.define(r, n, statement); err != nil {
		return err
	}
	return s.writeTable(w, n)
}

func (s *server) updateTable(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindTable)
	if err != nil {
		return err
	}
	var kept map[string]string
	if t, ok := s.Metastore.Snapshot().Table(n); ok {
		kept = t.Properties
	}
	if n, err = s.update(r, n, kept); err != nil {
		return err
	}
	return s.writeTable(w, n)
}

func (s *server) deleteTable(w http.ResponseWriter, r *http.Request) error {
	return s.remove(w, r, metastore.KindTable)
}

func (s *server) writeTable(w http.ResponseWriter, n metastore.Name) error {
	snapshot := s.Metastore.Snapshot()
	t, ok := snapshot.Table(n)
	if !ok { // somebody dropped it meanwhile
		return notFound(n)
	}
	info, err := describeTable(snapshot, t, true)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, info)
	return nil
}
