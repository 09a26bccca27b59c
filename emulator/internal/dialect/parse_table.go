package dialect

// ColumnDefinition is a column in CREATE TABLE, CREATE VIEW and ADD COLUMNS.
type ColumnDefinition struct {
	Name    string
	Type    *Type // nil in CREATE VIEW
	NotNull bool
	Comment string
	Mask    *Policy
	// Default and Generated are the source text of expressions; empty means none.
	Default, Generated string
	Identity           *IdentityDefinition
	// Position says where ADD COLUMNS puts the column; nil: at the end.
	Position    *ColumnPosition
	Constraints []TableConstraint
}

// IdentityDefinition is GENERATED ... AS IDENTITY.
type IdentityDefinition struct {
	Always      bool
	Start, Step int64
}

// ColumnPosition is FIRST, or AFTER a column.
type ColumnPosition struct{ After string }

// TableConstraint is CHECK (expression) or a key.
type TableConstraint struct {
	Name string // empty: none was given
	// Expression is the source text of a CHECK's condition.
	Expression string
	PrimaryKey bool
	Columns    []string
	// Parent and ParentColumns are what a foreign key refers to.
	Parent, ParentColumns []string
}

// CreateTable is CREATE TABLE: with columns, AS a query, LIKE a table, or as a clone of one.
type CreateTable struct {
	Name          []string
	OrReplace     bool
	IfNotExists   bool
	Columns       []ColumnDefinition
	Constraints   []TableConstraint
	Comment       string
	Properties    map[string]string
	PartitionedBy []string
	ClusteredBy   []string
	RowFilter     *Policy
	Query         *Query
	Like, Clone   []string
	// Replace tells that the statement was written REPLACE TABLE: there must be one.
	Replace bool
}

// Verb implements [Statement].
func (CreateTable) Verb() string { return "CREATE TABLE" }

func (p *parser) createTable(s CreateTable) (Statement, error) {
	var err error
	switch {
	case p.accept("LIKE"):
		s.Like, err = p.name()
	case p.accept("SHALLOW", "CLONE"), p.accept("DEEP", "CLONE"), p.accept("CLONE"):
		s.Clone, err = p.name()
	case p.peek().Is("(") && !p.queryAhead():
		s.Columns, err = p.tableElements(&s)
	}
	if err != nil {
		return nil, err
	}
	for p.peek().Kind != End {
		if p.accept("AS") || p.queryAhead() && !p.peekAt(1).Is("ROW") {
			if !p.queryAhead() {
				return nil, p.unexpected()
			}
			s.Query = &Query{p.rest()}
			break
		}
		if err := p.tableClause(&s); err != nil {
			return nil, err
		}
	}
	switch {
	case s.Query != nil && s.Columns != nil:
		return nil, newError("CTAS_WITH_SCHEMA", "42601", "Schema may not be specified in a CREATE TABLE AS SELECT (CTAS) statement.")
	case s.Query == nil && s.Columns == nil && s.Like == nil && s.Clone == nil:
		return nil, Unsupported("CREATE TABLE without columns")
	}
	return s, nil
}

func (p *parser) tableClause(s *CreateTable) (err error) {
	switch {
	case p.accept("USING"):
		if !p.accept("DELTA") {
			return Unsupported("tables in a format other than DELTA")
		}
	case p.accept("COMMENT"):
		s.Comment, err = p.text()
	case p.accept("TBLPROPERTIES"):
		s.Properties, err = p.properties()
	case p.accept("CLUSTER", "BY", "AUTO"), p.accept("CLUSTER", "BY", "NONE"):
	case p.accept("CLUSTER", "BY"):
		s.ClusteredBy, err = p.columnList()
	case p.accept("PARTITIONED", "BY"):
		s.PartitionedBy, err = p.columnList()
	case p.accept("WITH", "ROW", "FILTER"):
		s.RowFilter, err = p.rowFilter()
	case p.accept("DEFAULT", "COLLATION", "UTF8_BINARY"):
	case p.peek().IsAny("LOCATION", "OPTIONS", "WITH", "DEFAULT", "VERSION", "TIMESTAMP"):
		return Unsupported("CREATE TABLE with " + p.peek().Text)
	default:
		err = p.unexpected()
	}
	return err
}

// tableElements takes the columns of CREATE TABLE, and puts the constraints between them
// into the statement.
func (p *parser) tableElements(s *CreateTable) (columns []ColumnDefinition, err error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for {
		if p.constraintAhead() {
			k, err := p.constraint(nil)
			if err != nil {
				return nil, err
			}
			s.Constraints = append(s.Constraints, k)
		} else {
			c, err := p.columnDefinition()
			if err != nil {
				return nil, err
			}
			columns = append(columns, c)
			s.Constraints = append(s.Constraints, c.Constraints...)
		}
		if !p.accept(",") {
			return columns, p.expect(")")
		}
	}
}

func (p *parser) columnDefinitions() ([]ColumnDefinition, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var columns []ColumnDefinition
	for {
		c, err := p.columnDefinition()
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
		if !p.accept(",") {
			return columns, p.expect(")")
		}
	}
}

func (p *parser) columnDefinition() (c ColumnDefinition, err error) {
	if c.Name, err = p.identifier(); err != nil {
		return c, err
	}
	if p.peek().Is(".") {
		return c, Unsupported("fields of structs in the place of columns")
	}
	if c.Type, err = p.dataType(); err != nil {
		return c, err
	}
	for {
		more, err := p.columnOption(&c)
		if err != nil || !more {
			return c, err
		}
	}
}

// columnOption takes one of the clauses behind a column's type, if one comes next.
func (p *parser) columnOption(c *ColumnDefinition) (more bool, err error) {
	switch {
	case p.accept("NOT", "NULL"):
		c.NotNull = true
	case p.accept("NULL"):
	case p.accept("COMMENT"):
		c.Comment, err = p.text()
	case p.accept("MASK"):
		c.Mask, err = p.mask()
	case p.accept("DEFAULT"):
		c.Default, err = p.defaultExpression()
	case p.accept("GENERATED"):
		err = p.generated(c)
	case p.accept("FIRST"):
		c.Position = &ColumnPosition{}
	case p.accept("AFTER"):
		c.Position = &ColumnPosition{}
		c.Position.After, err = p.identifier()
	case p.accept("COLLATE"):
		if !p.accept("UTF8_BINARY") {
			return false, Unsupported("the collation " + p.peek().Text)
		}
	case p.constraintAhead():
		var k TableConstraint
		k, err = p.constraint([]string{c.Name})
		c.Constraints = append(c.Constraints, k)
	default:
		return false, nil
	}
	return true, err
}

// optionWords are the keywords behind an expression in a column definition.
var optionWords = []string{",", ")", "COMMENT", "MASK", "GENERATED", "CONSTRAINT", "PRIMARY", "FOREIGN", "REFERENCES", "CHECK", "FIRST", "AFTER", "COLLATE"}

// defaultExpression takes the expression of DEFAULT as source text.
func (p *parser) defaultExpression() (string, error) {
	stops := optionWords
	if !p.peek().Is("NOT") {
		stops = append([]string{"NOT"}, stops...)
	}
	return p.sourceOf(p.until(stops...), "column")
}

// generated takes ALWAYS AS (expression), or ALWAYS or BY DEFAULT AS IDENTITY [(...)].
func (p *parser) generated(c *ColumnDefinition) error {
	always := p.accept("ALWAYS")
	if !always {
		if err := p.expect("BY", "DEFAULT"); err != nil {
			return err
		}
	}
	if err := p.expect("AS"); err != nil {
		return err
	}
	if p.accept("IDENTITY") {
		return p.identity(c, always)
	}
	if !always {
		return p.unexpected()
	}
	if p.peek().Is("ROW") {
		return Unsupported("columns GENERATED ALWAYS AS ROW")
	}
	var err error
	c.Generated, err = p.condition("generated column")
	return err
}

// condition takes an expression in parentheses as source text.
func (p *parser) condition(of string) (string, error) {
	if err := p.expect("("); err != nil {
		return "", err
	}
	text, err := p.sourceOf(p.until(")"), of)
	if err != nil {
		return "", err
	}
	return text, p.expect(")")
}

func (p *parser) identity(c *ColumnDefinition, always bool) error {
	c.Identity = &IdentityDefinition{Always: always, Start: 1, Step: 1}
	if !p.accept("(") {
		return nil
	}
	for !p.accept(")") {
		target := &c.Identity.Step
		switch {
		case p.accept("START", "WITH"), p.accept("START"):
			target = &c.Identity.Start
		case p.accept("INCREMENT", "BY"), p.accept("INCREMENT"):
		default:
			return p.unexpected()
		}
		negative := p.accept("-")
		n, err := p.integer()
		if err != nil {
			return err
		}
		if *target = int64(n); negative {
			*target = -*target
		}
		p.accept(",")
	}
	if c.Identity.Step == 0 {
		return newError("DELTA_IDENTITY_COLUMNS_ILLEGAL_STEP", "42611", "IDENTITY column step cannot be 0.")
	}
	return nil
}

func (p *parser) constraintAhead() bool {
	next, after := p.peek(), p.peekAt(1)
	return next.Is("CONSTRAINT") && after.isName() || next.IsAny("PRIMARY", "FOREIGN") && after.Is("KEY") ||
		next.Is("CHECK") && after.Is("(") || next.Is("REFERENCES")
}

// constraint takes [CONSTRAINT name] and then CHECK, PRIMARY KEY or FOREIGN KEY; behind a
// column, that is the one of a key.
func (p *parser) constraint(column []string) (k TableConstraint, err error) {
	if p.accept("CONSTRAINT") {
		if k.Name, err = p.identifier(); err != nil {
			return k, err
		}
	}
	switch {
	case p.accept("CHECK"):
		k.Expression, err = p.condition("constraint")
	case p.accept("PRIMARY", "KEY"):
		k.PrimaryKey = true
		if k.Columns = column; column == nil {
			k.Columns, err = p.columnList()
		}
	case p.accept("FOREIGN", "KEY"), p.peek().Is("REFERENCES"):
		if k.Columns = column; column == nil {
			if k.Columns, err = p.columnList(); err != nil {
				return k, err
			}
		}
		err = p.references(&k)
	default:
		err = p.unexpected()
	}
	if err == nil {
		p.constraintOptions()
	}
	return k, err
}

func (p *parser) references(k *TableConstraint) (err error) {
	if err := p.expect("REFERENCES"); err != nil {
		return err
	}
	if k.Parent, err = p.name(); err != nil || !p.peek().Is("(") {
		return err
	}
	k.ParentColumns, err = p.columnList()
	return err
}

// constraintOptions skips what says how a key is enforced: Databricks enforces none.
func (p *parser) constraintOptions() {
	for p.accept("NOT", "ENFORCED") || p.accept("ENFORCED") || p.accept("DEFERRABLE") || p.accept("NOT", "DEFERRABLE") ||
		p.accept("INITIALLY", "DEFERRED") || p.accept("NORELY") || p.accept("RELY") || p.accept("MATCH", "FULL") ||
		p.accept("ON", "UPDATE", "NO", "ACTION") || p.accept("ON", "DELETE", "NO", "ACTION") || p.accept("TIMESERIES") {
		continue
	}
}
