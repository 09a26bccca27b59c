package dialect

// Policy names the function of a row filter or a column mask and the columns that it gets.
type Policy struct {
	Function []string
	Columns  []string
}

// MaskColumn is ALTER TABLE ... ALTER COLUMN ... SET MASK; without a policy it is DROP MASK.
type MaskColumn struct {
	Column string
	Policy *Policy
}

// rowFilter takes function ON (columns).
func (p *parser) rowFilter() (*Policy, error) {
	f, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	if p.accept("(", ")") {
		return &Policy{Function: f}, nil
	}
	columns, err := p.columnList()
	return &Policy{f, columns}, err
}

// mask takes function [USING COLUMNS (columns)].
func (p *parser) mask() (*Policy, error) {
	f, err := p.name()
	if err != nil || !p.accept("USING", "COLUMNS") {
		return &Policy{Function: f}, err
	}
	columns, err := p.columnList()
	return &Policy{f, columns}, err
}
