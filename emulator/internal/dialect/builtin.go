package dialect

import (
	"slices"
	"strings"
)

// Builtin reports whether Databricks' function of that name is served.
func Builtin(name string) bool { return slices.Contains(Builtins(), strings.ToLower(name)) }

// Builtins are the names of the functions that are served, in order.
func Builtins() []string {
	internal := strings.Fields(parserMade)
	var names []string
	add := func(name string) {
		if !slices.Contains(internal, name) && !strings.HasPrefix(name, macroPrefix) && plainName(name) {
			names = append(names, name)
		}
	}
	for name := range functions {
		add(name)
	}
	for name := range constructors {
		add(name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
