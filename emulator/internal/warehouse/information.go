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
// type, and its rows as far as the caller may know of them. The first column is never NULL.
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
		auditColumns + ", data_source_format VARCHAR", (*listing).tables},
	"columns": {
		"table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR, ordinal_position INTEGER, is_nullable VARCHAR, full_data_type VARCHAR, data_type VARCHAR, comment VARCHAR",
		(*listing).columns,
	},
	"views": {"table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, view_definition VARCHAR, check_option VARCHAR, is_updatable VARCHAR, is_insertable_into VARCHAR", (*listing).views},
	"table_privileges": {
		"grantee VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, privilege_type VARCHAR, is_grantable VARCHAR, inherited_from VARCHAR",
		(*listing).tablePrivileges,
	},
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
	names := make([]string, len(columns))
	for i, c := range columns {
		column, kind, _ := strings.Cut(strings.TrimSpace(c), " ")
		names[i] = fmt.Sprintf("c%d", i)
		list[i] = fmt.Sprintf("CAST(c%d AS %s) AS %s", i, kind, column)
	}
	nulls := "(" + strings.TrimSuffix(strings.Repeat("NULL, ", len(columns)), ", ") + ")"
	query, err := r.template(fmt.Sprintf("SELECT %s FROM (VALUES %s) AS information(%s) WHERE c0 IS NOT NULL",
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
		default:
			texts[i] = fmt.Sprint(x)
		}
	}
	l.values = append(l.values, "("+strings.Join(texts, ", ")+")")
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
			t.Audit.CreatedAt, t.Audit.CreatedBy, t.Audit.UpdatedAt, t.Audit.UpdatedBy, format)
	})
}

func (l *listing) columns() {
	l.eachTable(func(t *metastore.Table) {
		for i, c := range t.Columns {
			kind := strings.ToLower(c.Type)
			name, _, _ := strings.Cut(strings.ToUpper(c.Type), "<")
			name, _, _ = strings.Cut(name, "(")
			l.add(t.Catalog, t.Schema, t.Name, c.Name, i+1, yesNo(c.Nullable), kind, strings.TrimSpace(name), c.Comment)
		}
	})
}

func (l *listing) views() {
	l.eachTable(func(t *metastore.Table) {
		if t.Kind == metastore.View {
			l.add(t.Catalog, t.Schema, t.Name, t.Definition, "NONE", "NO", "NO")
		}
	})
}

// tablePrivileges lists all grants on tables that the caller manages, and on others those
// that reach the caller.
func (l *listing) tablePrivileges() {
	own := map[string]bool{}
	for _, name := range l.run.caller.Names() {
		own[name] = true
	}
	l.eachTable(func(t *metastore.Table) {
		n := t.FullName()
		manages := l.run.snapshot.CanManage(l.run.caller, n)
		effective := l.run.snapshot.Effective(n)
		for _, grantee := range sortedKeys(effective) {
			if !manages && !own[grantee] {
				continue
			}
			for _, p := range effective[grantee] {
				from := "NONE"
				if p.InheritedFrom != (metastore.Name{}) {
					from = string(p.InheritedFrom.Kind())
				}
				l.add(grantee, t.Catalog, t.Schema, t.Name, p.Privilege.SQL(), "NO", from)
			}
		}
	})
}
