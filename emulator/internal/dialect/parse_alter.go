package dialect

import "strings"

// Alter is ALTER of an object: exactly one of its actions is set.
type Alter struct {
	Kind ObjectKind
	Name []string

	Owner           string
	Rename          []string
	SetProperties   map[string]string
	UnsetProperties []string
	IfExists        bool // of what UNSET or DROP takes away
	SetTags         map[string]string
	UnsetTags       []string
	AddColumns      []ColumnDefinition
	DropColumns     []string
	RenameColumn    *RenameColumn
	Column          *AlterColumn
	AddConstraint   *TableConstraint
	DropConstraint  *TableConstraint // by name, or by kind and columns
	ClusterBy       *[]string
	RowFilter       *Policy
	DropRowFilter   bool
	MaskColumn      *MaskColumn
	// Query is ALTER VIEW ... AS, Definition its source text.
	Query      *Query
	Definition string
}

// RenameColumn is ALTER TABLE ... RENAME COLUMN.
type RenameColumn struct{ From, To string }

// AlterColumn is ALTER TABLE ... ALTER COLUMN: exactly one of its actions is set.
type AlterColumn struct {
	Name        string
	Comment     *string
	Type        *Type
	Default     string // source text of the expression
	DropDefault bool
	NotNull     *bool
	Position    *ColumnPosition
	SetTags     map[string]string
	UnsetTags   []string
}

// Verb implements [Statement].
func (s Alter) Verb() string { return "ALTER " + string(s.Kind) }

func (p *parser) alter() (Statement, error) {
	kind, ok := p.objectKind()
	if !ok || kind == MetastoreObject {
		if p.peek().IsAny("MATERIALIZED", "STREAMING", "SHARE", "CONNECTION", "RECIPIENT", "EXTERNAL", "CREDENTIAL") {
			return nil, Unsupported("ALTER " + strings.ToUpper(p.peek().Text))
		}
		return nil, p.unexpected()
	}
	s := Alter{Kind: kind}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	switch {
	case p.accept("OWNER", "TO"), p.accept("SET", "OWNER", "TO"):
		s.Owner, err = p.principal()
	case p.accept("SET", "TBLPROPERTIES"), p.accept("SET", "DBPROPERTIES"):
		s.SetProperties, err = p.properties()
	case p.accept("UNSET", "TBLPROPERTIES"), p.accept("UNSET", "DBPROPERTIES"):
		s.IfExists = p.accept("IF", "EXISTS")
		s.UnsetProperties, err = p.propertyKeys()
	case p.accept("SET", "TAGS"):
		s.SetTags, err = p.properties()
	case p.accept("UNSET", "TAGS"):
		s.UnsetTags, err = p.propertyKeys()
	case (kind == TableObject || kind == ViewObject || kind == VolumeObject) && p.accept("RENAME", "TO"):
		s.Rename, err = p.name()
	case kind == ViewObject && p.accept("AS"):
		if !p.queryAhead() {
			return nil, p.unexpected()
		}
		s.Query = &Query{p.tokens[p.pos:]}
		s.Definition, err = p.definition("view")
	case kind == TableObject:
		err = p.alterTable(&s)
	default:
		err = p.unsupportedAction(kind)
	}
	return s, err
}

// unsupportedAction names what follows ALTER kind name.
func (p *parser) unsupportedAction(kind ObjectKind) *Error {
	next := p.peek()
	if next.Kind != Word {
		return p.unexpected()
	}
	return Unsupported("ALTER " + string(kind) + " ... " + strings.TrimSpace(strings.ToUpper(next.Text+" "+p.peekAt(1).Text)))
}

func (p *parser) alterTable(s *Alter) (err error) {
	switch {
	case p.accept("SET", "ROW", "FILTER"):
		s.RowFilter, err = p.rowFilter()
	case p.accept("DROP", "ROW", "FILTER"):
		s.DropRowFilter = true
	case p.accept("CLUSTER", "BY", "NONE"), p.accept("CLUSTER", "BY", "AUTO"):
		s.ClusterBy = &[]string{}
	case p.accept("CLUSTER", "BY"):
		var columns []string
		columns, err = p.columnList()
		s.ClusterBy = &columns
	case p.accept("ADD", "COLUMNS"), p.accept("ADD", "COLUMN"):
		s.AddColumns, err = p.addedColumns()
	case p.peek().Is("ADD") && p.peekAt(1).IsAny("CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK"):
		p.pos++
		var k TableConstraint
		k, err = p.constraint(nil)
		s.AddConstraint = &k
	case p.accept("DROP", "CONSTRAINT"), p.peek().Is("DROP") && p.peekAt(1).IsAny("PRIMARY", "FOREIGN"):
		err = p.droppedConstraint(s)
	case p.accept("DROP", "COLUMNS"), p.accept("DROP", "COLUMN"):
		s.IfExists = p.accept("IF", "EXISTS")
		if p.peek().Is("(") {
			s.DropColumns, err = p.columnList()
			return err
		}
		var name string
		name, err = p.identifier()
		s.DropColumns = []string{name}
	case p.accept("RENAME", "COLUMN"):
		s.RenameColumn = &RenameColumn{}
		if s.RenameColumn.From, err = p.identifier(); err != nil {
			return err
		}
		if err = p.expect("TO"); err != nil {
			return err
		}
		s.RenameColumn.To, err = p.identifier()
	case p.peek().IsAny("ALTER", "CHANGE"):
		p.pos++
		p.accept("COLUMN")
		return p.alterColumn(s)
	default:
		return p.unsupportedAction(s.Kind)
	}
	return err
}

// addedColumns takes one column, or several, in parentheses or without.
func (p *parser) addedColumns() ([]ColumnDefinition, error) {
	if p.accept("IF", "NOT", "EXISTS") {
		return nil, Unsupported("ADD COLUMNS IF NOT EXISTS")
	}
	if p.peek().Is("(") {
		return p.columnDefinitions()
	}
	var columns []ColumnDefinition
	for {
		c, err := p.columnDefinition()
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
		if !p.accept(",") {
			return columns, nil
		}
	}
}

// droppedConstraint takes [IF EXISTS] name, or PRIMARY KEY or FOREIGN KEY with columns.
func (p *parser) droppedConstraint(s *Alter) (err error) {
	s.DropConstraint = &TableConstraint{}
	switch {
	case p.accept("DROP", "PRIMARY", "KEY"):
		s.DropConstraint.PrimaryKey = true
		s.IfExists = p.accept("IF", "EXISTS")
	case p.accept("DROP", "FOREIGN", "KEY"):
		s.IfExists = p.accept("IF", "EXISTS")
		s.DropConstraint.Columns, err = p.columnList()
	default:
		s.IfExists = p.accept("IF", "EXISTS")
		s.DropConstraint.Name, err = p.identifier()
	}
	if err == nil && !p.accept("CASCADE") {
		p.accept("RESTRICT")
	}
	return err
}

func (p *parser) alterColumn(s *Alter) error {
	name, err := p.identifier()
	if err != nil {
		return err
	}
	if p.peek().Is(".") {
		return Unsupported("ALTER COLUMN of a field of a struct")
	}
	c := &AlterColumn{Name: name}
	yes, no := true, false
	switch {
	case p.accept("COMMENT"):
		var comment string
		comment, err = p.text()
		c.Comment = &comment
	case p.accept("TYPE"):
		c.Type, err = p.dataType()
	case p.accept("SET", "DEFAULT"):
		c.Default, err = p.sourceOf(p.rest(), "column")
	case p.accept("DROP", "DEFAULT"):
		c.DropDefault = true
	case p.accept("SET", "NOT", "NULL"):
		c.NotNull = &yes
	case p.accept("DROP", "NOT", "NULL"):
		c.NotNull = &no
	case p.accept("FIRST"):
		c.Position = &ColumnPosition{}
	case p.accept("AFTER"):
		c.Position = &ColumnPosition{}
		c.Position.After, err = p.identifier()
	case p.accept("SET", "TAGS"):
		c.SetTags, err = p.properties()
	case p.accept("UNSET", "TAGS"):
		c.UnsetTags, err = p.propertyKeys()
	case p.accept("SET", "MASK"):
		s.MaskColumn = &MaskColumn{Column: name}
		s.MaskColumn.Policy, err = p.mask()
		return err
	case p.accept("DROP", "MASK"):
		s.MaskColumn = &MaskColumn{Column: name}
		return nil
	case p.peek().Kind == Word:
		return Unsupported("ALTER COLUMN ... " + strings.TrimSpace(strings.ToUpper(p.peek().Text+" "+p.peekAt(1).Text)))
	default:
		return p.unexpected()
	}
	s.Column = c
	return err
}

func (p *parser) propertyKeys() ([]string, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var keys []string
	for {
		key, err := p.propertyKey()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
		if !p.accept(",") {
			return keys, p.expect(")")
		}
	}
}
