package dialect

import (
	"fmt"
	"strings"
)

// leastRetention is the number of hours that VACUUM keeps files for at least.
const leastRetention = 168

// Maintain is a statement that looks after how a table is stored, which here changes
// nothing: OPTIMIZE, VACUUM, ANALYZE TABLE, REFRESH TABLE and the like.
type Maintain struct {
	// Statement is the statement without the name: "ANALYZE TABLE".
	Statement string
	Name      []string
	// Columns are those of ZORDER BY.
	Columns []string
	// Where is the condition of OPTIMIZE.
	Where []Token
}

// Verb implements [Statement].
func (s Maintain) Verb() string { return s.Statement }

func (p *parser) optimize() (Statement, error) {
	s := Maintain{Statement: "OPTIMIZE"}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	p.accept("FULL")
	if p.accept("WHERE") {
		if s.Where = p.until("ZORDER"); len(s.Where) == 0 {
			return nil, p.unexpected()
		}
	}
	if p.accept("ZORDER", "BY") {
		if p.peek().Is("(") {
			s.Columns, err = p.columnList()
			return s, err
		}
		for {
			name, err := p.identifier()
			if err != nil {
				return nil, err
			}
			if s.Columns = append(s.Columns, name); !p.accept(",") {
				return s, nil
			}
		}
	}
	return s, nil
}

func (p *parser) vacuum() (Statement, error) {
	s := Maintain{Statement: "VACUUM"}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if !p.accept("FULL") {
		p.accept("LITE")
	}
	if p.accept("RETAIN") {
		hours, err := p.integer()
		if err != nil {
			return nil, err
		}
		if hours < leastRetention {
			return nil, InvalidParameterValue(fmt.Sprintf("Are you sure you would like to vacuum files with such a low retention period? It is %d hours, the least is %d.", hours, leastRetention))
		}
		if err := p.expect("HOURS"); err != nil {
			return nil, err
		}
	}
	p.accept("DRY", "RUN")
	return s, nil
}

func (p *parser) analyze() (Statement, error) {
	s := Maintain{Statement: "ANALYZE TABLE"}
	if p.accept("TABLES") {
		return nil, Unsupported("ANALYZE TABLES")
	}
	if err := p.expect("TABLE"); err != nil {
		return nil, err
	}
	var err error
	if s.Name, err = p.name(); err != nil {
		return nil, err
	}
	if p.accept("PARTITION") {
		p.until("COMPUTE")
	}
	if err := p.expect("COMPUTE"); err != nil {
		return nil, err
	}
	p.accept("DELTA")
	if err := p.expect("STATISTICS"); err != nil {
		return nil, err
	}
	if p.accept("NOSCAN") || p.accept("FOR", "ALL", "COLUMNS") || !p.accept("FOR", "COLUMNS") {
		return s, nil
	}
	parenthesized := p.accept("(")
	for {
		name, err := p.identifier()
		if err != nil {
			return nil, err
		}
		if s.Columns = append(s.Columns, name); p.accept(",") {
			continue
		}
		if parenthesized {
			return s, p.expect(")")
		}
		return s, nil
	}
}

func (p *parser) refresh() (Statement, error) {
	if p.peek().IsAny("MATERIALIZED", "STREAMING", "FOREIGN") {
		return nil, Unsupported("REFRESH " + strings.ToUpper(p.peek().Text))
	}
	if p.accept("FUNCTION") {
		return nil, Unsupported("REFRESH FUNCTION")
	}
	p.accept("TABLE")
	name, err := p.name()
	return Maintain{Statement: "REFRESH TABLE", Name: name}, err
}

func (p *parser) uncache() (Statement, error) {
	if err := p.expect("TABLE"); err != nil {
		return nil, err
	}
	if p.accept("IF", "EXISTS") {
		_, err := p.name()
		return SessionChange{What: "UNCACHE TABLE"}, err
	}
	name, err := p.name()
	return Maintain{Statement: "UNCACHE TABLE", Name: name}, err
}

func (p *parser) clearCache() (Statement, error) {
	return SessionChange{What: "CLEAR CACHE"}, p.expect("CACHE")
}

// repair takes [MSCK] REPAIR TABLE name ...
func (p *parser) repair() (Statement, error) {
	p.accept("REPAIR")
	if err := p.expect("TABLE"); err != nil {
		return nil, err
	}
	name, err := p.name()
	if err == nil && p.peek().Kind != End {
		return nil, Unsupported("REPAIR TABLE ... " + strings.ToUpper(p.peek().Text))
	}
	return Maintain{Statement: "REPAIR TABLE", Name: name}, err
}

// replaceTable takes TABLE name ..., behind REPLACE.
func (p *parser) replaceTable() (Statement, error) {
	if err := p.expect("TABLE"); err != nil {
		return nil, err
	}
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	return p.createTable(CreateTable{Name: name, OrReplace: true, Replace: true})
}
