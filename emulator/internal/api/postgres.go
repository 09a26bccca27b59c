package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/postgres"
	"corbel.example/emulator/internal/principal"
)

// Lakebase's API of projects, branches and endpoints: there is one of each.
// https://docs.databricks.com/api/workspace/postgres

const (
	postgresPath = "/api/2.0/postgres"

	// A credential can be asked to live so long.
	minCredentialLife = 5 * time.Minute
	maxCredentialLife = time.Hour
)

var scopePostgres = []string{"postgres"}

// postgresResource is what every kind of resource has.
type postgresResource struct {
	Name       string `json:"name"`
	Parent     string `json:"parent,omitempty"`
	CreateTime string `json:"create_time"`
	UpdateTime string `json:"update_time"`
	Spec       any    `json:"spec,omitempty"`
	Status     any    `json:"status"`
}

func (s *server) resource(name string, spec, status any) postgresResource {
	created := s.Lakebase.Server().Created().Format(time.RFC3339)
	r := postgresResource{Name: name, CreateTime: created, UpdateTime: created, Spec: spec, Status: status}
	if parts := strings.Split(name, "/"); len(parts) > 2 {
		r.Parent = strings.Join(parts[:len(parts)-2], "/")
	}
	return r
}

func (s *server) routePostgres(api func(string, []string, handler)) {
	get := func(pattern string, h handler) { api("GET "+postgresPath+"/"+pattern, scopePostgres, h) }
	const branches = "projects/{project}/branches"
	const branch = branches + "/{branch}"
	get("projects", s.listProjects)
	get("projects/{project}", s.getProject)
	get(branches, s.listBranches)
	get(branch, s.getBranch)
	get(branch+"/endpoints", s.listEndpoints)
	get(branch+"/endpoints/{endpoint}", s.getEndpoint)
	get(branch+"/databases", s.listDatabases)
	get(branch+"/databases/{database}", s.getDatabase)
	get(branch+"/roles", s.listRoles)
	get(branch+"/roles/{role}", s.getRole)
	api("POST "+postgresPath+"/credentials", scopePostgres, s.createPostgresCredential)
}

// checkPath checks that the path's resources are the ones there are.
func checkPath(r *http.Request) error {
	for _, known := range []struct{ variable, id string }{
		{"project", lakebase.Project}, {"branch", lakebase.Branch}, {"endpoint", lakebase.Endpoint}, {"database", lakebase.DatabaseID},
	} {
		if id := r.PathValue(known.variable); id != "" && id != known.id {
			return unknownResource(known.variable, id)
		}
	}
	return nil
}

func unknownResource(kind, id string) *Error {
	return &Error{http.StatusNotFound, "NOT_FOUND", kind + " id not found: " + id}
}

// one answers with a resource, and oneOf with a list that holds nothing else.
func one(w http.ResponseWriter, r *http.Request, resource postgresResource) error {
	if err := checkPath(r); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, resource)
	return nil
}

func oneOf(w http.ResponseWriter, r *http.Request, kind string, resources ...postgresResource) error {
	if err := checkPath(r); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{kind: resources})
	return nil
}

func (s *server) listProjects(w http.ResponseWriter, r *http.Request) error {
	return oneOf(w, r, "projects", s.project())
}

func (s *server) getProject(w http.ResponseWriter, r *http.Request) error {
	return one(w, r, s.project())
}

func (s *server) listBranches(w http.ResponseWriter, r *http.Request) error {
	return oneOf(w, r, "branches", s.branch())
}

func (s *server) getBranch(w http.ResponseWriter, r *http.Request) error {
	return one(w, r, s.branch())
}

func (s *server) listEndpoints(w http.ResponseWriter, r *http.Request) error {
	return oneOf(w, r, "endpoints", s.endpoint())
}

func (s *server) getEndpoint(w http.ResponseWriter, r *http.Request) error {
	return one(w, r, s.endpoint())
}

func (s *server) listDatabases(w http.ResponseWriter, r *http.Request) error {
	return oneOf(w, r, "databases", s.database())
}

func (s *server) getDatabase(w http.ResponseWriter, r *http.Request) error {
	return one(w, r, s.database())
}

func (s *server) listRoles(w http.ResponseWriter, r *http.Request) error {
	list := []postgresResource{}
	for _, p := range s.lakebasePrincipals() {
		list = append(list, s.role(p))
	}
	return oneOf(w, r, "roles", list...)
}

func (s *server) getRole(w http.ResponseWriter, r *http.Request) error {
	for _, p := range s.lakebasePrincipals() {
		if p.UserName == r.PathValue("role") {
			return one(w, r, s.role(p))
		}
	}
	return unknownResource("role", r.PathValue("role"))
}

func identityType(p principal.Principal) string {
	if p.Kind == principal.ServicePrincipal {
		return "SERVICE_PRINCIPAL"
	}
	return "USER"
}

// lakebasePrincipals are those who have a role.
func (s *server) lakebasePrincipals() []principal.Principal {
	return append([]principal.Principal{s.Directory.App()}, s.Directory.Users()...)
}

func (s *server) project() postgresResource {
	status := map[string]any{
		"project_id": lakebase.Project, "display_name": "Corbel", "default_branch": lakebase.BranchName, "owner": s.Directory.Users()[0].UserName,
	}
	if major := s.Lakebase.Major(); major != 0 {
		status["pg_version"] = major
	}
	return s.resource(lakebase.ProjectName, map[string]any{"display_name": "Corbel"}, status)
}

func (s *server) branch() postgresResource {
	return s.resource(lakebase.BranchName, nil, map[string]any{"branch_id": lakebase.Branch, "current_state": "READY", "default": true})
}

// endpoint describes the endpoint. The API has no place for a port: here it isn't 5432.
func (s *server) endpoint() postgresResource {
	const readWrite = "ENDPOINT_TYPE_READ_WRITE"
	status := s.Lakebase.Server().Status()
	state := map[postgres.State]string{postgres.Starting: "INIT", postgres.Running: "ACTIVE", postgres.Stopped: "IDLE", postgres.Failed: "DEGRADED"}[status.State]
	return s.resource(lakebase.EndpointName, map[string]any{"endpoint_type": readWrite}, map[string]any{
		"endpoint_id": lakebase.Endpoint, "endpoint_type": readWrite, "current_state": state, "disabled": status.State == postgres.Stopped,
		"hosts": map[string]string{"host": s.Lakebase.Address().IP.String()},
	})
}

func (s *server) database() postgresResource {
	return s.resource(lakebase.BranchName+"/databases/"+lakebase.DatabaseID, nil,
		map[string]any{"database_id": lakebase.DatabaseID, "postgres_database": postgres.Database})
}

func (s *server) role(p principal.Principal) postgresResource {
	return s.resource(lakebase.BranchName+"/roles/"+p.UserName, nil, map[string]any{
		"role_id": p.UserName, "postgres_role": p.UserName, "identity_type": identityType(p), "auth_method": "LAKEBASE_OAUTH_V1",
	})
}

type postgresCredentialRequest struct {
	Endpoint   string          `json:"endpoint"`
	TTL        string          `json:"ttl"`
	ExpireTime *time.Time      `json:"expire_time"`
	Claims     json.RawMessage `json:"claims"`
}

// life returns how long the credential is to live; 0 when nothing was asked for.
func (c postgresCredentialRequest) life(now time.Time) (time.Duration, error) {
	var life time.Duration
	switch {
	case c.TTL != "" && c.ExpireTime != nil:
		return 0, invalid("ttl and expire_time exclude each other.")
	case c.ExpireTime != nil:
		life = c.ExpireTime.Sub(now).Round(time.Second)
	case c.TTL != "":
		var err error
		if life, err = time.ParseDuration(c.TTL); err != nil || !strings.HasSuffix(c.TTL, "s") {
			return 0, invalid("ttl must be a number of seconds such as \"3600s\", not %q.", c.TTL)
		}
	default:
		return 0, nil
	}
	if life < minCredentialLife || life > maxCredentialLife {
		return 0, invalid("A credential can live from %v to %v.", minCredentialLife, maxCredentialLife)
	}
	return life, nil
}

func (s *server) createPostgresCredential(w http.ResponseWriter, r *http.Request) error {
	var body postgresCredentialRequest
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	switch {
	case body.Endpoint == "":
		return invalid("endpoint is required: projects/{project_id}/branches/{branch_id}/endpoints/{endpoint_id}.")
	case body.Endpoint != lakebase.EndpointName:
		return unknownResource("endpoint", body.Endpoint)
	case len(body.Claims) > 0:
		return unserved("Credentials with claims are not served.")
	}
	life, err := body.life(time.Now())
	if err != nil {
		return err
	}
	token, expires, err := s.Lakebase.Credential(caller(r), life)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"token": token, "expire_time": expires.UTC().Format(time.RFC3339Nano)})
	return nil
}
