package sqltext

import "strings"

// MaxParameters is how many parameters of a statement are looked for.
const MaxParameters = 256

// Parameters returns the names of a statement's parameters (:name), each once, in the order in which they come. What stands in
// strings, names and comments is none.
func Parameters(statement string) []string {
	var names []string
	if !strings.Contains(statement, ":") {
		return nil
	}
	seen := map[string]bool{}
	l := &lexer{text: statement}
	for t, ok := l.next(); ok && len(names) < MaxParameters; t, ok = l.next() {
		if t.kind != parameter {
			continue
		}
		if name := statement[t.start+1 : t.end]; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
