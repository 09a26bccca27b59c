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
	ShowFunctions   ShowKind = "FUNCTIONS"
	ShowPartitions  ShowKind = "PARTITIONS"
	ShowExtended    ShowKind = "TABLE EXTENDED"
	ShowVolumes     ShowKind = "VOLUMES"
	ShowUsers       ShowKind = "USERS"
	ShowGroups      ShowKind = "GROUPS"
	ShowCurrent     ShowKind = "CURRENT NAMESPACE"
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
	// Key is the property in SHOW TBLPROPERTIES table (key).
	Key string
	// Only is USER or SYSTEM in SHOW FUNCTIONS; empty means both.
	Only string
}

// Verb implements [Statement].
func (s Show) Verb() string { return "SHOW " + string(s.What) }

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
		return p.showProperties()
	case next.Is("FUNCTIONS"), next.IsAny("USER", "SYSTEM", "ALL") && p.accept("FUNCTIONS"):
		return p.showFunctions(next)
	case next.Is("PARTITIONS"):
		name, err := p.name()
		if err == nil && p.peek().Is("PARTITION") {
			return nil, Unsupported("SHOW PARTITIONS with PARTITION")
		}
		return Show{What: ShowPartitions, Name: name}, err
	case next.Is("TABLE") && p.accept("EXTENDED"):
		return p.showIn(ShowExtended)
	case next.Is("VOLUMES"):
		return p.showIn(ShowVolumes)
	case next.Is("USERS"):
		return p.showIn(ShowUsers)
	case next.Is("GROUPS"):
		if p.peek().Is("WITH") {
			return nil, Unsupported("SHOW GROUPS WITH")
		}
		return p.showIn(ShowGroups)
	case next.Is("CURRENT") && (p.accept("NAMESPACE") || p.accept("SCHEMA") || p.accept("DATABASE")):
		return Show{What: ShowCurrent}, nil
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

// showProperties takes table [(key)].
func (p *parser) showProperties() (Statement, error) {
	s := Show{What: ShowProperties}
	var err error
	if s.Name, err = p.name(); err != nil || !p.accept("(") {
		return s, err
	}
	if s.Key, err = p.propertyKey(); err != nil {
		return nil, err
	}
	return s, p.expect(")")
}

// showFunctions takes [FROM schema] [LIKE] pattern or name, behind FUNCTIONS.
func (p *parser) showFunctions(first Token) (Statement, error) {
	s := Show{What: ShowFunctions}
	if first.IsAny("USER", "SYSTEM") {
		s.Only = strings.ToUpper(first.Text)
	}
	var err error
	if p.accept("IN") || p.accept("FROM") {
		if s.Name, err = p.name(); err != nil {
			return nil, err
		}
	}
	p.accept("LIKE")
	switch {
	case p.peek().Kind == String:
		s.Pattern, err = p.text()
	case p.peek().isName():
		var name []string
		name, err = p.name()
		s.Pattern = strings.Join(name, ".")
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
