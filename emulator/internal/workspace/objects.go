package workspace

import (
	"errors"
	"log/slog"
	"strconv"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/secret"
)

// objects are what a workspace keeps beside its catalog.
type objects struct {
	permissions *acl.Store
	files       *files.Store
	secrets     *secret.Store
}

// openObjects opens what is kept in the state folder, and gives everybody what they have at first: a
// folder of their own, the shared one, and the use of the warehouse.
func openObjects(stateDir string, people *principal.Directory) (o objects, err error) {
	if o.permissions, err = acl.Open(stateDir); err != nil {
		return o, err
	}
	if o.secrets, err = secret.Open(stateDir); err != nil {
		return o, err
	}
	if o.files, err = files.Open(stateDir); err != nil {
		return o, err
	}
	err = errors.Join(
		o.first(acl.Object{Kind: acl.Warehouse, ID: WarehouseID}, principal.AllUsers, acl.CanUse),
		o.folder(files.Shared, principal.AllUsers),
	)
	for _, u := range people.Users() {
		err = errors.Join(err, o.folder(files.Home(u.UserName), u.UserName))
	}
	for _, p := range people.ServicePrincipals() {
		if p.MemberOf(principal.AllUsers) { // those of apps are not, and have no folder
			err = errors.Join(err, o.folder(files.Home(p.UserName), p.UserName))
		}
	}
	return o, err
}

// folder makes a folder that somebody manages.
func (o objects) folder(name, manager string) error {
	if _, err := o.files.Mkdirs(name); err != nil {
		return err
	}
	made, _ := o.files.Find(name)
	return o.first(acl.Object{Kind: acl.Directory, ID: strconv.FormatInt(made.ID, 10)}, manager, acl.CanManage)
}

// first gives a permission on an object unless there have been any.
func (o objects) first(on acl.Object, to string, level acl.Level) error {
	if o.permissions.Granted(on) {
		return nil
	}
	return o.permissions.Change(on, acl.Grants{to: level}, true)
}

// openApps opens the apps, if the workspace runs any.
func openApps(c Config, has apps.Workspace, log *slog.Logger) (*apps.Registry, error) {
	if c.Apps == nil {
		return nil, nil
	}
	config := *c.Apps
	given := config.Workspace
	has.URL, has.Trust, has.CAFile, has.DatabaseVariables = given.URL, given.Trust, given.CAFile, given.DatabaseVariables
	config.Workspace, config.StateDir, config.Logger = has, c.StateDir, log
	return apps.Open(config)
}
