package apps

import (
	"encoding/json"
	"slices"
	"strings"

	"corbel.example/emulator/internal/principal"
)

// Resource is something of the workspace that an app may use. One of the fields behind the
// description is set.
type Resource struct {
	Name            string           `json:"name"`
	Description     string           `json:"description,omitempty"`
	SQLWarehouse    *SQLWarehouse    `json:"sql_warehouse,omitempty"`
	ServingEndpoint *ServingEndpoint `json:"serving_endpoint,omitempty"`
	Database        *Database        `json:"database,omitempty"`
	Postgres        *Postgres        `json:"postgres,omitempty"`
	Secret          *Secret          `json:"secret,omitempty"`
	UCSecurable     *UCSecurable     `json:"uc_securable,omitempty"`

	// Kinds that this workspace has none of.
	App        json.RawMessage `json:"app,omitempty"`
	Experiment json.RawMessage `json:"experiment,omitempty"`
	GenieSpace json.RawMessage `json:"genie_space,omitempty"`
	Job        json.RawMessage `json:"job,omitempty"`
}

// SQLWarehouse is a warehouse that the app may use.
type SQLWarehouse struct {
	ID         string `json:"id"`
	Permission string `json:"permission"`
}

// ServingEndpoint is a model serving endpoint that the app may use.
type ServingEndpoint struct {
	Name       string `json:"name"`
	Permission string `json:"permission"`
}

// Database is a database of a Lakebase instance.
type Database struct {
	InstanceName string `json:"instance_name"`
	DatabaseName string `json:"database_name"`
	Permission   string `json:"permission"`
}

// Postgres is a database of a Lakebase project.
type Postgres struct {
	Branch     string `json:"branch,omitempty"`
	Database   string `json:"database,omitempty"`
	Permission string `json:"permission,omitempty"`
}

// Secret is a secret that the app may use.
type Secret struct {
	Scope      string `json:"scope"`
	Key        string `json:"key"`
	Permission string `json:"permission"`
}

// UCSecurable is something of Unity Catalog that the app may use.
type UCSecurable struct {
	FullName   string `json:"securable_full_name"`
	Type       string `json:"securable_type"`
	Permission string `json:"permission"`
}

// usable is something that an app can be given. Its methods are called with what the workspace
// has.
type usable interface {
	// permissions are those that an app can have on it.
	permissions() []string
	permission() string
	// check says what is wrong with it: that it isn't there, say, or that by mayn't give it.
	check(w *Workspace, by principal.Principal) error
	// grant gives it to a service principal, and revoke takes it away.
	grant(w *Workspace, clientID string) error
	revoke(w *Workspace, clientID string) error
	// value is what stands for it in the app's environment.
	value(w *Workspace) (string, error)
}

// usable returns the one thing that the resource is.
func (r *Resource) usable() (usable, error) {
	var found []usable
	if r.SQLWarehouse != nil {
		found = append(found, r.SQLWarehouse)
	}
	if r.ServingEndpoint != nil {
		found = append(found, r.ServingEndpoint)
	}
	if r.Database != nil {
		found = append(found, r.Database)
	}
	if r.Postgres != nil {
		found = append(found, r.Postgres)
	}
	if r.Secret != nil {
		found = append(found, r.Secret)
	}
	if r.UCSecurable != nil {
		found = append(found, r.UCSecurable)
	}
	if len(r.App)+len(r.Experiment)+len(r.GenieSpace)+len(r.Job) > 0 {
		return nil, &Error{Unserved, "The resource '" + r.Name + "' is of a kind that this workspace has none of."}
	}
	if len(found) != 1 {
		return nil, invalid("The resource '%s' must be exactly one of sql_warehouse, serving_endpoint, database, postgres, secret and uc_securable.", r.Name)
	}
	return found[0], nil
}

// check checks a resource that somebody gives to an app.
func (r *Resource) check(w *Workspace, by principal.Principal) error {
	u, err := r.usable()
	if err != nil {
		return err
	}
	if !slices.Contains(u.permissions(), u.permission()) {
		return invalid("The permission of the resource '%s' must be one of %s, not %q.", r.Name, strings.Join(u.permissions(), ", "), u.permission())
	}
	return u.check(w, by)
}
