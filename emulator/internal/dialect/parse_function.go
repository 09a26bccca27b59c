package dialect

// CreateFunction is CREATE FUNCTION of one SQL expression, or of one query.
type CreateFunction struct {
	Name        []string
	OrReplace   bool
	IfNotExists bool
	Parameters  []ColumnDefinition
	Returns     *Type // nil: the type of the expression
	// Table tells that the function returns a table: of the columns, or with none, of those
	// of the query.
	Table   bool
	Columns []ColumnDefinition
	Comment string
	// Definition is the source text of the expression or the query.
	Definition string
}

// Verb implements [Statement].
func (CreateFunction) Verb() string { return "CREATE FUNCTION" }

func (p *parser) createFunction(orReplace bool) (Statement, error) {
	s := CreateFunction{OrReplace: orReplace, IfNotExists: p.accept("IF", "NOT", "EXISTS")}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if p.peek().Is("(") && p.peekAt(1).Is(")") {
		p.pos += 2
	} else if s.Parameters, err = p.columnDefinitions(); err != nil {
		return nil, err
	}
	for _, c := range s.Parameters {
		if c.NotNull || c.Mask != nil || c.Generated != "" || c.Identity != nil || c.Position != nil || c.Constraints != nil {
			return nil, Unsupported("parameters of functions with anything but DEFAULT and COMMENT")
		}
	}
	for !p.accept("RETURN") {
		if err := p.functionClause(&s); err != nil {
			return nil, err
		}
	}
	if p.peek().Kind == End {
		return nil, p.unexpected()
	}
	if s.Table && !p.queryAhead() {
		return nil, p.unexpected()
	}
	s.Definition, err = p.definition("function")
	return s, err
}

func (p *parser) functionClause(s *CreateFunction) (err error) {
	switch {
	case p.accept("RETURNS"):
		if s.Table = p.accept("TABLE"); !s.Table {
			s.Returns, err = p.dataType()
		} else if p.peek().Is("(") {
			s.Columns, err = p.columnDefinitions()
		}
	case p.accept("LANGUAGE"):
		if !p.accept("SQL") {
			return Unsupported("functions in a language other than SQL")
		}
	case p.accept("COMMENT"):
		s.Comment, err = p.text()
	case p.accept("NOT", "DETERMINISTIC"), p.accept("DETERMINISTIC"), p.accept("CONTAINS", "SQL"), p.accept("READS", "SQL", "DATA"):
	default:
		err = p.unexpected()
	}
	return err
}

// definition takes the rest of the statement as source text.
func (p *parser) definition(of string) (string, error) {
	return p.sourceOf(p.rest(), of)
}

// sourceOf is the source text of tokens. It outlives the statement and so can't hold its
// parameters.
func (p *parser) sourceOf(tokens []Token, of string) (string, error) {
	if len(tokens) == 0 {
		return "", p.unexpected()
	}
	for _, t := range tokens {
		if t.Kind == Verbatim || t.Kind != Operator && t.Pos < t.Stop && p.src[t.Pos] == ':' {
			return "", Unsupported("parameters in the definition of a " + of)
		}
	}
	return p.src[tokens[0].Pos:tokens[len(tokens)-1].Stop], nil
}
