package bundle

import (
	"slices"
	"strings"
)

// field is what names a resource, and what is said of it to who sets its variable.
type field struct{ name, text string }

// kind is a kind of app resource, as bundles name it.
type kind struct {
	fields []field
	// permissions from the least to the most.
	permissions []string
}

// kinds are the app resources of bundles.
// See https://docs.databricks.com/aws/en/dev-tools/bundles/resources#app.
var kinds = map[string]kind{
	"sql_warehouse":    {[]field{{"id", "Id of the SQL warehouse."}}, []string{"CAN_USE", "CAN_MANAGE", "IS_OWNER"}},
	"serving_endpoint": {[]field{{"name", "Name of the serving endpoint."}}, []string{"CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"}},
	"postgres": {[]field{
		{"branch", "The Lakebase branch: projects/<project>/branches/<branch>."},
		{"database", "The Lakebase database: projects/<project>/branches/<branch>/databases/<database>."},
	}, []string{"CAN_CONNECT_AND_CREATE"}},
	"database": {[]field{
		{"instance_name", "Name of the provisioned Lakebase instance."}, {"database_name", "Name of the database in it."},
	}, []string{"CAN_CONNECT_AND_CREATE"}},
	"secret":     {[]field{{"scope", "Scope of the secret."}, {"key", "Key of the secret."}}, []string{"READ", "WRITE", "MANAGE"}},
	"job":        {[]field{{"id", "Id of the job."}}, []string{"CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"}},
	"experiment": {[]field{{"experiment_id", "Id of the experiment."}}, []string{"CAN_READ", "CAN_EDIT", "CAN_MANAGE"}},
	"genie_space": {
		[]field{{"name", "Name of the Genie space."}, {"space_id", "Id of the Genie space."}},
		[]string{"CAN_VIEW", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE"},
	},
	"uc_securable": {
		[]field{{"securable_full_name", "Full name of the Unity Catalog object: catalog.schema.name."}},
		[]string{"SELECT", "MODIFY", "READ_VOLUME", "WRITE_VOLUME", "EXECUTE", "USE_CONNECTION"},
	},
}

// securableType is what a permission on a Unity Catalog object is a permission on.
func securableType(permission string) string {
	switch {
	case strings.HasSuffix(permission, "_VOLUME"):
		return "VOLUME"
	case permission == "EXECUTE":
		return "FUNCTION"
	case permission == "USE_CONNECTION":
		return "CONNECTION"
	default:
		return "TABLE"
	}
}

// stronger returns the permission that includes the other.
func (k kind) stronger(a, b string) string {
	if slices.Index(k.permissions, a) >= slices.Index(k.permissions, b) {
		return a
	}
	return b
}
