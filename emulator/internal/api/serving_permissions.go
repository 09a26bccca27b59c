package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/serving"
)

const servingPermissionsPath = "/api/2.0/permissions/serving-endpoints/{id}"

func (s *server) routeServingPermissions(api func(string, []string, handler)) {
	api("GET "+servingPermissionsPath, scopeServing, s.getServingPermissions)
	api("GET "+servingPermissionsPath+"/permissionLevels", scopeServing, s.getServingPermissionLevels)
	api("PATCH "+servingPermissionsPath, scopeServing, s.changeServingPermissions(false))
	api("PUT "+servingPermissionsPath, scopeServing, s.changeServingPermissions(true))
}

// holder is somebody who has permissions; one of the fields is set.
type holder struct {
	UserName             string `json:"user_name,omitempty"`
	GroupName            string `json:"group_name,omitempty"`
	ServicePrincipalName string `json:"service_principal_name,omitempty"`
}

// kind tells which of the fields is set; "" for none or several.
func (h holder) kind() string {
	switch {
	case h.UserName != "" && h.GroupName+h.ServicePrincipalName == "":
		return "user"
	case h.GroupName != "" && h.UserName+h.ServicePrincipalName == "":
		return "group"
	case h.ServicePrincipalName != "" && h.UserName+h.GroupName == "":
		return "service principal"
	}
	return ""
}

// servingGrant is what somebody may do: one level when it is given, all when it is shown.
type servingGrant struct {
	holder
	PermissionLevel string              `json:"permission_level,omitempty"`
	AllPermissions  []servingPermission `json:"all_permissions,omitempty"`
}

type servingPermission struct {
	PermissionLevel string   `json:"permission_level"`
	Inherited       bool     `json:"inherited"`
	InheritedFrom   []string `json:"inherited_from_object,omitempty"`
}

// endpointByID returns the endpoint whose id is in the path, if the caller has the permission on it.
func (s *server) endpointByID(r *http.Request, need serving.Permission) (*serving.Endpoint, error) {
	id := r.PathValue("id")
	e, ok := s.Serving.ByID(id)
	if !ok {
		return nil, &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Inference endpoint with id " + id + " does not exist."}
	}
	if e.Permission(caller(r)) < need {
		return nil, denied("User does not have " + need.String() + " on serving endpoint '" + e.Name + "'.")
	}
	return e, nil
}

func (s *server) getServingPermissions(w http.ResponseWriter, r *http.Request) error {
	e, err := s.endpointByID(r, serving.CanView)
	if err != nil {
		return err
	}
	s.writeServingPermissions(w, e)
	return nil
}

func (s *server) writeServingPermissions(w http.ResponseWriter, e *serving.Endpoint) {
	list := []servingGrant{{
		holder:         holder{GroupName: principal.Admins},
		AllPermissions: []servingPermission{{serving.CanManage.String(), true, []string{"/serving-endpoints/"}}},
	}}
	grants := e.Grants()
	for _, name := range slices.Sorted(maps.Keys(grants)) {
		list = append(list, servingGrant{
			holder: s.holderOf(name), AllPermissions: []servingPermission{{PermissionLevel: grants[name].String()}},
		})
	}
	writeJSON(w, http.StatusOK, map[string]any{"object_id": "/serving-endpoints/" + e.ID, "object_type": "serving-endpoint", "access_control_list": list})
}

// holderOf names somebody in the field for their kind.
func (s *server) holderOf(name string) holder {
	if _, ok := s.Directory.ServicePrincipalNamed(name); ok {
		return holder{ServicePrincipalName: name}
	}
	if _, ok := s.Directory.User(name); ok {
		return holder{UserName: name}
	}
	return holder{GroupName: name}
}

func (s *server) getServingPermissionLevels(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.endpointByID(r, serving.CanView); err != nil {
		return err
	}
	descriptions := map[serving.Permission]string{
		serving.CanView: "Can view the endpoint", serving.CanQuery: "Can view and query the endpoint", serving.CanManage: "Can manage the endpoint",
	}
	type level struct {
		PermissionLevel string `json:"permission_level"`
		Description     string `json:"description"`
	}
	levels := []level{}
	for _, p := range serving.Permissions() {
		levels = append(levels, level{p.String(), descriptions[p]})
	}
	writeJSON(w, http.StatusOK, map[string]any{"permission_levels": levels})
	return nil
}

// changeServingPermissions gives permissions, beside those that there are or instead of them.
func (s *server) changeServingPermissions(instead bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e, err := s.endpointByID(r, serving.CanManage)
		if err != nil {
			return err
		}
		var order struct {
			List []servingGrant `json:"access_control_list"`
		}
		if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
			return malformed(err)
		}
		grants := map[string]serving.Permission{}
		for _, g := range order.List {
			level, ok := serving.ParsePermission(g.PermissionLevel)
			if !ok {
				return invalid("permission_level must be one of %v, not %q.", serving.Permissions(), g.PermissionLevel)
			}
			given := g.UserName + g.GroupName + g.ServicePrincipalName
			name, ok := s.Directory.Known(given)
			if !ok || s.holderOf(name) != g.holder {
				return unknownPrincipal(given)
			}
			grants[name] = level
		}
		e.Grant(grants, instead)
		s.writeServingPermissions(w, e)
		return nil
	}
}
