package dialect

import "strings"

// DescribeKind is what DESCRIBE tells of a table or a function.
type DescribeKind string

// What DESCRIBE tells beside an object's columns.
const (
	DescribeHistory  DescribeKind = "HISTORY"
	DescribeDetail   DescribeKind = "DETAIL"
	DescribeFunction DescribeKind = "FUNCTION"
)

// Describe is DESCRIBE of an object, or of a query's result when Query is set.
type Describe struct {
	Kind     ObjectKind
	What     DescribeKind // empty: the object itself
	Name     []string
	Column   string // of the table, if only that is asked for
	Extended bool
	JSON     bool
	Limit    int // of HISTORY; 0: none
	Query    *Query
}

// Verb implements [Statement].
func (Describe) Verb() string { return "DESCRIBE" }

func (p *parser) describe() (Statement, error) {
	if p.accept("QUERY") || p.queryAhead() && !p.peek().Is("TABLE") {
		if !p.queryAhead() {
			return nil, p.unexpected()
		}
		return Describe{Query: &Query{p.rest()}}, nil
	}
	if p.peekAt(1).isName() {
		for _, what := range []DescribeKind{DescribeHistory, DescribeDetail, DescribeFunction} {
			if p.accept(string(what)) {
				return p.describeOther(what)
			}
		}
		if p.peek().IsAny("VOLUME", "CONNECTION", "SHARE", "RECIPIENT", "PROVIDER", "CREDENTIAL", "EXTERNAL", "PROCEDURE", "POLICY") {
			return nil, Unsupported("DESCRIBE " + strings.ToUpper(p.peek().Text))
		}
	}
	s := Describe{Kind: TableObject}
	if p.peekAt(1).isName() && !p.peek().IsAny("EXTENDED", "FORMATTED") {
		if kind, ok := p.objectKind(); ok {
			s.Kind = kind
		}
	}
	s.Extended = p.extended()
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if p.accept("AS", "JSON") {
		if !s.Extended || s.Kind != TableObject {
			return nil, newError("DESCRIBE_JSON_NOT_EXTENDED", "0A000", "DESCRIBE TABLE ... AS JSON only supported when [EXTENDED|FORMATTED] is specified.")
		}
		s.JSON = true
		return s, nil
	}
	if p.peek().Is("PARTITION") {
		return nil, Unsupported("DESCRIBE with PARTITION")
	}
	if s.Kind == TableObject && p.peek().isName() {
		column, err := p.name()
		if err != nil {
			return nil, err
		}
		s.Column = column[len(column)-1]
	}
	return s, nil
}

// extended takes EXTENDED or FORMATTED, where a name follows.
func (p *parser) extended() bool {
	if p.peek().IsAny("EXTENDED", "FORMATTED") && p.peekAt(1).isName() {
		p.pos++
		return true
	}
	return false
}

// describeOther takes what follows HISTORY, DETAIL and FUNCTION.
func (p *parser) describeOther(what DescribeKind) (Statement, error) {
	s := Describe{What: what, Kind: TableObject}
	if what == DescribeFunction {
		s.Kind, s.Extended = FunctionObject, p.extended()
	}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if what == DescribeHistory && p.accept("LIMIT") {
		s.Limit, err = p.integer()
	}
	return s, err
}
