package dialect

// Alter is ALTER of an object: exactly one of its actions is set.
type Alter struct {
	Kind ObjectKind
	Name []string

	Owner           string
	Rename          []string
	SetProperties   map[string]string
	UnsetProperties []string
	AddColumns      []ColumnDefinition
	DropColumns     []string
	RenameColumn    *RenameColumn
	CommentColumn   *CommentColumn
	RowFilter       *Policy
	DropRowFilter   bool
	MaskColumn      *MaskColumn
}

// RenameColumn is ALTER TABLE ... RENAME COLUMN.
type RenameColumn struct{ From, To string }

// CommentColumn is ALTER TABLE ... ALTER COLUMN ... COMMENT.
type CommentColumn struct{ Column, Comment string }

// Verb implements [Statement].
func (s Alter) Verb() string { return "ALTER " + string(s.Kind) }

func (p *parser) alter() (Statement, error) {
	kind, ok := p.objectKind()
	if !ok || kind == MetastoreObject {
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
	case p.accept("UNSET", "TBLPROPERTIES"):
		p.accept("IF", "EXISTS")
		s.UnsetProperties, err = p.propertyKeys()
	case p.accept("RENAME", "TO"):
		s.Rename, err = p.name()
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
	return Unsupported("ALTER " + string(kind) + " ... " + next.Text + " " + p.peekAt(1).Text)
}

func (p *parser) alterTable(s *Alter) (err error) {
	switch {
	case p.accept("SET", "ROW", "FILTER"):
		s.RowFilter, err = p.rowFilter()
	case p.accept("DROP", "ROW", "FILTER"):
		s.DropRowFilter = true
	case p.accept("ADD", "COLUMNS"), p.accept("ADD", "COLUMN"):
		if p.peek().Is("(") {
			s.AddColumns, err = p.columnDefinitions()
			return err
		}
		var c ColumnDefinition
		c, err = p.columnDefinition()
		s.AddColumns = []ColumnDefinition{c}
		if err == nil && p.peek().IsAny("FIRST", "AFTER") {
			return Unsupported("ADD COLUMN ... " + p.peek().Text)
		}
	case p.accept("DROP", "COLUMNS"), p.accept("DROP", "COLUMN"):
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
	case p.peek().IsAny("ALTER", "CHANGE") && p.peekAt(1).Is("COLUMN"):
		p.pos += 2
		return p.alterColumn(s)
	default:
		return p.unsupportedAction(s.Kind)
	}
	return err
}

func (p *parser) alterColumn(s *Alter) error {
	name, err := p.identifier()
	if err != nil {
		return err
	}
	switch {
	case p.accept("COMMENT"):
		s.CommentColumn = &CommentColumn{Column: name}
		s.CommentColumn.Comment, err = p.text()
	case p.accept("SET", "MASK"):
		s.MaskColumn = &MaskColumn{Column: name}
		s.MaskColumn.Policy, err = p.mask()
	case p.accept("DROP", "MASK"):
		s.MaskColumn = &MaskColumn{Column: name}
	default:
		return Unsupported("ALTER COLUMN ... " + p.peek().Text)
	}
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
