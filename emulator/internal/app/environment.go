package app

import (
	"maps"
	"slices"
	"strings"
)

// Environment is what the platform tells an app by environment variables.
type Environment struct {
	AppName     string
	WorkspaceID string
	// Credentials are NAME=VALUE pairs: DATABRICKS_HOST, and those by which the
	// app signs in as itself.
	Credentials []string
	// SignOutURL is where people sign out. Empty: nowhere.
	SignOutURL string
	// Database are NAME=VALUE pairs by which the app reaches its database. Without them the
	// user's own reach the app.
	Database []string
	// WarehouseID, Catalog and Schema are the app's resources. Empty ones are not
	// set. What the user set of SignOutURL, Catalog and Schema wins.
	WarehouseID string
	Catalog     string
	Schema      string
}

// passedOn are the user's own variables that reach the app: what a process needs
// to run on this machine, and the app's own settings. Everything else stays
// here, as it would not be there in production.
var (
	passedOn = []string{
		"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LOG_LEVEL", "LOG_FORMAT",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT",
	}
	passedOnPrefixes = []string{"CORBEL_", "LAKEBASE_", "MODEL_SERVING_", "UNITY_CATALOG_", "SSL_CERT_"}

	// ours are settings of this program and not of the app.
	ours = []string{
		"CORBEL_PORT", "CORBEL_WORKSPACE_PORT", "CORBEL_ALLOWED_HOSTS", "CORBEL_POSTGRES", "CORBEL_LAKEBASE_PORT",
		"CORBEL_DATABASE_TOKEN_LIFE", "CORBEL_TOKENS_PER_SECOND", "CORBEL_SERVING_RATE_LIMIT",
	}
)

// Variables returns the app's environment, sorted, made of e and of what is
// passed on of the user's, both as NAME=VALUE pairs.
func (e Environment) Variables(users []string) []string {
	vars := map[string]string{}
	setIf(vars, "CORBEL_APP_SIGN_OUT_URL", e.SignOutURL)
	setIf(vars, "UNITY_CATALOG_NAME", e.Catalog)
	setIf(vars, "UNITY_CATALOG_SCHEMA", e.Schema)
	for _, pair := range users {
		if name, value, ok := strings.Cut(pair, "="); ok && isPassedOn(name) {
			vars[name] = value
		}
	}
	for _, pair := range slices.Concat(e.Credentials, e.Database) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			vars[name] = value
		}
	}
	setIf(vars, "DATABRICKS_APP_NAME", e.AppName)
	setIf(vars, "DATABRICKS_WORKSPACE_ID", e.WorkspaceID)
	setIf(vars, "DATABRICKS_WAREHOUSE_ID", e.WarehouseID)

	pairs := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		pairs = append(pairs, name+"="+vars[name])
	}
	return pairs
}

func setIf(vars map[string]string, name, value string) {
	if value != "" {
		vars[name] = value
	}
}

func isPassedOn(name string) bool {
	if slices.Contains(ours, name) {
		return false
	}
	return slices.Contains(passedOn, name) ||
		slices.ContainsFunc(passedOnPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
