package api

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"corbel.example/emulator/internal/secret"
)

// Secrets: https://docs.databricks.com/api/workspace/secrets

const secretsPath = "/api/2.0/secrets"

var scopeSecrets = []string{"secrets"}

func (s *server) routeSecrets(api func(string, []string, handler)) {
	get := func(path string, h handler) { api("GET "+secretsPath+path, scopeSecrets, h) }
	post := func(path string, h func(http.ResponseWriter, *http.Request, *secretOrder) error) {
		api("POST "+secretsPath+path, scopeSecrets, func(w http.ResponseWriter, r *http.Request) error {
			var order secretOrder
			if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
				return malformed(err)
			}
			if err := h(w, r, &order); err != nil {
				return fromSecrets(order.Scope, order.Key, err)
			}
			writeJSON(w, http.StatusOK, struct{}{})
			return nil
		})
	}
	get("/scopes/list", s.listScopes)
	post("/scopes/create", s.createScope)
	post("/scopes/delete", s.deleteScope)
	get("/list", s.listSecrets)
	get("/get", s.getSecret)
	post("/put", s.putSecret)
	post("/delete", s.deleteSecret)
	get("/acls/list", s.listSecretACLs)
	get("/acls/get", s.getSecretACL)
	post("/acls/put", s.putSecretACL)
	post("/acls/delete", s.deleteSecretACL)
}

// secretOrder is the body of every order: each has some of the fields.
type secretOrder struct {
	Scope                  string            `json:"scope"`
	InitialManagePrincipal string            `json:"initial_manage_principal"`
	ScopeBackendType       string            `json:"scope_backend_type"`
	Key                    string            `json:"key"`
	StringValue            *string           `json:"string_value"`
	BytesValue             []byte            `json:"bytes_value"`
	Principal              string            `json:"principal"`
	Permission             secret.Permission `json:"permission"`
}

// fromSecrets turns the errors of package secret into answers.
func fromSecrets(scope, key string, err error) error {
	switch {
	case errors.Is(err, secret.ErrNoScope):
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Scope " + scope + " does not exist!"}
	case errors.Is(err, secret.ErrNoSecret):
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Secret does not exist with scope: " + scope + " and key: " + key}
	case errors.Is(err, secret.ErrNoACL):
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "The principal has no permission on scope " + scope + "."}
	case errors.Is(err, secret.ErrExists):
		return &Error{http.StatusBadRequest, "RESOURCE_ALREADY_EXISTS", "Scope " + scope + " already exists!"}
	case errors.Is(err, secret.ErrTooMany):
		return &Error{http.StatusBadRequest, "RESOURCE_LIMIT_EXCEEDED", err.Error()}
	case errors.Is(err, secret.ErrName), errors.Is(err, secret.ErrTooLarge):
		return invalid("%s", err)
	}
	return err
}

// needSecrets asks for a permission on a scope. Scopes that the caller may not read don't exist.
func (s *server) needSecrets(r *http.Request, need secret.Permission, scope string) error {
	p := caller(r)
	if !s.Secrets.Allows(p, secret.Read, scope) {
		return fromSecrets(scope, "", secret.ErrNoScope)
	}
	if !s.Secrets.Allows(p, need, scope) {
		return denied("User " + p.UserName + " does not have " + string(need) + " permission on scope " + scope)
	}
	return nil
}

func (s *server) listScopes(w http.ResponseWriter, r *http.Request) error {
	type scope struct {
		Name        string `json:"name"`
		BackendType string `json:"backend_type"`
	}
	list := []scope{}
	for _, name := range s.Secrets.Scopes() {
		if s.Secrets.Allows(caller(r), secret.Read, name) {
			list = append(list, scope{name, "DATABRICKS"})
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"scopes": list})
	return nil
}

func (s *server) createScope(_ http.ResponseWriter, r *http.Request, o *secretOrder) error {
	if o.ScopeBackendType != "" && o.ScopeBackendType != "DATABRICKS" {
		return unserved("Scopes of the type %s are not served.", o.ScopeBackendType)
	}
	manager := caller(r).UserName
	if o.InitialManagePrincipal != "" {
		if o.InitialManagePrincipal != "users" {
			return invalid("initial_manage_principal can only be 'users'.")
		}
		manager = o.InitialManagePrincipal
	}
	return s.Secrets.CreateScope(o.Scope, manager)
}

func (s *server) deleteScope(_ http.ResponseWriter, r *http.Request, o *secretOrder) error {
	if err := s.needSecrets(r, secret.Manage, o.Scope); err != nil {
		return err
	}
	return s.Secrets.DeleteScope(o.Scope)
}

func (s *server) listSecrets(w http.ResponseWriter, r *http.Request) error {
	scope := r.URL.Query().Get("scope")
	if err := s.needSecrets(r, secret.Read, scope); err != nil {
		return err
	}
	found, err := s.Secrets.List(scope)
	if err != nil {
		return fromSecrets(scope, "", err)
	}
	type metadata struct {
		Key         string `json:"key"`
		LastUpdated int64  `json:"last_updated_timestamp"`
	}
	list := []metadata{}
	for _, l := range found {
		list = append(list, metadata{l.Key, l.Updated.UnixMilli()})
	}
	writeJSON(w, http.StatusOK, map[string]any{"secrets": list})
	return nil
}

func (s *server) getSecret(w http.ResponseWriter, r *http.Request) error {
	scope, key := r.URL.Query().Get("scope"), r.URL.Query().Get("key")
	if err := s.needSecrets(r, secret.Read, scope); err != nil {
		return err
	}
	found, err := s.Secrets.Get(scope, key)
	if err != nil {
		return fromSecrets(scope, key, err)
	}
	writeJSON(w, http.StatusOK, map[string]any{"key": key, "value": found.Value}) // bytes become Base64
	return nil
}

func (s *server) putSecret(_ http.ResponseWriter, r *http.Request, o *secretOrder) error {
	if err := s.needSecrets(r, secret.Write, o.Scope); err != nil {
		return err
	}
	switch {
	case (o.StringValue == nil) == (o.BytesValue == nil):
		return invalid("Exactly one of string_value and bytes_value must be given.")
	case o.StringValue != nil:
		return s.Secrets.Put(o.Scope, o.Key, []byte(*o.StringValue))
	}
	return s.Secrets.Put(o.Scope, o.Key, o.BytesValue)
}

func (s *server) deleteSecret(_ http.ResponseWriter, r *http.Request, o *secretOrder) error {
	if err := s.needSecrets(r, secret.Write, o.Scope); err != nil {
		return err
	}
	return s.Secrets.Delete(o.Scope, o.Key)
}

type secretACL struct {
	Principal  string            `json:"principal"`
	Permission secret.Permission `json:"permission"`
}

func (s *server) listSecretACLs(w http.ResponseWriter, r *http.Request) error {
	scope := r.URL.Query().Get("scope")
	if err := s.needSecrets(r, secret.Manage, scope); err != nil {
		return err
	}
	found, err := s.Secrets.ACL(scope)
	if err != nil {
		return fromSecrets(scope, "", err)
	}
	list := []secretACL{}
	for _, who := range slices.Sorted(maps.Keys(found)) {
		list = append(list, secretACL{who, found[who]})
	}
	writeJSON(w, http.StatusOK, map[string]any{"items": list})
	return nil
}

func (s *server) getSecretACL(w http.ResponseWriter, r *http.Request) error {
	scope, who := r.URL.Query().Get("scope"), r.URL.Query().Get("principal")
	if err := s.needSecrets(r, secret.Manage, scope); err != nil {
		return err
	}
	found, err := s.Secrets.ACL(scope)
	permission, ok := found[who]
	if err == nil && !ok {
		err = secret.ErrNoACL
	}
	if err != nil {
		return fromSecrets(scope, "", err)
	}
	writeJSON(w, http.StatusOK, secretACL{who, permission})
	return nil
}

func (s *server) putSecretACL(_ http.ResponseWriter, r *http.Request, o *secretOrder) error {
	if err := s.needSecrets(r, secret.Manage, o.Scope); err != nil {
		return err
	}
	if !o.Permission.Valid() {
		return invalid("permission must be READ, WRITE or MANAGE, not %q.", o.Permission)
	}
	who, ok := s.Directory.Known(o.Principal)
	if !ok {
		return unknownPrincipal(o.Principal)
	}
	return s.Secrets.PutACL(o.Scope, who, o.Permission)
}

func (s *server) deleteSecretACL(_ http.ResponseWriter, r *http.Request, o *secretOrder) error {
	if err := s.needSecrets(r, secret.Manage, o.Scope); err != nil {
		return err
	}
	return s.Secrets.DeleteACL(o.Scope, o.Principal)
}
