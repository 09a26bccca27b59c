package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/principal"
)

// Permissions on apps, folders, files and warehouses: https://docs.databricks.com/api/workspace/permissions

func (s *server) routeObjectPermissions(mux func(string, handler)) {
	for _, kind := range acl.Kinds() {
		scopes := map[string][]string{acl.App.Type: scopeApps, acl.Warehouse.Type: scopeSQL}[kind.Type]
		if scopes == nil {
			scopes = scopeWorkspace
		}
		paths := []string{kind.Type}
		if kind.Type == acl.Warehouse.Type {
			paths = append(paths, "sql/warehouses") // its older name
		}
		for _, path := range paths {
			path = "/api/2.0/permissions/" + path + "/{id}"
			mux("GET "+path, s.authorized(scopes, s.getObjectPermissions(kind)))
			mux("GET "+path+"/permissionLevels", s.authorized(scopes, s.getObjectPermissionLevels(kind)))
			mux("PATCH "+path, s.authorized(scopes, s.changeObjectPermissions(kind, false)))
			mux("PUT "+path, s.authorized(scopes, s.changeObjectPermissions(kind, true)))
		}
	}
}

// objectGrant is what somebody may do: one level when it is given, all when it is shown.
type objectGrant struct {
	holder
	PermissionLevel acl.Level          `json:"permission_level,omitempty"`
	DisplayName     string             `json:"display_name,omitempty"`
	AllPermissions  []objectPermission `json:"all_permissions,omitempty"`
}

type objectPermission struct {
	PermissionLevel acl.Level `json:"permission_level"`
	Inherited       bool      `json:"inherited"`
	InheritedFrom   []string  `json:"inherited_from_object,omitempty"`
}

// permitted is an object with those that it inherits permissions from, the nearest first.
type permitted struct {
	acl.Object
	above []acl.Object
}

// permittedObject finds the object of the path, if the caller has the permission on it. Objects
// on which the caller has none don't exist.
func (s *server) permittedObject(r *http.Request, kind acl.Kind, need acl.Level) (permitted, error) {
	id := r.PathValue("id")
	o := permitted{Object: acl.Object{Kind: kind, ID: id}}
	there := false
	switch kind.Type {
	case acl.App.Type:
		if s.Apps != nil {
			_, there = s.Apps.Find(id)
		}
	case acl.Warehouse.Type:
		there = id == s.Warehouse.ID
	default:
		number, err := strconv.ParseInt(id, 10, 64)
		found, ok := s.Files.ByID(number)
		if there = err == nil && ok && found.Directory == (kind.Type == acl.Directory.Type); there {
			o.above = s.foldersAbove(found)
		}
	}
	chain := append([]acl.Object{o.Object}, o.above...)
	if !there || !s.Permissions.Allows(caller(r), kind.Levels[0], chain...) {
		return o, &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", kind.Object + " " + id + " does not exist."}
	}
	if !s.Permissions.Allows(caller(r), need, chain...) {
		return o, denied(caller(r).UserName + " does not have " + string(need) + " permissions on " + kind.Object + " " + id + ".")
	}
	return o, nil
}

func (s *server) foldersAbove(o files.Object) []acl.Object {
	var above []acl.Object
	for _, name := range files.Ancestors(o.Path) {
		if folder, ok := s.Files.Find(name); ok {
			above = append(above, aclObject(folder))
		}
	}
	return above
}

func (s *server) getObjectPermissions(kind acl.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := s.permittedObject(r, kind, kind.Levels[0])
		if err != nil {
			return err
		}
		s.writeObjectPermissions(w, o)
		return nil
	}
}

func (s *server) writeObjectPermissions(w http.ResponseWriter, o permitted) {
	held := map[string][]objectPermission{principal.Admins: {{acl.CanManage, true, []string{"/" + o.Kind.Type + "/"}}}}
	for name, level := range s.Permissions.Grants(o.Object) {
		held[name] = append(held[name], objectPermission{PermissionLevel: level})
	}
	for _, folder := range o.above {
		for name, level := range s.Permissions.Grants(folder) {
			held[name] = append(held[name], objectPermission{level, true, []string{"/" + folder.Kind.Type + "/" + folder.ID}})
		}
	}
	list := []objectGrant{}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		list = append(list, objectGrant{holder: s.holderOf(name), DisplayName: s.displayName(name), AllPermissions: held[name]})
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"object_id": "/" + o.Kind.Type + "/" + o.ID, "object_type": o.Kind.Object, "access_control_list": list,
	})
}

func (s *server) displayName(name string) string {
	if p, ok := s.Directory.ServicePrincipalNamed(name); ok {
		return p.DisplayName
	}
	u, _ := s.Directory.User(name)
	return u.DisplayName // groups have none
}

var levelDescriptions = map[acl.Level]string{
	acl.CanUse: "Can use", acl.CanRead: "Can read", "CAN_RUN": "Can run", acl.CanEdit: "Can edit", acl.CanManage: "Can manage",
	"CAN_VIEW": "Can view", "CAN_MONITOR": "Can monitor", "IS_OWNER": "Is owner",
}

func (s *server) getObjectPermissionLevels(kind acl.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := s.permittedObject(r, kind, kind.Levels[0]); err != nil {
			return err
		}
		type description struct {
			PermissionLevel acl.Level `json:"permission_level"`
			Description     string    `json:"description"`
		}
		list := []description{}
		for _, l := range kind.Levels {
			list = append(list, description{l, levelDescriptions[l]})
		}
		writeJSON(w, http.StatusOK, map[string]any{"permission_levels": list})
		return nil
	}
}

// changeObjectPermissions gives permissions, beside those that there are or instead of them.
func (s *server) changeObjectPermissions(kind acl.Kind, instead bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		o, err := s.permittedObject(r, kind, acl.CanManage)
		if err != nil {
			return err
		}
		var order struct {
			List []objectGrant `json:"access_control_list"`
		}
		if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
			return malformed(err)
		}
		grants := acl.Grants{}
		for _, g := range order.List {
			if !kind.Has(g.PermissionLevel) {
				return invalid("permission_level of %s must be one of %v, not %q.", kind.Object, kind.Levels, g.PermissionLevel)
			}
			given := g.UserName + g.GroupName + g.ServicePrincipalName
			name, ok := s.Directory.Known(given)
			if !ok || s.holderOf(name).kind() != g.kind() {
				return unknownPrincipal(given)
			}
			grants[name] = g.PermissionLevel
		}
		if instead {
			s.keepResourceGrants(o.Object, grants)
		}
		if err := s.Permissions.Change(o.Object, grants, instead); err != nil {
			return err
		}
		s.writeObjectPermissions(w, o)
		return nil
	}
}

// keepResourceGrants adds what apps have on a warehouse by their resources.
func (s *server) keepResourceGrants(o acl.Object, grants acl.Grants) {
	if s.Apps == nil || o.Kind.Type != acl.Warehouse.Type {
		return
	}
	had := s.Permissions.Grants(o)
	for _, a := range s.Apps.List() {
		if level, ok := had[a.ClientID]; ok && grants[a.ClientID] == "" && usesWarehouse(a, o.ID) {
			grants[a.ClientID] = level
		}
	}
}

func usesWarehouse(a apps.View, id string) bool {
	return slices.ContainsFunc(a.Resources, func(r apps.Resource) bool { return r.SQLWarehouse != nil && r.SQLWarehouse.ID == id })
}
