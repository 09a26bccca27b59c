package warehouse

import (
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// numericBits are the sizes of the binary number types.
var numericBits = map[dialect.TypeName]int{
	dialect.TinyInt: 8, dialect.SmallInt: 16, dialect.Int: 32, dialect.BigInt: 64, dialect.Float: 24, dialect.Double: 53,
}

// columns lists the columns of tables and views.
func (l *listing) columns() {
	l.eachTable(func(t *metastore.Table) {
		for i, c := range t.Columns {
			kind, err := columnType(c)
			if err != nil {
				continue // it was checked when the column was made
			}
			precision, radix, scale, datetime := numericFacts(kind)
			generation, start, step := "", "", ""
			if c.Identity != nil {
				generation = "BY DEFAULT"
				if c.Identity.Always {
					generation = "ALWAYS"
				}
				start, step = fmt.Sprint(c.Identity.Start), fmt.Sprint(c.Identity.Step)
			}
			generated := "NEVER"
			if c.Generated != "" {
				generated = "ALWAYS"
			}
			var partition any
			if at := slices.Index(t.PartitionedBy, c.Name); at >= 0 {
				partition = at + 1
			}
			l.add(t.Catalog, t.Schema, t.Name, c.Name, i+1, c.Default, yesNo(c.Nullable),
				kind.Catalog(), string(kind.Name), nil, nil, precision,
				radix, scale, datetime, nil, nil,
				nil, yesNo(c.Identity != nil), generation, start, step,
				nil, nil, nil, generated, c.Generated,
				"NO", "NO", nil,
				yesNo(t.Kind != metastore.View), partition, c.Comment)
		}
	})
}

// numericFacts are precision, radix and scale of a number type, and the precision of a time.
func numericFacts(t *dialect.Type) (precision, radix, scale, datetime any) {
	bits, binary := numericBits[t.Name]
	switch {
	case t.Name == dialect.Decimal:
		return t.Precision, 10, t.Scale, nil
	case t.Name == dialect.Float || t.Name == dialect.Double:
		return bits, 2, nil, nil
	case binary:
		return bits, 2, 0, nil
	case t.Name == dialect.Date:
		return nil, nil, nil, 0
	case t.Name == dialect.Timestamp || t.Name == dialect.TimestampNTZ:
		return nil, nil, nil, 3
	}
	return nil, nil, nil, nil
}

// privileges lists all grants on objects that the caller manages, and on others those that
// reach the caller.
func (l *listing) privileges(n metastore.Name) {
	snapshot := l.run.snapshot
	manages := snapshot.CanManage(l.run.caller, n)
	effective := snapshot.Effective(n)
	names := []any{n.Catalog, n.Schema, n.Table}[:map[metastore.SecurableKind]int{metastore.KindCatalog: 1, metastore.KindSchema: 2, metastore.KindTable: 3}[n.Kind()]]
	for _, grantee := range sortedKeys(effective) {
		if !manages && !slices.Contains(l.run.caller.Names(), grantee) {
			continue
		}
		for _, p := range effective[grantee] {
			from := "NONE"
			if p.InheritedFrom != (metastore.Name{}) {
				from = string(p.InheritedFrom.Kind())
			}
			row := append([]any{snapshot.Owner(n), grantee}, names...)
			l.add(append(row, p.Privilege.SQL(), "NO", from)...)
		}
	}
}

func (l *listing) tablePrivileges() {
	l.eachTable(func(t *metastore.Table) { l.privileges(t.FullName()) })
}

func (l *listing) catalogPrivileges() {
	for _, c := range l.run.snapshot.Catalogs() {
		if l.visible(c.FullName()) {
			l.privileges(c.FullName())
		}
	}
}

// eachSchema calls for every schema that the caller may know of.
func (l *listing) eachSchema(row func(s *metastore.Schema)) {
	for _, c := range l.run.snapshot.Catalogs() {
		for _, s := range l.run.snapshot.Schemas(c.FullName()) {
			if l.visible(s.FullName()) {
				row(s)
			}
		}
	}
}

func (l *listing) schemaPrivileges() {
	l.eachSchema(func(s *metastore.Schema) { l.privileges(s.FullName()) })
}

func (l *listing) tableConstraints() {
	l.eachTable(func(t *metastore.Table) {
		for _, k := range t.Constraints {
			l.add(t.Catalog, t.Schema, k.Name, t.Catalog, t.Schema, t.Name, string(k.Kind), "NO", "NO", yesNo(k.Kind == metastore.Check), nil)
		}
	})
}

func (l *listing) keyColumns() {
	l.eachTable(func(t *metastore.Table) {
		for _, k := range t.Constraints {
			for i, name := range k.Columns {
				var position any
				if k.Kind == metastore.ForeignKey {
					position = i + 1
				}
				l.add(t.Catalog, t.Schema, k.Name, t.Catalog, t.Schema, t.Name, name, i+1, position)
			}
		}
	})
}

func (l *listing) tableTags() {
	l.eachTable(func(t *metastore.Table) {
		for _, tag := range sortedKeys(t.Tags) {
			l.add(t.Catalog, t.Schema, t.Name, tag, t.Tags[tag])
		}
	})
}

func (l *listing) columnTags() {
	l.eachTable(func(t *metastore.Table) {
		for _, c := range t.Columns {
			for _, tag := range sortedKeys(c.Tags) {
				l.add(t.Catalog, t.Schema, t.Name, c.Name, tag, c.Tags[tag])
			}
		}
	})
}

// routines lists functions, with the definitions of those that the caller owns.
func (l *listing) routines() {
	l.eachParent(func(schema metastore.Name) {
		for _, f := range l.run.snapshot.Functions(schema) {
			n := f.FullName()
			if !l.visible(n) {
				continue
			}
			definition := ""
			if l.run.snapshot.Owns(l.run.caller, n) {
				definition = f.Definition
			}
			kind := f.Returns
			if f.ReturnsTable() {
				kind = "TABLE"
			}
			simple, _, _ := strings.Cut(strings.ToUpper(kind), "<")
			simple, _, _ = strings.Cut(simple, "(")
			l.add(f.Catalog, f.Schema, f.Name, f.Catalog, f.Schema, f.Name, "FUNCTION", simple, strings.ToLower(kind), "SQL", definition, f.Owner, f.Comment,
				f.Audit.CreatedAt, f.Audit.CreatedBy, f.Audit.UpdatedAt, f.Audit.UpdatedBy)
		}
	})
}

// eachParent calls for every schema, whether the caller may know of it or not.
func (l *listing) eachParent(row func(schema metastore.Name)) {
	for _, c := range l.run.snapshot.Catalogs() {
		for _, s := range l.run.snapshot.Schemas(c.FullName()) {
			row(s.FullName())
		}
	}
}

func (l *listing) volumes() {
	l.eachParent(func(schema metastore.Name) {
		for _, v := range l.run.snapshot.Volumes(schema) {
			if l.visible(v.FullName()) {
				l.add(v.Catalog, v.Schema, v.Name, "MANAGED", v.Owner, v.Comment, nil, v.Audit.CreatedAt, v.Audit.CreatedBy, v.Audit.UpdatedAt, v.Audit.UpdatedBy)
			}
		}
	})
}

func (l *listing) catalogName() {
	if l.catalogN != "" {
		l.add(l.catalogN)
		return
	}
	l.add(systemCatalog)
}
