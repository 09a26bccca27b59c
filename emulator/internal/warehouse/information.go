package warehouse

import (
	"fmt"
	"strings"
	"time"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

const (
	informationSchema = "information_schema"
	// systemCatalog has an information schema about every catalog.
	systemCatalog = "system"
)

// informationView is a view of the information schema: its columns, each with the DuckDB
// type, and its rows as far as the caller may know of them.
// Columns and meaning: https://docs.databricks.com/aws/en/sql/language-manual/sql-ref-information-schema
type informationView struct {
	columns string
	rows    func(l *listing)
}

const auditColumns = " created TIMESTAMPTZ, created_by VARCHAR, last_altered TIMESTAMPTZ, last_altered_by VARCHAR"

var informationViews = map[string]informationView{
	"catalogs": {"catalog_name VARCHAR, catalog_owner VARCHAR, comment VARCHAR," + auditColumns, (*listing).catalogs},
	"schemata": {"catalog_name VARCHAR, schema_name VARCHAR, schema_owner VARCHAR, comment VARCHAR," + auditColumns, (*listing).schemata},
	"tables": {"table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, table_type VARCHAR, is_insertable_into VARCHAR, commit_action VARCHAR, table_owner VARCHAR, comment VARCHAR," +
		auditColumns + ", data_source_format VARCHAR, storage_path VARCHAR, storage_sub_directory VARCHAR", (*listing).tables},
	"columns": {
		"table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR, ordinal_position INTEGER, column_default VARCHAR, is_nullable VARCHAR," +
			" full_data_type VARCHAR, data_type VARCHAR, character_maximum_length BIGINT, character_octet_length BIGINT, numeric_precision INTEGER," +
			" numeric_precision_radix INTEGER, numeric_scale INTEGER, datetime_precision INTEGER, interval_type VARCHAR, interval_precision BIGINT," +
			" maximum_cardinality BIGINT, is_identity VARCHAR, identity_generation VARCHAR, identity_start VARCHAR, identity_increment VARCHAR," +
			" identity_maximum VARCHAR, identity_minimum VARCHAR, identity_cycle VARCHAR, is_generated VARCHAR, generation_expression VARCHAR," +
			" is_system_time_period_start VARCHAR, is_system_time_period_end VARCHAR, system_time_period_timestamp_generation VARCHAR," +
			" is_updatable VARCHAR, partition_ordinal_position INTEGER, comment VARCHAR",
		(*listing).columns,
	},
	"views": {"table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, view_definition VARCHAR, check_option VARCHAR, is_updatable VARCHAR, is_insertable_into VARCHAR", (*listing).views},
	"table_privileges": {
		"grantor VARCHAR, grantee VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, privilege_type VARCHAR, is_grantable VARCHAR, inherited_from VARCHAR",
		(*listing).tablePrivileges,
	},
	"catalog_privileges": {
		"grantor VARCHAR, grantee VARCHAR, catalog_name VARCHAR, privilege_type VARCHAR, is_grantable VARCHAR, inherited_from VARCHAR",
		(*listing).catalogPrivileges,
	},
	"schema_privileges": {
		"grantor VARCHAR, grantee VARCHAR, catalog_name VARCHAR, schema_name VARCHAR, privilege_type VARCHAR, is_grantable VARCHAR, inherited_from VARCHAR",
		(*listing).schemaPrivileges,
	},
	"table_constraints": {
		"constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, constraint_type VARCHAR, is_deferrable VARCHAR, initially_deferred VARCHAR, enforced VARCHAR, comment VARCHAR",
		(*listing).tableConstraints,
	},
	"key_column_usage": {
		"constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR, ordinal_position INTEGER, position_in_unique_constraint INTEGER",
		(*listing).keyColumns,
	},
	"table_tags":  {"catalog_name VARCHAR, schema_name VARCHAR, table_name VARCHAR, tag_name VARCHAR, tag_value VARCHAR", (*listing).tableTags},
	"column_tags": {"catalog_name VARCHAR, schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR, tag_name VARCHAR, tag_value VARCHAR", (*listing).columnTags},
	"routines": {
		"specific_catalog VARCHAR, specific_schema VARCHAR, specific_name VARCHAR, routine_catalog VARCHAR, routine_schema VARCHAR, routine_name VARCHAR, routine_type VARCHAR, data_type VARCHAR, full_data_type VARCHAR, routine_body VARCHAR, routine_definition VARCHAR, routine_owner VARCHAR, comment VARCHAR," + auditColumns,
		(*listing).routines,
	},
	"volumes": {
		"volume_catalog VARCHAR, volume_schema VARCHAR, volume_name VARCHAR, volume_type VARCHAR, volume_owner VARCHAR, comment VARCHAR, storage_location VARCHAR," + auditColumns,
		(*listing).volumes,
	},
	"information_schema_catalog_name": {"catalog_name VARCHAR", (*listing).catalogName},
}

// listing collects the rows of an information view.
type listing struct {
	run      *run
	catalogN string // "": every catalog
	values   []string
}

// information puts the rows of an information view in the place of its name.
func (r *resolver) information(n dialect.Node, name metastore.Name) error {
	view, ok := informationViews[name.Table]
	if !ok {
		return dialect.TableNotFound(name.Quoted())
	}
	l := &listing{run: r.run, catalogN: name.Catalog}
	if name.Catalog == systemCatalog {
		l.catalogN = ""
	} else if err := r.require(metastore.Name{Catalog: name.Catalog}); err != nil {
		return err
	} else if err := r.snapshot.CheckUse(r.caller, metastore.Name{Catalog: name.Catalog}); err != nil {
		return err
	}
	view.rows(l)
	columns := strings.Split(view.columns, ",")
	list := make([]string, len(columns))
	names := make([]string, len(columns)+1)
	names[len(columns)] = "listed"
	for i, c := range columns {
		column, kind, _ := strings.Cut(strings.TrimSpace(c), " ")
		names[i] = fmt.Sprintf("c%d", i)
		list[i] = fmt.Sprintf("CAST(c%d AS %s) AS %s", i, kind, column)
	}
	nulls := "(" + strings.Repeat("NULL, ", len(columns)) + "false)"
	query, err := r.template(fmt.Sprintf("SELECT %s FROM (VALUES %s) AS information(%s) WHERE listed",
		strings.Join(list, ", "), strings.Join(append([]string{nulls}, l.values...), ", "), strings.Join(names, ", ")))
	if err != nil {
		return err
	}
	aliases, _ := n["column_name_alias"].([]any)
	standIn(n, query, aliases)
	return nil
}

// add adds a row. An empty string stands for NULL.
func (l *listing) add(values ...any) {
	texts := make([]string, len(values))
	for i, v := range values {
		switch x := v.(type) {
		case string:
			if texts[i] = "NULL"; x != "" {
				texts[i] = dialect.QuoteString(x)
			}
		case time.Time:
			texts[i] = dialect.QuoteString(x.UTC().Format("2006-01-02 15:04:05.999999+00"))
		case nil:
			texts[i] = "NULL"
		default:
			texts[i] = fmt.Sprint(x)
		}
	}
	l.values = append(l.values, "("+strings.Join(texts, ", ")+", true)")
}

func (l *listing) visible(n metastore.Name) bool {
	return (l.catalogN == "" || l.catalogN == n.Catalog) && l.run.snapshot.Visible(l.run.caller, n)
}

func (l *listing) catalogs() {
	for _, c := range l.run.snapshot.Catalogs() {
		if l.visible(c.FullName()) {
			l.add(c.Name, c.Owner, c.Comment, c.Audit.CreatedAt, c.Audit.CreatedBy, c.Audit.UpdatedAt, c.Audit.UpdatedBy)
		}
	}
}

func (l *listing) schemata() {
	for _, c := range l.run.snapshot.Catalogs() {
		for _, s := range l.run.snapshot.Schemas(c.FullName()) {
			if l.visible(s.FullName()) {
				l.add(s.Catalog, s.Name, s.Owner, s.Comment, s.Audit.CreatedAt, s.Audit.CreatedBy, s.Audit.UpdatedAt, s.Audit.UpdatedBy)
			}
		}
	}
}

func (l *listing) eachTable(row func(t *metastore.Table)) {
	for _, c := range l.run.snapshot.Catalogs() {
		for _, s := range l.run.snapshot.Schemas(c.FullName()) {
			for _, t := range l.run.snapshot.Tables(s.FullName()) {
				if l.visible(t.FullName()) {
					row(t)
				}
			}
		}
	}
}

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

func (l *listing) tables() {
	l.eachTable(func(t *metastore.Table) {
		format := "DELTA"
		if t.Kind == metastore.View {
			format = ""
		}
		l.add(t.Catalog, t.Schema, t.Name, string(t.Kind), yesNo(t.Kind != metastore.View), "PRESERVE", t.Owner, t.Comment,
			t.Audit.CreatedAt, t.Audit.CreatedBy, t.Audit.UpdatedAt, t.Audit.UpdatedBy, format, "", "")
	})
}

// views lists the views, with the queries of those that the caller owns.
func (l *listing) views() {
	l.eachTable(func(t *metastore.Table) {
		if t.Kind != metastore.View {
			return
		}
		definition := ""
		if l.run.snapshot.Owns(l.run.caller, t.FullName()) {
			definition = t.Definition
		}
		l.add(t.Catalog, t.Schema, t.Name, definition, "NONE", "NO", "NO")
	})
}
