package dialect

import "strings"

// ObjectKind is a kind of object in CREATE, DROP, ALTER and the like.
type ObjectKind string

// The kinds of object that statements name.
const (
	CatalogObject   ObjectKind = "CATALOG"
	SchemaObject    ObjectKind = "SCHEMA"
	TableObject     ObjectKind = "TABLE"
	ViewObject      ObjectKind = "VIEW"
	FunctionObject  ObjectKind = "FUNCTION"
	VolumeObject    ObjectKind = "VOLUME"
	MetastoreObject ObjectKind = "METASTORE"
)

// CreateContainer is CREATE CATALOG, CREATE SCHEMA or CREATE VOLUME.
type CreateContainer struct {
	Kind        ObjectKind
	Name        []string
	IfNotExists bool
	Comment     string
	Properties  map[string]string
}

// CreateView is CREATE VIEW.
type CreateView struct {
	Name        []string
	OrReplace   bool
	IfNotExists bool
	Columns     []ColumnDefinition
	Comment     string
	Properties  map[string]string
	Query       Query
	// Definition is the query's source text.
	Definition string
	// Temporary views end with the session.
	Temporary bool
}

// Drop is DROP of any object.
type Drop struct {
	Kind     ObjectKind
	Name     []string
	IfExists bool
	Cascade  bool
}

// CommentOn is COMMENT ON; Column is set for COMMENT ON COLUMN, and then Kind is TableObject.
type CommentOn struct {
	Kind    ObjectKind
	Name    []string
	Column  string
	Comment string
}

// Verb implements [Statement].
func (s CreateContainer) Verb() string { return "CREATE " + string(s.Kind) }

// Verb implements [Statement].
func (CreateView) Verb() string { return "CREATE VIEW" }

// Verb implements [Statement].
func (s Drop) Verb() string { return "DROP " + string(s.Kind) }

// Verb implements [Statement].
func (CommentOn) Verb() string { return "COMMENT ON" }

// objectKind takes the keyword of a kind of object.
func (p *parser) objectKind() (ObjectKind, bool) {
	for _, k := range []struct {
		word string
		kind ObjectKind
	}{
		{"CATALOG", CatalogObject},
		{"SCHEMA", SchemaObject},
		{"DATABASE", SchemaObject},
		{"TABLE", TableObject},
		{"VIEW", ViewObject},
		{"FUNCTION", FunctionObject},
		{"VOLUME", VolumeObject},
		{"METASTORE", MetastoreObject},
	} {
		if p.accept(k.word) {
			return k.kind, true
		}
	}
	return "", false
}

func (p *parser) create() (Statement, error) {
	orReplace := p.accept("OR", "REPLACE")
	if !orReplace {
		p.accept("OR", "REFRESH")
	}
	if p.accept("FUNCTION") {
		return p.createFunction(orReplace)
	}
	temporary := p.accept("TEMPORARY") || p.accept("TEMP")
	if next := p.peek(); next.IsAny("EXTERNAL", "GLOBAL", "MATERIALIZED", "STREAMING", "RECIPIENT", "SHARE", "CONNECTION", "FOREIGN", "ROLE", "GROUP", "USER", "PROCEDURE", "LIVE", "POLICY", "CREDENTIAL", "STORAGE", "SERVICE", "BLOOMFILTER", "PROVIDER", "TYPE", "INDEX", "SERVER") || temporary && !next.Is("VIEW") {
		return nil, Unsupported("CREATE " + strings.ToUpper(next.Text+p.followingKind()))
	}
	kind, ok := p.objectKind()
	if !ok || kind == MetastoreObject {
		return nil, p.unexpected()
	}
	ifNotExists := p.accept("IF", "NOT", "EXISTS")
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	switch kind {
	case TableObject:
		return p.createTable(CreateTable{Name: name, OrReplace: orReplace, IfNotExists: ifNotExists})
	case ViewObject:
		return p.createView(CreateView{Name: name, OrReplace: orReplace, IfNotExists: ifNotExists, Temporary: temporary})
	}
	if orReplace {
		return nil, Unsupported("CREATE OR REPLACE " + string(kind))
	}
	s := CreateContainer{Kind: kind, Name: name, IfNotExists: ifNotExists}
	for p.peek().Kind != End {
		switch {
		case p.accept("COMMENT"):
			s.Comment, err = p.text()
		case kind != VolumeObject && p.accept("WITH", "DBPROPERTIES"):
			s.Properties, err = p.properties()
		case p.peek().IsAny("MANAGED", "LOCATION", "USING", "OPTIONS", "DEFAULT"):
			return nil, Unsupported(s.Verb() + " with " + strings.ToUpper(p.peek().Text))
		default:
			err = p.unexpected()
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *parser) createView(s CreateView) (Statement, error) {
	var err error
	if p.accept("(") {
		for {
			var c ColumnDefinition
			if c.Name, err = p.identifier(); err != nil {
				return nil, err
			}
			if p.accept("COMMENT") {
				if c.Comment, err = p.text(); err != nil {
					return nil, err
				}
			}
			s.Columns = append(s.Columns, c)
			if !p.accept(",") {
				break
			}
		}
		if err := p.expect(")"); err != nil {
			return nil, err
		}
	}
	for !p.accept("AS") {
		switch {
		case p.accept("COMMENT"):
			s.Comment, err = p.text()
		case p.accept("TBLPROPERTIES"):
			s.Properties, err = p.properties()
		case p.accept("WITH", "SCHEMA"):
			if !p.accept("BINDING") && !p.accept("COMPENSATION") && !p.accept("EVOLUTION") && !p.accept("TYPE", "EVOLUTION") {
				err = p.unexpected()
			}
		case p.peek().IsAny("WITH", "DEFAULT"):
			return nil, Unsupported("CREATE VIEW with " + p.peek().Text)
		default:
			err = p.unexpected()
		}
		if err != nil {
			return nil, err
		}
	}
	if !p.queryAhead() {
		return nil, p.unexpected()
	}
	s.Query = Query{p.tokens[p.pos:]}
	s.Definition, err = p.definition("view")
	return s, err
}

// followingKind is TABLE or VIEW with a space in front, where that comes after the next word.
func (p *parser) followingKind() string {
	if after := p.peekAt(1); after.IsAny("TABLE", "VIEW", "FUNCTION", "LOCATION", "CREDENTIAL") {
		return " " + after.Text
	}
	return ""
}

func (p *parser) drop() (Statement, error) {
	kind, ok := p.objectKind()
	if !ok || kind == MetastoreObject {
		if p.peek().IsAny("TEMPORARY", "VARIABLE", "CONNECTION", "MATERIALIZED", "STREAMING", "SHARE", "RECIPIENT", "CREDENTIAL", "POLICY", "PROCEDURE", "EXTERNAL", "PROVIDER", "BLOOMFILTER") {
			return nil, Unsupported("DROP " + strings.ToUpper(p.peek().Text+p.followingKind()))
		}
		return nil, p.unexpected()
	}
	s := Drop{Kind: kind, IfExists: p.accept("IF", "EXISTS")}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	s.Cascade = p.accept("CASCADE")
	p.accept("RESTRICT")
	return s, nil
}

func (p *parser) commentOn() (Statement, error) {
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	var s CommentOn
	var err error
	if p.accept("COLUMN") {
		s.Kind = TableObject
		var parts []string
		for {
			part, err := p.identifier()
			if err != nil {
				return nil, err
			}
			if parts = append(parts, part); !p.accept(".") {
				break
			}
		}
		if len(parts) < 2 || len(parts) > 4 {
			return nil, p.unexpected()
		}
		s.Name, s.Column = parts[:len(parts)-1], parts[len(parts)-1]
	} else {
		kind, ok := p.objectKind()
		if !ok || kind == MetastoreObject {
			return nil, p.unexpected()
		}
		s.Kind = kind
		if s.Name, err = p.name(); err != nil {
			return nil, err
		}
	}
	if err := p.expect("IS"); err != nil {
		return nil, err
	}
	if p.accept("NULL") {
		return s, nil
	}
	s.Comment, err = p.text()
	return s, err
}
