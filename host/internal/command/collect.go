package command

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"corbel.example/sdk/plugin"
)

// name is one word or two: "ping", "sample-data create".
var name = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}( [a-z][a-z0-9-]{0,39})?$`)

// Command is a command of a plugin.
type Command struct {
	// Name is one word, or two with a space between them.
	Name    string
	Summary string
	// Plugin answers it.
	Plugin string
	Method string
	Path   string
	// Route is the one of the manifest that Method and Path reach.
	Route plugin.Route
	Flags Flags
}

// Group is the first word of a name of two, "" for a name of one.
func (c *Command) Group() string {
	if group, _, ok := strings.Cut(c.Name, " "); ok {
		return group
	}
	return ""
}

// Refusal is a command that cannot be run as its manifest says.
type Refusal struct{ Plugin, Name, Reason string }

// Error says which command it is, and why.
func (r *Refusal) Error() string {
	return fmt.Sprintf("plugin %s: command %q: %s", r.Plugin, r.Name, r.Reason)
}

// Collect returns the commands of the manifests, in their order, and those that are refused. taken are words that are no
// plugin's to name, flags those that every command has.
func Collect(manifests []plugin.Manifest, taken, flags []string) (commands []Command, refused []*Refusal) {
	for _, m := range manifests {
		for _, declared := range m.Commands {
			c, err := newCommand(&m, declared, flags)
			if err == nil {
				err = fits(&c, commands, taken)
			}
			if err != nil {
				refused = append(refused, &Refusal{m.Name, declared.Name, err.Error()})
				continue
			}
			commands = append(commands, c)
		}
	}
	return commands, refused
}

func newCommand(m *plugin.Manifest, declared plugin.Command, flags []string) (Command, error) {
	c := Command{Name: declared.Name, Summary: declared.Summary, Plugin: m.Name, Method: declared.Method, Path: declared.Route}
	if !name.MatchString(declared.Name) {
		return c, fmt.Errorf("a name is one or two words of lower-case letters, digits and dashes, with a space between them")
	}
	i := slices.IndexFunc(m.Routes, func(r plugin.Route) bool {
		return r.Pattern == declared.Route && (r.Method == declared.Method || r.Method == "")
	})
	if i < 0 || declared.Method == "" || declared.Method == http.MethodGet || strings.Contains(declared.Route, "{") {
		return c, fmt.Errorf("its route %s %s is none of the manifest's that takes a body: declare one without wildcards", declared.Method, declared.Route)
	}
	c.Route = m.Routes[i]
	var err error
	c.Flags, err = parseFlags(declared.FlagsSchema, flags)
	return c, err
}

// fits says why a command cannot stand beside the others.
func fits(c *Command, others []Command, taken []string) error {
	first, _, _ := strings.Cut(c.Name, " ")
	if slices.Contains(taken, first) {
		return fmt.Errorf("corbel has a command %s of its own: choose another name", first)
	}
	for i := range others {
		o := &others[i]
		otherFirst, _, _ := strings.Cut(o.Name, " ")
		if o.Name == c.Name || first == otherFirst && (o.Group() == "" || c.Group() == "") {
			return fmt.Errorf("plugin %s has the command %q already: choose another name", o.Plugin, o.Name)
		}
	}
	return nil
}
