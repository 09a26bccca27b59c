package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/postgres"
	"corbel.example/emulator/internal/principal"
)

// Lakebase's older API of provisioned instances. The one instance is what the newer one calls
// the endpoint.
// https://docs.databricks.com/api/workspace/database

const databasePath = "/api/2.0/database"

var scopeDatabase = []string{"postgres", "database"}

type databaseInstance struct {
	Name               string `json:"name"`
	UID                string `json:"uid"`
	State              string `json:"state"`
	Capacity           string `json:"capacity"`
	EffectiveCapacity  string `json:"effective_capacity"`
	CreationTime       string `json:"creation_time"`
	Creator            string `json:"creator"`
	PGVersion          string `json:"pg_version,omitempty"`
	ReadWriteDNS       string `json:"read_write_dns"`
	EffectiveNodeCount int    `json:"effective_node_count"`
	EffectiveStopped   bool   `json:"effective_stopped"`
}

type instanceRole struct {
	Name         string `json:"name"`
	InstanceName string `json:"instance_name"`
	IdentityType string `json:"identity_type"`
}

func (s *server) routeDatabase(api func(string, []string, handler)) {
	const instances = databasePath + "/instances"
	api("GET "+instances, scopeDatabase, s.listInstances)
	api("GET "+instances+":findByUid", scopeDatabase, s.findInstance)
	api("GET "+instances+"/{name}", scopeDatabase, s.getInstance)
	api("GET "+instances+"/{name}/roles", scopeDatabase, s.listInstanceRoles)
	api("GET "+instances+"/{name}/roles/{role}", scopeDatabase, s.getInstanceRole)
	api("POST "+databasePath+"/credentials", scopeDatabase, s.createDatabaseCredential)
}

// instance describes the one instance.
func (s *server) instance() databaseInstance {
	status := s.Lakebase.Server().Status()
	state := map[postgres.State]string{
		postgres.Starting: "STARTING", postgres.Running: "AVAILABLE", postgres.Stopped: "STOPPED", postgres.Failed: "FAILING_OVER",
	}[status.State]
	return databaseInstance{
		Name: lakebase.Instance, UID: s.instanceUID(), State: state, Capacity: "CU_1", EffectiveCapacity: "CU_1",
		CreationTime: s.Lakebase.Server().Created().Format(time.RFC3339), Creator: s.Directory.Users()[0].UserName,
		PGVersion: s.Lakebase.PGVersion(), ReadWriteDNS: s.Lakebase.Address().IP.String(), EffectiveNodeCount: 1,
		EffectiveStopped: status.State == postgres.Stopped,
	}
}

// instanceUID is the same as long as the workspace's data lives.
func (s *server) instanceUID() string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(s.WorkspaceID+lakebase.Instance+s.Lakebase.Server().Created().String())).String()
}

func unknownInstance(name string) *Error {
	return &Error{http.StatusNotFound, "NOT_FOUND", "Database instance '" + name + "' not found."}
}

func checkInstance(r *http.Request) error {
	if name := r.PathValue("name"); name != lakebase.Instance {
		return unknownInstance(name)
	}
	return nil
}

func (s *server) listInstances(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"database_instances": []databaseInstance{s.instance()}})
	return nil
}

func (s *server) getInstance(w http.ResponseWriter, r *http.Request) error {
	if err := checkInstance(r); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.instance())
	return nil
}

func (s *server) findInstance(w http.ResponseWriter, r *http.Request) error {
	if uid := r.URL.Query().Get("uid"); uid != s.instanceUID() {
		return unknownInstance(uid)
	}
	writeJSON(w, http.StatusOK, s.instance())
	return nil
}

func instanceRoleOf(p principal.Principal) instanceRole {
	return instanceRole{Name: p.UserName, InstanceName: lakebase.Instance, IdentityType: identityType(p)}
}

func (s *server) listInstanceRoles(w http.ResponseWriter, r *http.Request) error {
	if err := checkInstance(r); err != nil {
		return err
	}
	list := []instanceRole{}
	for _, p := range s.lakebasePrincipals() {
		list = append(list, instanceRoleOf(p))
	}
	writeJSON(w, http.StatusOK, map[string]any{"database_instance_roles": list})
	return nil
}

func (s *server) getInstanceRole(w http.ResponseWriter, r *http.Request) error {
	if err := checkInstance(r); err != nil {
		return err
	}
	for _, p := range s.lakebasePrincipals() {
		if p.UserName == r.PathValue("role") {
			writeJSON(w, http.StatusOK, instanceRoleOf(p))
			return nil
		}
	}
	return unknownResource("role", r.PathValue("role"))
}

func (s *server) createDatabaseCredential(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		InstanceNames []string        `json:"instance_names"`
		RequestID     string          `json:"request_id"`
		Claims        json.RawMessage `json:"claims"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	if len(body.Claims) > 0 {
		return unserved("Credentials with claims are not served.")
	}
	if len(body.InstanceNames) == 0 {
		return invalid("instance_names must name an instance at least.")
	}
	if i := slices.IndexFunc(body.InstanceNames, func(name string) bool { return name != lakebase.Instance }); i >= 0 {
		return unknownInstance(body.InstanceNames[i])
	}
	token, expires, err := s.Lakebase.Credential(caller(r), 0)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"token": token, "expiration_time": expires.UTC().Format(time.RFC3339Nano)})
	return nil
}
