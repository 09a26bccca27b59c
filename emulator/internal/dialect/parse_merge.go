package dialect

// Merge is MERGE INTO.
type Merge struct {
	Target  []string
	Alias   string
	Source  []Token // a table or a query in parentheses, with its alias
	On      []Token
	Actions []MergeAction
}

// MergeMatch says which rows a [MergeAction] is for.
type MergeMatch string

// The matches of MERGE.
const (
	Matched            MergeMatch = "MATCHED"
	NotMatchedByTarget MergeMatch = "NOT MATCHED"
	NotMatchedBySource MergeMatch = "NOT MATCHED BY SOURCE"
)

// MergeAction is a WHEN clause of MERGE.
type MergeAction struct {
	Match     MergeMatch
	Condition []Token // empty: always
	// Delete, or else an update (of all columns when there are no assignments), or for
	// NotMatchedByTarget an insert (likewise).
	Delete      bool
	Assignments []Assignment
}

// Verb implements [Statement].
func (Merge) Verb() string { return "MERGE" }

func (p *parser) merge() (Statement, error) {
	var s Merge
	if p.accept("WITH", "SCHEMA", "EVOLUTION") {
		return nil, Unsupported("MERGE WITH SCHEMA EVOLUTION")
	}
	if err := p.expect("INTO"); err != nil {
		return nil, err
	}
	var err error
	if s.Target, err = p.name(); err != nil {
		return nil, err
	}
	if s.Alias, err = p.alias("USING"); err != nil {
		return nil, err
	}
	if err := p.expect("USING"); err != nil {
		return nil, err
	}
	if s.Source = p.until("ON"); len(s.Source) == 0 {
		return nil, p.unexpected()
	}
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	if s.On = p.until("WHEN"); len(s.On) == 0 {
		return nil, p.unexpected()
	}
	for p.accept("WHEN") {
		action, err := p.mergeAction()
		if err != nil {
			return nil, err
		}
		s.Actions = append(s.Actions, action)
	}
	if len(s.Actions) == 0 {
		return nil, p.unexpected()
	}
	return s, nil
}

func (p *parser) mergeAction() (MergeAction, error) {
	var a MergeAction
	switch {
	case p.accept("MATCHED"):
		a.Match = Matched
	case p.accept("NOT", "MATCHED", "BY", "SOURCE"):
		a.Match = NotMatchedBySource
	case p.accept("NOT", "MATCHED", "BY", "TARGET"), p.accept("NOT", "MATCHED"):
		a.Match = NotMatchedByTarget
	default:
		return a, p.unexpected()
	}
	if p.accept("AND") {
		a.Condition = p.until("THEN")
	}
	if err := p.expect("THEN"); err != nil {
		return a, err
	}
	var err error
	switch {
	case a.Match == NotMatchedByTarget:
		a.Assignments, err = p.mergeInsert()
	case p.accept("DELETE"):
		a.Delete = true
	case p.accept("UPDATE", "SET", "*"):
		if a.Match == NotMatchedBySource {
			return a, p.unexpected()
		}
	case p.accept("UPDATE", "SET"):
		a.Assignments, err = p.assignments("WHEN")
	default:
		return a, p.unexpected()
	}
	return a, err
}

// mergeInsert takes INSERT * or INSERT (columns) VALUES (expressions).
func (p *parser) mergeInsert() ([]Assignment, error) {
	if p.accept("INSERT", "*") {
		return nil, nil
	}
	if err := p.expect("INSERT"); err != nil {
		return nil, err
	}
	columns, err := p.columnList()
	if err != nil {
		return nil, err
	}
	if err := p.expect("VALUES", "("); err != nil {
		return nil, err
	}
	all := make([]Assignment, len(columns))
	for i, column := range columns {
		if i > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		all[i] = Assignment{Column: column, Value: p.until(",", ")")}
		if len(all[i].Value) == 0 {
			return nil, p.unexpected()
		}
	}
	return all, p.expect(")")
}
