package dialect

import "strings"

// Grant is GRANT or REVOKE.
type Grant struct {
	Revoke     bool
	Privileges []string // in upper case: "USE CATALOG"
	Kind       ObjectKind
	Name       []string
	Principal  string
}

// Verb implements [Statement].
func (s Grant) Verb() string {
	if s.Revoke {
		return "REVOKE"
	}
	return "GRANT"
}

func (p *parser) grant() (Statement, error)  { return p.grantOrRevoke(Grant{}, "TO") }
func (p *parser) revoke() (Statement, error) { return p.grantOrRevoke(Grant{Revoke: true}, "FROM") }

func (p *parser) grantOrRevoke(s Grant, preposition string) (Statement, error) {
	for {
		var words []string
		for p.peek().Kind == Word && !p.peek().Is("ON") {
			words = append(words, strings.ToUpper(p.peek().Text))
			p.pos++
		}
		if len(words) == 0 {
			return nil, p.unexpected()
		}
		s.Privileges = append(s.Privileges, strings.Join(words, " "))
		if !p.accept(",") {
			break
		}
	}
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	var err error
	if s.Kind, s.Name, err = p.securable(); err != nil {
		return nil, err
	}
	if err := p.expect(preposition); err != nil {
		return nil, err
	}
	s.Principal, err = p.principal()
	return s, err
}

// securable takes [kind] name; without a kind it is a table.
func (p *parser) securable() (ObjectKind, []string, error) {
	kind, ok := p.objectKind()
	switch {
	case kind == MetastoreObject:
		return kind, nil, nil
	case !ok && p.peekAt(1).isName():
		return "", nil, Unsupported("privileges on a " + strings.ToUpper(p.peek().Text))
	case !ok:
		kind = TableObject
	}
	name, err := p.name()
	return kind, name, err
}

// principal takes the name of a user, a group or a service principal: `ana@example.com`,
// analysts, or "account users" in backticks.
func (p *parser) principal() (string, error) { return p.identifier() }
