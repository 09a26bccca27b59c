package dialect

import (
	"slices"
	"strings"
	"sync"
)

// maxGrowth bounds one expression once its macros are spelled out, in tokens of theirs. DuckDB copies an argument to each
// place where a macro names it, so that calls in calls grow exponentially; planning takes it about a second for each 100,000
// tokens, and cannot be interrupted. What stands side by side is not bounded: it grows with the text only.
const maxGrowth = 130_000

// CheckGrowth refuses a query with an expression that is too large for DuckDB to plan.
func (t *Tree) CheckGrowth() error {
	if _, fits := grown(t.root); !fits {
		return tooLarge()
	}
	return nil
}

func tooLarge() *Error {
	return Unsupported("an expression that is this large once its functions are spelled out: compute parts of it in a subquery or a common table expression")
}

// grown is the size of what DuckDB makes of a node, and whether it makes it in time.
func grown(v any) (size float64, fits bool) {
	n, isNode := v.(Node)
	if !isNode {
		list, _ := v.([]any)
		for _, item := range list {
			part, fits := grown(item)
			if !fits {
				return 0, false
			}
			size += part
		}
		return size, true
	}
	name, _ := n["function_name"].(string)
	called, isMacro := growths()[name]
	size = 1 + called.own
	for key, child := range n {
		parts, isList := child.([]any)
		if key != "children" || !isList {
			parts = []any{child}
		}
		for i, item := range parts {
			part, fits := grown(item)
			if !fits {
				return 0, false
			}
			if isList && key == "children" {
				part *= called.of(i)
			}
			size += part
		}
	}
	return size, !isMacro || size <= maxGrowth
}

// growth is what a macro makes of a call: so many tokens of its own, and each argument so many times.
type growth struct {
	own       float64
	arguments []float64
}

func (g growth) of(argument int) float64 {
	if argument < len(g.arguments) {
		return g.arguments[argument]
	}
	return 1
}

// growths are those of all macros, by name. Of the overloads each number is the largest.
var growths = sync.OnceValue(func() map[string]growth {
	m := &measuring{texts: map[string]string{}, known: map[string]growth{}}
	for _, group := range macros() {
		for _, macro := range group {
			m.texts[macroPrefix+macro.name] = macro.overloads
		}
	}
	for name := range m.texts {
		m.macro(name)
	}
	return m.known
})

// measuring reads the macros' text.
type measuring struct {
	texts map[string]string
	known map[string]growth
}

func (m *measuring) macro(name string) (growth, bool) {
	if g, ok := m.known[name]; ok {
		return g, true
	}
	text, ok := m.texts[name]
	if !ok {
		return growth{}, false
	}
	m.known[name] = growth{own: 1}                          // a macro cannot call itself
	tokens, err := Lex(strings.ReplaceAll(text, `\`, `\\`)) // DuckDB knows no escapes in strings
	if err != nil {
		panic("the text of the macro " + name + " cannot be read: " + err.Error())
	}
	var g growth
	for _, overload := range splitArguments(tokens) {
		end := closing(overload, 0)
		parameters := splitArguments(overload[1:end])
		size, uses := m.expression(overload[end+2:], names(parameters))
		g.own = max(g.own, size)
		for i, n := range uses {
			if i == len(g.arguments) {
				g.arguments = append(g.arguments, 0)
			}
			g.arguments[i] = max(g.arguments[i], n)
		}
	}
	m.known[name] = g
	return g, true
}

// expression counts the tokens of an expression and the places of each parameter in it, those in calls of other macros as
// often as those write them.
func (m *measuring) expression(tokens []Token, parameters []string) (size float64, uses []float64) {
	uses = make([]float64, len(parameters))
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		size++
		if !t.isName() {
			continue
		}
		if p := slices.Index(parameters, strings.ToLower(t.Text)); p >= 0 {
			uses[p]++
			continue
		}
		if i+1 == len(tokens) || !tokens[i+1].Is("(") {
			continue
		}
		called, ok := m.macro(t.Text)
		if !ok {
			continue
		}
		size += called.own
		end := closing(tokens, i+1)
		for k, argument := range splitArguments(tokens[i+2 : end]) {
			n, inner := m.expression(argument, parameters)
			size += n * called.of(k)
			for p, count := range inner {
				uses[p] += count * called.of(k)
			}
		}
		i = end
	}
	return size, uses
}

// names are the names of parameters with or without a type or a default.
func names(parameters [][]Token) []string {
	list := make([]string, 0, len(parameters))
	for _, p := range parameters {
		if len(p) > 0 {
			list = append(list, strings.ToLower(p[0].Text))
		}
	}
	return list
}

// closing is the index of the bracket that closes the one at open.
func closing(tokens []Token, open int) int {
	depth := 0
	for i := open; i < len(tokens); i++ {
		switch {
		case tokens[i].IsAny("(", "[", "{"):
			depth++
		case tokens[i].IsAny(")", "]", "}"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(tokens) - 1
}

// splitArguments splits at the commas that no bracket encloses.
func splitArguments(tokens []Token) [][]Token {
	var parts [][]Token
	from, depth := 0, 0
	for i, t := range tokens {
		switch {
		case t.IsAny("(", "[", "{"):
			depth++
		case t.IsAny(")", "]", "}"):
			depth--
		case depth == 0 && t.Is(","):
			parts = append(parts, tokens[from:i])
			from = i + 1
		}
	}
	return append(parts, tokens[from:])
}
