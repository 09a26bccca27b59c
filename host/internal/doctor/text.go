package doctor

import (
	"errors"

	"corbel.example/sdk/fault"
)

// What checks are called.
const (
	checkPort   = "port"
	checkHost   = "workspace"
	checkToken  = "credentials"
	checkScopes = "scopes and resources"
)

const (
	notSignedIn   = "the workspace could not be asked"
	scopesUnknown = "plugins need the scopes %s; name a deployed app with --app to compare"

	repairPort = "end what listens there, or choose another server.port (CORBEL_SERVER_PORT, --port)"
	repairHost = "set DATABRICKS_HOST to the workspace's address, https://..., and check proxy and network"
	// The credentials are the app's own; users bring theirs.
	repairToken   = "set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET of the app's service principal, or DATABRICKS_TOKEN, and check that it belongs to this workspace and has not expired" //nolint:gosec // it holds no credentials
	repairUnnamed = "set %s, which in Databricks Apps comes from the app's resource (%s)"
	repairApp     = "deploy the app, or correct its name; who asks needs CAN_MANAGE on it"
	repairScopes  = "run `corbel bundle generate` and deploy again; users sign in anew for new scopes"
)

// repairs are what to do about a resource that cannot be used, by kind. They take its variable and its permission.
var repairs = map[string]string{
	"sql_warehouse":    "set %s to the id of a SQL warehouse (its Connection details show it), and grant %s on it",
	"serving_endpoint": "set %s to the name of a serving endpoint that is ready, and grant %s on it",
	"postgres":         "set %s to projects/<project>/branches/<branch>/endpoints/<endpoint>, PGHOST and PGPORT to its host, and grant %s on the database",
	"database":         "set %s and PGHOST to the instance's host, start the instance, and grant %s on the database",
}

var errNoDatabase = errors.New("PGHOST is not set")

// message is what people are told of an error.
func message(err error) string {
	if f := fault.From(err); f != nil && f.Message != "" {
		return f.Message
	}
	return err.Error()
}
