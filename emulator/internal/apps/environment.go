package apps

import (
	"maps"
	"slices"
	"strings"
)

// programPath is where programs are found that a command or an app names without a folder.
const programPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environment is the whole of an app's, as NAME=VALUE pairs: the platform's, then the
// deployment's, which wins. The folder is that of the version.
func (w *Workspace) environment(a *App, spec Spec, folder string) ([]string, error) {
	secret, ok := w.Directory.ClientSecret(a.ClientID)
	if !ok {
		return nil, missing("The service principal of the app '" + a.Name + "'")
	}
	vars := map[string]string{
		"PATH":                     programPath,
		"HOME":                     homeFolder(folder),
		"DATABRICKS_APP_NAME":      a.Name,
		"DATABRICKS_WORKSPACE_ID":  w.ID,
		"DATABRICKS_HOST":          w.URL,
		"DATABRICKS_CLIENT_ID":     a.ClientID,
		"DATABRICKS_CLIENT_SECRET": secret,
	}
	add := func(pairs []string) {
		for _, pair := range pairs {
			name, value, _ := strings.Cut(pair, "=")
			if value == w.CAFile && value != "" {
				value = certificateFile(folder)
			}
			vars[name] = value
		}
	}
	add(w.Trust)
	hasDatabase := func(r Resource) bool { return r.Database != nil || r.Postgres != nil }
	if w.Lakebase != nil && slices.ContainsFunc(a.Resources, hasDatabase) {
		vars["PGAPPNAME"] = a.Name
		for _, pair := range w.DatabaseVariables(a.ClientID) {
			if strings.HasPrefix(pair, "PG") { // LAKEBASE_ENDPOINT comes by valueFrom alone
				add([]string{pair})
			}
		}
	}
	for _, v := range spec.Variables {
		vars[v.Name] = v.Value
		if v.ValueFrom == "" {
			continue
		}
		value, err := w.valueOf(a, v)
		if err != nil {
			return nil, err
		}
		vars[v.Name] = value
	}
	pairs := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		pairs = append(pairs, name+"="+vars[name])
	}
	return pairs, nil
}

// valueOf is the value that a variable takes from a resource.
func (w *Workspace) valueOf(a *App, v Variable) (string, error) {
	for _, r := range a.Resources {
		if r.Name != v.ValueFrom {
			continue
		}
		u, err := r.usable()
		if err != nil {
			return "", err
		}
		value, err := u.value(w)
		if err != nil {
			return "", err
		}
		if strings.ContainsRune(value, 0) {
			return "", invalid("What the resource '%s' has can't be the value of a variable.", r.Name)
		}
		return value, nil
	}
	return "", invalid("The variable %q takes its value from the resource %q, which the app does not have.", v.Name, v.ValueFrom)
}
