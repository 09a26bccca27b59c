package apps

import (
	"errors"
	"strings"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/postgres"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/secret"
	"corbel.example/emulator/internal/serving"
)

// Workspace is what the workspace has that apps use.
type Workspace struct {
	ID          string
	URL         string
	WarehouseID string
	Directory   *principal.Directory
	Permissions *acl.Store
	Files       *files.Store
	Secrets     *secret.Store
	Metastore   *metastore.Store
	Serving     *serving.Registry
	// Lakebase is nil when there is none, and DatabaseVariables are the NAME=VALUE pairs by which
	// somebody reaches it.
	Lakebase          *lakebase.Lakebase
	DatabaseVariables func(userName string) []string
	// Trust are the NAME=VALUE pairs by which an app trusts the workspace's certificate.
	Trust []string
	// CAFile is the certificate that Trust and DatabaseVariables name, if they name one. Apps
	// get a copy of it, since they can't reach the workspace's folder.
	CAFile string
}

func mayNotGive(what string) *Error {
	return &Error{Denied, "You can't give " + what + " to an app: that takes the permission to manage it."}
}

func missing(what string) *Error { return &Error{NotFound, what + " does not exist."} }

func (s *SQLWarehouse) permissions() []string { return []string{"CAN_USE", "CAN_MANAGE", "IS_OWNER"} }
func (s *SQLWarehouse) permission() string    { return s.Permission }

func (s *SQLWarehouse) object() acl.Object { return acl.Object{Kind: acl.Warehouse, ID: s.ID} }

func (s *SQLWarehouse) check(w *Workspace, by principal.Principal) error {
	if s.ID != w.WarehouseID {
		return missing("SQL warehouse " + s.ID)
	}
	if !w.Permissions.Allows(by, acl.CanManage, s.object()) {
		return mayNotGive("SQL warehouse " + s.ID)
	}
	return nil
}

func (s *SQLWarehouse) grant(w *Workspace, clientID string) error {
	return w.Permissions.Change(s.object(), acl.Grants{clientID: acl.Level(s.Permission)}, false)
}

func (s *SQLWarehouse) revoke(w *Workspace, clientID string) error {
	return w.Permissions.Revoke(s.object(), clientID)
}

func (s *SQLWarehouse) value(*Workspace) (string, error) { return s.ID, nil }

func (s *ServingEndpoint) permissions() []string {
	return []string{"CAN_QUERY", "CAN_VIEW", "CAN_MANAGE"}
}
func (s *ServingEndpoint) permission() string { return s.Permission }

func (s *ServingEndpoint) check(w *Workspace, by principal.Principal) error {
	e, ok := w.Serving.Endpoint(s.Name)
	if !ok {
		return missing("Serving endpoint '" + s.Name + "'")
	}
	if e.Permission(by) < serving.CanManage {
		return mayNotGive("serving endpoint '" + s.Name + "'")
	}
	return nil
}

func (s *ServingEndpoint) grant(w *Workspace, clientID string) error {
	e, ok := w.Serving.Endpoint(s.Name)
	level, known := serving.ParsePermission(s.Permission)
	if !ok || !known {
		return missing("Serving endpoint '" + s.Name + "'")
	}
	e.Grant(map[string]serving.Permission{clientID: level}, false)
	return nil
}

func (s *ServingEndpoint) revoke(w *Workspace, clientID string) error {
	if e, ok := w.Serving.Endpoint(s.Name); ok {
		grants := e.Grants()
		delete(grants, clientID)
		e.Grant(grants, true)
	}
	return nil
}

func (s *ServingEndpoint) value(*Workspace) (string, error) { return s.Name, nil }

const canConnectAndCreate = "CAN_CONNECT_AND_CREATE"

// checkLakebase checks that somebody may give the one database to an app.
func checkLakebase(w *Workspace, by principal.Principal, there bool, what string) error {
	if w.Lakebase == nil || !there {
		return missing(what)
	}
	if !by.MemberOf(principal.Admins) {
		return mayNotGive(what)
	}
	return nil
}

func (d *Database) permissions() []string { return []string{canConnectAndCreate} }
func (d *Database) permission() string    { return d.Permission }

func (d *Database) check(w *Workspace, by principal.Principal) error {
	there := d.InstanceName == lakebase.Instance && d.DatabaseName == postgres.Database
	return checkLakebase(w, by, there, "Database '"+d.DatabaseName+"' of instance '"+d.InstanceName+"'")
}

func (d *Database) grant(w *Workspace, clientID string) error  { return admit(w, clientID) }
func (d *Database) revoke(w *Workspace, clientID string) error { return dismiss(w, clientID) }

// value is the host, as the platform has it.
func (d *Database) value(w *Workspace) (string, error) {
	if w.Lakebase == nil {
		return "", missing("Database '" + d.DatabaseName + "'")
	}
	return w.Lakebase.Address().IP.String(), nil
}

func admit(w *Workspace, clientID string) error {
	if w.Lakebase != nil {
		w.Lakebase.Admit(clientID)
	}
	return nil
}

func dismiss(w *Workspace, clientID string) error {
	if w.Lakebase != nil {
		w.Lakebase.Dismiss(clientID)
	}
	return nil
}

func (p *Postgres) permissions() []string { return []string{canConnectAndCreate} }
func (p *Postgres) permission() string    { return p.Permission }

func (p *Postgres) check(w *Workspace, by principal.Principal) error {
	there := p.Branch == lakebase.BranchName && p.Database == lakebase.BranchName+"/databases/"+lakebase.DatabaseID
	return checkLakebase(w, by, there, "Database '"+p.Database+"' of branch '"+p.Branch+"'")
}

func (p *Postgres) grant(w *Workspace, clientID string) error  { return admit(w, clientID) }
func (p *Postgres) revoke(w *Workspace, clientID string) error { return dismiss(w, clientID) }

// value is the endpoint, from which clients get credentials.
func (p *Postgres) value(w *Workspace) (string, error) {
	if w.Lakebase == nil {
		return "", missing("Database '" + p.Database + "'")
	}
	return lakebase.EndpointName, nil
}

func (s *Secret) permissions() []string { return []string{"READ", "WRITE", "MANAGE"} }
func (s *Secret) permission() string    { return s.Permission }

func (s *Secret) check(w *Workspace, by principal.Principal) error {
	if _, err := w.Secrets.Get(s.Scope, s.Key); err != nil {
		return missing("Secret '" + s.Key + "' of scope '" + s.Scope + "'")
	}
	if !w.Secrets.Allows(by, secret.Manage, s.Scope) {
		return mayNotGive("secrets of scope '" + s.Scope + "'")
	}
	return nil
}

func (s *Secret) grant(w *Workspace, clientID string) error {
	return w.Secrets.PutACL(s.Scope, clientID, secret.Permission(s.Permission))
}

func (s *Secret) revoke(w *Workspace, clientID string) error {
	err := w.Secrets.DeleteACL(s.Scope, clientID)
	if errors.Is(err, secret.ErrNoScope) || errors.Is(err, secret.ErrNoACL) {
		return nil
	}
	return err
}

func (s *Secret) value(w *Workspace) (string, error) {
	found, err := w.Secrets.Get(s.Scope, s.Key)
	if err != nil {
		return "", missing("Secret '" + s.Key + "' of scope '" + s.Scope + "'")
	}
	return string(found.Value), nil
}

// securablePermissions are those that apps can have, by the type of securable.
var securablePermissions = map[string][]string{
	"TABLE": {"SELECT", "MODIFY"}, "VOLUME": {"READ_VOLUME", "WRITE_VOLUME"}, "FUNCTION": {"EXECUTE"},
}

func (u *UCSecurable) permissions() []string { return securablePermissions[u.Type] }
func (u *UCSecurable) permission() string    { return u.Permission }

func (u *UCSecurable) name() (metastore.Name, error) {
	n, err := metastore.ParseName(u.FullName)
	if err != nil || n.Kind() != metastore.KindTable {
		return n, invalid("securable_full_name must have three parts, as %q has not.", u.FullName)
	}
	switch u.Type {
	case "VOLUME":
		n.Volume, n.Table = n.Table, ""
	case "FUNCTION":
		n.Function, n.Table = n.Table, ""
	}
	return n, nil
}

func (u *UCSecurable) check(w *Workspace, by principal.Principal) error {
	n, err := u.name()
	if err != nil {
		return err
	}
	catalog := w.Metastore.Snapshot()
	if !catalog.Exists(n) || !catalog.Visible(by, n) {
		return missing(n.Kind().Title() + " '" + u.FullName + "'")
	}
	if catalog.CheckManage(by, n) != nil {
		return mayNotGive(strings.ToLower(u.Type) + " '" + u.FullName + "'")
	}
	return nil
}

// grant gives the permission, and those to get there.
func (u *UCSecurable) grant(w *Workspace, clientID string) error {
	n, err := u.name()
	if err != nil {
		return err
	}
	return w.Metastore.Update(func(tx *metastore.Tx) error {
		for on, privilege := range map[metastore.Name]metastore.Privilege{
			{Catalog: n.Catalog}: metastore.UseCatalog, n.Parent(): metastore.UseSchema, n: metastore.Privilege(u.Permission),
		} {
			if err := tx.Grant(metastore.Grant{On: on, Principal: clientID, Privilege: privilege}); err != nil {
				return err
			}
		}
		return nil
	})
}

// revoke takes the permission. Those to get there may serve another resource: they go with the
// service principal.
func (u *UCSecurable) revoke(w *Workspace, clientID string) error {
	n, err := u.name()
	if err != nil {
		return err
	}
	err = w.Metastore.Update(func(tx *metastore.Tx) error {
		return tx.Revoke(metastore.Grant{On: n, Principal: clientID, Privilege: metastore.Privilege(u.Permission)})
	})
	if errors.Is(err, metastore.ErrNotFound) {
		return nil
	}
	return err
}

func (u *UCSecurable) value(*Workspace) (string, error) {
	if u.Type == "VOLUME" {
		return "/Volumes/" + strings.ReplaceAll(u.FullName, ".", "/"), nil
	}
	return u.FullName, nil
}
