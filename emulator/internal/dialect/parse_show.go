package dialect

import (
	"slices"
	"strings"
)

// ShowKind is what SHOW shows.
type ShowKind string

// What SHOW shows.
const (
	ShowCatalogs    ShowKind = "CATALOGS"
	ShowSchemas     ShowKind = "SCHEMAS"
	ShowTables      ShowKind = "TABLES"
	ShowViews       ShowKind = "VIEWS"
	ShowColumns     ShowKind = "COLUMNS"
	ShowGrants      ShowKind = "GRANTS"
	ShowCreateTable ShowKind = "CREATE TABLE"
	ShowProperties  ShowKind = "TBLPROPERTIES"
)

// Show is SHOW.
type Show struct {
	What ShowKind
	// Name is the object that is asked about, or the catalog or schema to look in; it may be empty.
	Name []string
	// Kind is the kind of the object in SHOW GRANTS.
	Kind ObjectKind
	// Principal is set in SHOW GRANTS principal ON.
	Principal string
	// Pattern is LIKE's: * stands for any characters, | between alternatives. Empty: all.
	Pattern string
}

// Describe is DESCRIBE of an object, or of a query's result when Query is set.
type Describe struct {
	Kind     ObjectKind
	Name     []string
	Extended bool
	Query    *Query
}

// Verb implements [Statement].
func (s Show) Verb() string { return "SHOW " + string(s.What) }

// Verb implements [Statement].
func (Describe) Verb() string { return "DESCRIBE" }

func (p *parser) show() (Statement, error) {
	next := p.peek()
	p.pos++
	switch {
	case next.Is("CATALOGS"):
		return p.showIn(ShowCatalogs)
	case next.IsAny("SCHEMAS", "DATABASES"):
		return p.showIn(ShowSchemas)
	case next.Is("TABLES"):
		return p.showIn(ShowTables)
	case next.Is("VIEWS"):
		return p.showIn(ShowViews)
	case next.Is("COLUMNS"):
		return p.showColumns()
	case next.IsAny("GRANTS", "GRANT"):
		return p.showGrants()
	case next.Is("CREATE") && p.accept("TABLE"):
		name, err := p.name()
		return Show{What: ShowCreateTable, Name: name}, err
	case next.Is("TBLPROPERTIES"):
		name, err := p.name()
		return Show{What: ShowProperties, Name: name}, err
	case next.Kind == Word:
		return nil, Unsupported("SHOW " + strings.ToUpper(next.Text))
	}
	p.pos--
	return nil, p.unexpected()
}

func (p *parser) showIn(what ShowKind) (Statement, error) {
	s := Show{What: what}
	var err error
	if p.accept("IN") || p.accept("FROM") {
		if s.Name, err = p.name(); err != nil {
			return nil, err
		}
	}
	if p.accept("LIKE") || p.peek().Kind == String {
		s.Pattern, err = p.text()
	}
	return s, err
}

func (p *parser) showColumns() (Statement, error) {
	if !p.accept("IN") {
		if err := p.expect("FROM"); err != nil {
			return nil, err
		}
	}
	table, err := p.name()
	if err != nil {
		return nil, err
	}
	if p.accept("IN") || p.accept("FROM") {
		schema, err := p.name()
		if err != nil {
			return nil, err
		}
		table = slices.Concat(schema, table[len(table)-1:])
	}
	return Show{What: ShowColumns, Name: table}, nil
}

func (p *parser) showGrants() (Statement, error) {
	s := Show{What: ShowGrants}
	var err error
	if !p.peek().Is("ON") {
		if s.Principal, err = p.principal(); err != nil {
			return nil, err
		}
	}
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	s.Kind, s.Name, err = p.securable()
	return s, err
}

func (p *parser) describe() (Statement, error) {
	if p.accept("QUERY") || p.queryAhead() && !p.peek().Is("TABLE") {
		if !p.queryAhead() {
			return nil, p.unexpected()
		}
		return Describe{Query: &Query{p.rest()}}, nil
	}
	if p.peek().IsAny("FUNCTION", "VOLUME", "HISTORY", "DETAIL", "CONNECTION") && p.peekAt(1).isName() {
		return nil, Unsupported("DESCRIBE " + strings.ToUpper(p.peek().Text))
	}
	s := Describe{Kind: TableObject}
	if p.peekAt(1).isName() && !p.peek().IsAny("EXTENDED", "FORMATTED") {
		if kind, ok := p.objectKind(); ok {
			s.Kind = kind
		}
	}
	if (p.peek().Is("EXTENDED") || p.peek().Is("FORMATTED")) && p.peekAt(1).isName() {
		s.Extended = true
		p.pos++
	}
	var err error
	s.Name, err = p.name()
	if err == nil && p.peek().Is("AS") {
		return nil, Unsupported("DESCRIBE ... AS JSON")
	}
	return s, err
}
