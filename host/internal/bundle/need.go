package bundle

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"corbel.example/sdk/plugin"
)

// need is one resource of the app: all that plugins say of one key.
type need struct {
	key, kind, permission string
	descriptions          []string
	// variables of the environment that name it.
	variables []string
	// plugins that need it.
	plugins []string
}

// resourceKey is what bundles take as the name of an app resource, and what can be part of a variable's name.
var resourceKey = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxKeyLength = 30

// collect merges what manifests need, in order of the keys: two plugins that give one key to the same kind mean one resource.
func collect(manifests []plugin.Manifest) ([]*need, error) {
	needs := map[string]*need{}
	for i := range manifests {
		m := &manifests[i]
		for _, r := range m.Resources {
			if err := validate(m.Name, r); err != nil {
				return nil, err
			}
			known := needs[r.Key]
			if known == nil {
				known = &need{key: r.Key, kind: r.Kind, permission: r.Permission}
				needs[r.Key] = known
			}
			if known.kind != r.Kind {
				return nil, fmt.Errorf("resource %q is a %s of plugin %s and a %s of plugin %s: one of them must name it otherwise",
					r.Key, known.kind, known.plugins[0], r.Kind, m.Name)
			}
			if securableType(known.permission) != securableType(r.Permission) {
				return nil, fmt.Errorf("resource %q has the permissions %s and %s, which no object has both: plugin %s must name it otherwise",
					r.Key, known.permission, r.Permission, m.Name)
			}
			known.permission = kinds[r.Kind].stronger(known.permission, r.Permission)
			known.descriptions = add(known.descriptions, r.Description)
			known.variables = add(known.variables, r.Env)
			known.plugins = add(known.plugins, m.Name)
		}
	}
	var list []*need
	for _, key := range slices.Sorted(maps.Keys(needs)) {
		list = append(list, needs[key])
	}
	return list, uniqueVariables(list)
}

// uniqueVariables refuses two resources that would set one variable.
func uniqueVariables(needs []*need) error {
	owner := map[string]string{}
	for _, n := range needs {
		for _, name := range n.variables {
			if other, taken := owner[name]; taken {
				return fmt.Errorf("the variable %s names resource %q and resource %q: one of the plugins %s must name it otherwise",
					name, other, n.key, strings.Join(n.plugins, ", "))
			}
			owner[name] = n.key
		}
	}
	return nil
}

func validate(plugin string, r plugin.Resource) error {
	k, known := kinds[r.Kind]
	switch {
	case !known:
		return fmt.Errorf("plugin %s: resource %q has the kind %q: kinds are %s", plugin, r.Key, r.Kind, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	case !resourceKey.MatchString(r.Key) || len(r.Key) > maxKeyLength:
		return fmt.Errorf("plugin %s: resource key %q: use up to %d lower-case letters, digits and dashes, beginning with a letter", plugin, r.Key, maxKeyLength)
	case !slices.Contains(k.permissions, r.Permission):
		return fmt.Errorf("plugin %s: resource %q has the permission %q: a %s has %s", plugin, r.Key, r.Permission, r.Kind, strings.Join(k.permissions, ", "))
	}
	return nil
}

// add adds a text that is not empty and not there yet.
func add(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// variable is the bundle's variable of a field: sql_warehouse_id, or warehouse_of_reports_id for the key warehouse-of-reports.
func (n *need) variable(f field) string {
	return strings.ReplaceAll(n.key, "-", "_") + "_" + f.name
}

// scopes are all user API scopes, each once, sorted.
func scopes(manifests []plugin.Manifest) []string {
	var all []string
	for i := range manifests {
		all = append(all, manifests[i].UserScopes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
