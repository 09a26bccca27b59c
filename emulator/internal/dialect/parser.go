package dialect

import "strings"

// parser reads a statement's tokens from left to right.
type parser struct {
	src    string
	tokens []Token
	pos    int
	depth  int
}

// peek returns the next token; behind the last one, a token of kind End.
func (p *parser) peek() Token { return p.peekAt(0) }

func (p *parser) peekAt(n int) Token {
	if p.pos+n < len(p.tokens) {
		return p.tokens[p.pos+n]
	}
	return Token{Kind: End, Pos: len(p.src), Stop: len(p.src)}
}

// accept takes the given keywords or operators if all of them come next.
func (p *parser) accept(texts ...string) bool {
	for i, text := range texts {
		if !p.peekAt(i).Is(text) {
			return false
		}
	}
	p.pos += len(texts)
	return true
}

// expect takes the given keywords or operators, which must come next.
func (p *parser) expect(texts ...string) error {
	for _, text := range texts {
		if !p.accept(text) {
			return p.unexpected()
		}
	}
	return nil
}

// unexpected is the syntax error at the next token.
func (p *parser) unexpected() *Error {
	t := p.peek()
	return syntaxError(p.src, t.Pos, p.src[t.Pos:t.Stop])
}

// end checks that nothing is left.
func (p *parser) end() error {
	if p.peek().Kind != End {
		return p.unexpected()
	}
	return nil
}

// identifier takes one name.
func (p *parser) identifier() (string, error) {
	t := p.peek()
	if !t.isName() {
		return "", p.unexpected()
	}
	p.pos++
	return t.Text, nil
}

// name takes a name of one to three parts.
func (p *parser) name() ([]string, error) {
	var parts []string
	for {
		part, err := p.identifier()
		if err != nil {
			return nil, err
		}
		if parts = append(parts, part); len(parts) > 3 {
			return nil, p.unexpected()
		}
		if !p.accept(".") {
			return parts, nil
		}
	}
}

// text takes a string literal.
func (p *parser) text() (string, error) {
	t := p.peek()
	if t.Kind != String {
		return "", p.unexpected()
	}
	p.pos++
	return t.Text, nil
}

// rest takes everything that is left.
func (p *parser) rest() []Token {
	left := p.tokens[p.pos:]
	p.pos = len(p.tokens)
	return left
}

// until takes tokens up to the first of the keywords or operators that stands in no
// parentheses, or to the end.
func (p *parser) until(stops ...string) []Token {
	start, depth := p.pos, 0
	for ; p.pos < len(p.tokens); p.pos++ {
		t := p.tokens[p.pos]
		if depth == 0 && t.IsAny(stops...) {
			break
		}
		switch {
		case t.IsAny("(", "[", "{"):
			depth++
		case t.IsAny(")", "]", "}"):
			depth--
		case t.Is("CASE"):
			depth++
		case t.Is("END") && depth > 0:
			depth--
		}
	}
	return p.tokens[start:p.pos]
}

// properties takes ('key' = 'value', ...).
func (p *parser) properties() (map[string]string, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for {
		key, err := p.propertyKey()
		if err != nil {
			return nil, err
		}
		p.accept("=")
		value := p.peek()
		if value.Kind != String && value.Kind != Number && value.Kind != Word {
			return nil, p.unexpected()
		}
		p.pos++
		all[key] = value.Text
		if p.accept(",") {
			continue
		}
		return all, p.expect(")")
	}
}

func (p *parser) propertyKey() (string, error) {
	if p.peek().Kind == String {
		return p.text()
	}
	var parts []string
	for {
		part, err := p.identifier()
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
		if !p.accept(".") {
			return strings.Join(parts, "."), nil
		}
	}
}
