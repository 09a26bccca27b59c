package warehouse

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) show(ctx context.Context, s dialect.Show) error {
	switch s.What {
	case dialect.ShowCatalogs:
		return x.showCatalogs(s)
	case dialect.ShowSchemas:
		return x.showSchemas(s)
	case dialect.ShowTables, dialect.ShowViews:
		return x.showTables(s)
	case dialect.ShowColumns:
		return x.showColumns(s)
	case dialect.ShowGrants:
		return x.showGrants(s)
	case dialect.ShowCreateTable:
		return x.showCreateTable(s)
	case dialect.ShowProperties:
		return x.showProperties(s)
	case dialect.ShowFunctions:
		return x.showFunctions(s)
	case dialect.ShowVolumes:
		return x.showVolumes(s)
	case dialect.ShowPartitions:
		return x.showPartitions(ctx, s)
	case dialect.ShowExtended:
		return x.showExtended(s)
	case dialect.ShowUsers, dialect.ShowGroups:
		return x.showPrincipals(s)
	case dialect.ShowCurrent:
		return x.answer(stringColumns("catalog", "namespace"), [][]*string{texts(x.fallback.Catalog, x.fallback.Schema)})
	}
	return dialect.Unsupported(s.Verb())
}

// matcher tells which names a pattern means: * stands for any characters, | separates
// alternatives, case doesn't count.
func matcher(pattern string) func(name string) bool {
	if pattern == "" {
		return func(string) bool { return true }
	}
	alternatives := strings.Split(pattern, "|")
	for i, a := range alternatives {
		alternatives[i] = strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(a)), `\*`, ".*")
	}
	return regexp.MustCompile("(?is)^(" + strings.Join(alternatives, "|") + ")$").MatchString
}

func (x *run) showCatalogs(s dialect.Show) error {
	match := matcher(s.Pattern)
	var rows [][]*string
	for _, c := range x.snapshot.Catalogs() {
		if match(c.Name) && x.snapshot.Visible(x.caller, c.FullName()) {
			rows = append(rows, texts(c.Name))
		}
	}
	if match(systemCatalog) { // everybody may know of it
		rows = append(rows, texts(systemCatalog))
		slices.SortFunc(rows, func(a, b []*string) int { return strings.Compare(*a[0], *b[0]) })
	}
	return x.answer(stringColumns("catalog"), rows)
}

// container finds the catalog or schema to look in and checks that the caller may.
func (x *run) container(kind dialect.ObjectKind, name []string) (metastore.Name, error) {
	n := x.fallback
	if kind == dialect.CatalogObject {
		n.Schema = ""
	}
	if len(name) > 0 {
		var err error
		if n, err = x.object(kind, name); err != nil {
			return n, err
		}
	}
	owns := x.snapshot.IsAdmin(x.caller) || x.snapshot.Owns(x.caller, n) || x.snapshot.Owns(x.caller, metastore.Name{Catalog: n.Catalog})
	if x.snapshot.Exists(n) && owns {
		return n, nil
	}
	if err := x.require(n); err != nil {
		return n, err
	}
	return n, x.snapshot.CheckUse(x.caller, n)
}

func (x *run) showSchemas(s dialect.Show) error {
	match := matcher(s.Pattern)
	var rows [][]*string
	if match(informationSchema) {
		rows = append(rows, texts(informationSchema))
	}
	if len(s.Name) == 1 && strings.EqualFold(s.Name[0], systemCatalog) {
		return x.answer(stringColumns("databaseName"), rows)
	}
	catalog, err := x.container(dialect.CatalogObject, s.Name)
	if err != nil {
		return err
	}
	for _, c := range x.snapshot.Schemas(catalog) {
		if match(c.Name) && x.snapshot.Visible(x.caller, c.FullName()) {
			rows = append(rows, texts(c.Name))
		}
	}
	slices.SortFunc(rows, func(a, b []*string) int { return strings.Compare(*a[0], *b[0]) })
	return x.answer(stringColumns("databaseName"), rows)
}

func (x *run) showTables(s dialect.Show) error {
	match := matcher(s.Pattern)
	columns := stringColumns("database", "tableName", "isTemporary")
	if s.What == dialect.ShowViews {
		columns = stringColumns("namespace", "viewName", "isTemporary", "isMaterialized")
	}
	for i := 2; i < len(columns); i++ {
		columns[i].Type = &dialect.Type{Name: dialect.Boolean}
	}
	rows, of, err := x.informationTables(s, match)
	if of || err != nil {
		return errors.Join(err, x.answer(columns, rows))
	}
	schema, err := x.container(dialect.SchemaObject, s.Name)
	if err != nil {
		return err
	}
	for _, t := range x.snapshot.Tables(schema) {
		if s.What == dialect.ShowViews && t.Kind != metastore.View || !match(t.Name) || !x.snapshot.Visible(x.caller, t.FullName()) {
			continue
		}
		rows = append(rows, texts(t.Schema, t.Name, "false", "false")[:len(columns)])
	}
	return x.answer(columns, rows)
}

// visibleTable finds a table that the caller may know of.
func (x *run) visibleTable(parts []string) (*metastore.Table, error) {
	n := x.table(parts)
	if t, ok := x.snapshot.Table(n); ok && x.snapshot.Visible(x.caller, n) {
		return t, nil
	}
	if t, ok := informationTable(n); ok {
		if n.Catalog == systemCatalog {
			return t, nil
		}
		return t, x.snapshot.CheckUse(x.caller, metastore.Name{Catalog: n.Catalog})
	}
	if err := x.require(n, metastore.Select); err != nil {
		return nil, err
	}
	return nil, notFound(n)
}

func (x *run) showColumns(s dialect.Show) error {
	t, err := x.visibleTable(s.Name)
	if err != nil {
		return err
	}
	rows := make([][]*string, len(t.Columns))
	for i, c := range t.Columns {
		rows[i] = texts(c.Name)
	}
	return x.answer(stringColumns("col_name"), rows)
}

func (x *run) showProperties(s dialect.Show) error {
	t, err := x.visibleTable(s.Name)
	if err != nil {
		return err
	}
	if s.Key != "" {
		value, ok := t.Properties[s.Key]
		if !ok {
			value = "Table " + t.FullName().String() + " does not have property: " + s.Key
		}
		return x.answer(stringColumns("key", "value"), [][]*string{texts(s.Key, value)})
	}
	var rows [][]*string
	for _, key := range sortedKeys(t.Properties) {
		rows = append(rows, texts(key, t.Properties[key]))
	}
	return x.answer(stringColumns("key", "value"), rows)
}

// showGrants lists grants on the object and those inherited by it: all of them for whoever
// may manage it, else the caller's own.
func (x *run) showGrants(s dialect.Show) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	manages := x.snapshot.CanManage(x.caller, n)
	if !manages || !x.snapshot.Exists(n) {
		if err := x.require(n); err != nil {
			return err
		}
	}
	only := s.Principal
	if only != "" {
		who, ok := x.principals.Known(only)
		if !ok {
			return dialect.PrincipalNotFound(only)
		}
		only = who
	}
	effective := x.snapshot.Effective(n)
	var rows [][]*string
	for _, who := range sortedKeys(effective) {
		if only != "" && who != only || !manages && !slices.Contains(x.caller.Names(), who) {
			continue
		}
		for _, p := range effective[who] {
			on := n
			if p.InheritedFrom != (metastore.Name{}) {
				on = p.InheritedFrom
			}
			rows = append(rows, texts(who, p.Privilege.SQL(), string(on.Kind()), on.String()))
		}
	}
	return x.answer(stringColumns("Principal", "ActionType", "ObjectType", "ObjectKey"), rows)
}
