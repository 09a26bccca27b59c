package dialect

import (
	"slices"
	"strings"
)

// Insert is INSERT INTO or INSERT OVERWRITE.
type Insert struct {
	Target    []string
	Columns   []string // empty: all, by position
	Overwrite bool
	ByName    bool // the query's columns say which columns they are for
	// Partition are the values of PARTITION (column = value, ...).
	Partition []Assignment
	// ReplaceWhere, unless nil, says which rows the new ones replace; Condition is its source text.
	ReplaceWhere []Token
	Condition    string
	Source       Query
}

// Assignment is a column and the expression that it gets.
type Assignment struct {
	// Of is what stands in front of the column: the table, its alias, or a STRUCT.
	Of     string
	Column string
	Value  []Token
}

// Update is UPDATE.
type Update struct {
	Target      []string
	Alias       string
	Assignments []Assignment
	Where       []Token
}

// Delete is DELETE FROM.
type Delete struct {
	Target []string
	Alias  string
	Where  []Token
}

// Truncate is TRUNCATE TABLE.
type Truncate struct{ Target []string }

// Verb implements [Statement].
func (Insert) Verb() string { return "INSERT" }

// Verb implements [Statement].
func (Update) Verb() string { return "UPDATE" }

// Verb implements [Statement].
func (Delete) Verb() string { return "DELETE" }

// Verb implements [Statement].
func (Truncate) Verb() string { return "TRUNCATE TABLE" }

func (p *parser) insert() (Statement, error) {
	if p.accept("WITH", "SCHEMA", "EVOLUTION") {
		return nil, Unsupported("INSERT WITH SCHEMA EVOLUTION")
	}
	s := Insert{Overwrite: p.accept("OVERWRITE")}
	if s.Overwrite {
		p.accept("INTO")
		if p.peek().IsAny("DIRECTORY", "LOCAL") {
			return nil, Unsupported("INSERT OVERWRITE DIRECTORY")
		}
	} else if err := p.expect("INTO"); err != nil {
		return nil, err
	}
	p.accept("TABLE")
	var err error
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if p.accept("PARTITION") {
		if s.Partition, err = p.partition(); err != nil {
			return nil, err
		}
	}
	if s.ByName = p.accept("BY", "NAME"); !s.ByName && p.peek().Is("(") && !p.queryAhead() {
		if s.Columns, err = p.columnList(); err != nil {
			return nil, err
		}
	}
	if p.accept("REPLACE") {
		if err := p.replaceWhere(&s); err != nil {
			return nil, err
		}
	}
	if !p.queryAhead() {
		return nil, p.unexpected()
	}
	s.Source = sourceQuery(p.rest())
	return s, nil
}

// withBefore reads WITH ... INSERT: the common table expressions are those of the query that
// is inserted. It reads nothing where WITH begins a query.
func (p *parser) withBefore() (Statement, error) {
	start := p.pos
	with := p.until("SELECT", "VALUES", "FROM", "INSERT", "UPDATE", "DELETE", "MERGE", "TABLE")
	if !p.peek().IsAny("INSERT", "UPDATE", "DELETE", "MERGE") {
		p.pos = start
		return nil, nil
	}
	if !p.accept("INSERT") {
		return nil, Unsupported("WITH before " + strings.ToUpper(p.peek().Text))
	}
	parsed, err := p.insert()
	if err != nil {
		return nil, err
	}
	s, ok := parsed.(Insert)
	if !ok || s.Source.Tokens[0].Is("WITH") {
		return nil, Unsupported("WITH in front of INSERT and of its query")
	}
	s.Source.Tokens = append(slices.Clone(with), s.Source.Tokens...)
	return s, nil
}

// sourceQuery is the query of the tokens: TABLE t is one.
func sourceQuery(tokens []Token) Query {
	if tokens[0].Is("TABLE") {
		tokens = append([]Token{{Kind: Word, Text: "FROM"}}, tokens[1:]...)
	}
	return Query{tokens}
}

// replaceWhere takes WHERE condition, up to the query.
func (p *parser) replaceWhere(s *Insert) error {
	if p.peek().IsAny("USING", "ON") {
		return Unsupported("INSERT REPLACE " + p.peek().Text)
	}
	if err := p.expect("WHERE"); err != nil {
		return err
	}
	s.ReplaceWhere = p.until("SELECT", "WITH", "VALUES", "FROM", "TABLE")
	if len(s.ReplaceWhere) == 0 || s.Overwrite {
		return p.unexpected()
	}
	s.Condition = p.src[s.ReplaceWhere[0].Pos:s.ReplaceWhere[len(s.ReplaceWhere)-1].Stop]
	return nil
}

// partition takes (column = value, ...).
func (p *parser) partition() ([]Assignment, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var all []Assignment
	for {
		name, err := p.identifier()
		if err != nil {
			return nil, err
		}
		if p.peek().IsAny(",", ")") {
			return nil, Unsupported("PARTITION with columns without values: give the columns to the query")
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		value := p.until(",", ")")
		if len(value) == 0 {
			return nil, p.unexpected()
		}
		all = append(all, Assignment{Column: name, Value: value})
		if !p.accept(",") {
			return all, p.expect(")")
		}
	}
}

func (p *parser) columnList() ([]string, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var names []string
	for {
		name, err := p.identifier()
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		if !p.accept(",") {
			return names, p.expect(")")
		}
	}
}

// alias takes [AS] name, unless one of the keywords comes next.
func (p *parser) alias(unless ...string) (string, error) {
	if p.accept("AS") {
		return p.identifier()
	}
	if next := p.peek(); next.isName() && !next.IsAny(unless...) {
		return p.identifier()
	}
	return "", nil
}

func (p *parser) update() (Statement, error) {
	var s Update
	var err error
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if s.Alias, err = p.alias("SET"); err != nil {
		return nil, err
	}
	if err := p.expect("SET"); err != nil {
		return nil, err
	}
	if s.Assignments, err = p.assignments("WHERE"); err != nil {
		return nil, err
	}
	s.Where, err = p.where()
	return s, err
}

// assignments takes column = expression, ... up to one of the keywords.
func (p *parser) assignments(stops ...string) ([]Assignment, error) {
	var all []Assignment
	for {
		column, err := p.name()
		if err != nil {
			return nil, err
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		value := p.until(append(stops, ",")...)
		if len(value) == 0 {
			return nil, p.unexpected()
		}
		a := Assignment{Column: column[len(column)-1], Value: value}
		if len(column) > 1 {
			a.Of = column[len(column)-2]
		}
		all = append(all, a)
		if !p.accept(",") {
			return all, nil
		}
	}
}

func (p *parser) where() ([]Token, error) {
	if !p.accept("WHERE") {
		return nil, nil
	}
	condition := p.rest()
	if len(condition) == 0 {
		return nil, p.unexpected()
	}
	return condition, nil
}

func (p *parser) delete() (Statement, error) {
	var s Delete
	if err := p.expect("FROM"); err != nil {
		return nil, err
	}
	var err error
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if s.Alias, err = p.alias("WHERE"); err != nil {
		return nil, err
	}
	s.Where, err = p.where()
	return s, err
}

func (p *parser) truncate() (Statement, error) {
	if err := p.expect("TABLE"); err != nil {
		return nil, err
	}
	name, err := p.name()
	return Truncate{name}, err
}
