package workspace

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/service/database"
	"github.com/databricks/databricks-sdk-go/service/postgres"
	"github.com/jackc/pgx/v5/pgconn"

	"corbel.example/emulator/internal/certificate"
	"corbel.example/emulator/internal/lakebase"
)

const (
	project  = "projects/corbel"
	branch   = project + "/branches/production"
	endpoint = branch + "/endpoints/primary"
)

// serveLakebase serves a workspace that has PostgreSQL.
func serveLakebase(t *testing.T, tokenLife time.Duration) *served {
	t.Helper()
	dir := t.TempDir()
	authority, err := certificate.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Loopback()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // binding a loopback port does not block
	if err != nil {
		t.Fatal(err)
	}
	own := appsConfig()
	own.Workspace.DatabaseVariables = func(user string) []string {
		return []string{"PGHOST=127.0.0.1", "PGUSER=" + user, "LAKEBASE_ENDPOINT=" + endpoint}
	}
	s := serveWith(t, Config{StateDir: dir, Lakebase: &lakebase.Config{Listener: l, Certificate: pair, TokenLife: tokenLife}, Apps: own})
	if err := s.Lakebase().Server().Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLakebase(t *testing.T) {
	t.Parallel()
	s := serveLakebase(t, 0)
	t.Run("APIs", func(t *testing.T) {
		for name, check := range map[string]func(*testing.T, *served){
			"credentials of both APIs log in":      checkCredentialsOfBothAPIsLogIn,
			"the app logs in with its own token":   checkTheAppLogsInWithItsOwnToken,
			"requests for credentials are checked": checkRequestsForCredentialsAreChecked,
			"projects, branches and endpoints":     checkProjectsBranchesAndEndpoints,
			"database instances":                   checkDatabaseInstances,
			"faults meet credentials too":          checkFaultsMeetCredentialsToo,
			"apps log in when they may":            checkAppsLogInWhenTheyMay,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				check(t, s)
			})
		}
	})
	t.Run("orders to PostgreSQL", func(t *testing.T) { checkOrders(t, s) })
}

// logIn logs in to PostgreSQL and asks who one is.
func (s *served) logIn(t *testing.T, user, token string) (who string, err error) {
	t.Helper()
	c, err := pgconn.ParseConfig("host=127.0.0.1 sslmode=require")
	if err != nil {
		t.Fatal(err)
	}
	address := s.Lakebase().Address()
	c.Host, c.Port, c.User, c.Password, c.Database = address.IP.String(), uint16(address.Port), user, token, "databricks_postgres"
	c.Fallbacks, c.RuntimeParams = nil, map[string]string{}
	conn, err := pgconn.ConnectConfig(t.Context(), c)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(t.Context()))) }()
	results, err := conn.Exec(t.Context(), "SELECT current_user").ReadAll()
	if err != nil {
		return "", err
	}
	return string(results[0].Rows[0][0]), nil
}

// loginCode is the SQLSTATE of a refused login; "" for one that was not.
func (s *served) loginCode(t *testing.T, user, token string) string {
	t.Helper()
	_, err := s.logIn(t, user, token)
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	if err != nil {
		t.Errorf("login: %v", err)
	}
	return ""
}

func checkProjectsBranchesAndEndpoints(t *testing.T, s *served) {
	t.Helper()
	api, ctx := postgres.NewPostgres(s.databricks(t, ben)), t.Context()
	projects, err := api.ListProjectsAll(ctx, postgres.ListProjectsRequest{})
	if err != nil || len(projects) != 1 || projects[0].Name != project || projects[0].Status.PgVersion < 15 || projects[0].Status.DefaultBranch != branch {
		t.Errorf("projects %+v, %v", projects, err)
	}
	if p, err := api.GetProject(ctx, postgres.GetProjectRequest{Name: project}); err != nil || p.Status.ProjectId != "corbel" || p.CreateTime.AsTime().IsZero() {
		t.Errorf("project %+v, %v", p, err)
	}
	branches, err := api.ListBranchesAll(ctx, postgres.ListBranchesRequest{Parent: project})
	if err != nil || len(branches) != 1 || branches[0].Name != branch || branches[0].Parent != project {
		t.Errorf("branches %+v, %v", branches, err)
	}
	if b, err := api.GetBranch(ctx, postgres.GetBranchRequest{Name: branch}); err != nil || !b.Status.Default || b.Status.CurrentState != postgres.BranchStatusStateReady {
		t.Errorf("branch %+v, %v", b, err)
	}
	endpoints, err := api.ListEndpointsAll(ctx, postgres.ListEndpointsRequest{Parent: branch})
	if err != nil || len(endpoints) != 1 || endpoints[0].Name != endpoint {
		t.Errorf("endpoints %+v, %v", endpoints, err)
	}
	e, err := api.GetEndpoint(ctx, postgres.GetEndpointRequest{Name: endpoint})
	if err != nil || e.Status.CurrentState != postgres.EndpointStatusStateActive || e.Status.Hosts.Host != "127.0.0.1" ||
		e.Status.EndpointType != postgres.EndpointTypeEndpointTypeReadWrite || e.Parent != branch {
		t.Errorf("endpoint %+v, %v", e, err)
	}
	databases, err := api.ListDatabasesAll(ctx, postgres.ListDatabasesRequest{Parent: branch})
	if err != nil || len(databases) != 1 || databases[0].Status.PostgresDatabase != "databricks_postgres" {
		t.Fatalf("databases %+v, %v", databases, err)
	}
	if d, err := api.GetDatabase(ctx, postgres.GetDatabaseRequest{Name: databases[0].Name}); err != nil || d.Name != databases[0].Name {
		t.Errorf("database %+v, %v", d, err)
	}
	roles, err := api.ListRolesAll(ctx, postgres.ListRolesRequest{Parent: branch})
	if err != nil || len(roles) != 4 || roles[0].Status.IdentityType != postgres.RoleIdentityTypeServicePrincipal || roles[0].Status.AuthMethod != postgres.RoleAuthMethodLakebaseOauthV1 {
		t.Errorf("roles %+v, %v", roles, err)
	}
	if r, err := api.GetRole(ctx, postgres.GetRoleRequest{Name: branch + "/roles/" + ben}); err != nil || r.Status.PostgresRole != ben {
		t.Errorf("role %+v, %v", r, err)
	}
	for _, name := range []string{"projects/x", "projects/corbel/branches/x", branch + "/endpoints/x", branch + "/databases/x", branch + "/roles/x", "projects/x/branches/production/endpoints"} {
		_, err := get(t, s.databricks(t, ben), "/api/2.0/postgres/"+name, nil)
		if e := apiError(t, err); e.StatusCode != http.StatusNotFound || e.ErrorCode != "NOT_FOUND" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func checkDatabaseInstances(t *testing.T, s *served) {
	t.Helper()
	api, ctx := database.NewDatabase(s.databricks(t, ben)), t.Context()
	list, err := api.ListDatabaseInstancesAll(ctx, database.ListDatabaseInstancesRequest{})
	if err != nil || len(list) != 1 || list[0].Name != "corbel" {
		t.Fatalf("instances %+v, %v", list, err)
	}
	got, err := api.GetDatabaseInstance(ctx, database.GetDatabaseInstanceRequest{Name: "corbel"})
	if err != nil || got.State != database.DatabaseInstanceStateAvailable || got.ReadWriteDns != "127.0.0.1" || got.PgVersion == "" || got.Uid != list[0].Uid {
		t.Errorf("instance %+v, %v", got, err)
	}
	if found, err := api.FindDatabaseInstanceByUid(ctx, database.FindDatabaseInstanceByUidRequest{Uid: got.Uid}); err != nil || found.Name != "corbel" {
		t.Errorf("by uid %+v, %v", found, err)
	}
	roles, err := api.ListDatabaseInstanceRolesAll(ctx, database.ListDatabaseInstanceRolesRequest{InstanceName: "corbel"})
	if err != nil || len(roles) != 4 {
		t.Errorf("roles %+v, %v", roles, err)
	}
	if r, err := api.GetDatabaseInstanceRole(ctx, database.GetDatabaseInstanceRoleRequest{InstanceName: "corbel", Name: ben}); err != nil || r.IdentityType != database.DatabaseInstanceRoleIdentityTypeUser {
		t.Errorf("role %+v, %v", r, err)
	}
	_, err = api.GetDatabaseInstance(ctx, database.GetDatabaseInstanceRequest{Name: "other"})
	if !errors.Is(err, apierr.ErrNotFound) {
		t.Errorf("another instance: %v", err)
	}
}

func checkOrders(t *testing.T, s *served) {
	t.Helper()
	personal := s.personalToken(t, ben)
	if _, err := s.logIn(t, ben, personal); err != nil {
		t.Fatal(err)
	}
	c := s.databricks(t, ana)
	order := func(name string) (status struct {
		State    string
		PID      int
		Sessions int
	},
	) {
		if err := c.Do(t.Context(), http.MethodPost, "/_emulator/postgres/"+name, nil, nil, nil, &status); err != nil {
			t.Fatal(err)
		}
		return status
	}
	instances := database.NewDatabase(c)
	for _, end := range []string{"stop", "kill"} {
		if got := order(end); got.State != "STOPPED" || got.PID != 0 {
			t.Errorf("%s: %+v", end, got)
		}
		if got := s.loginCode(t, ben, personal); got != "57P03" {
			t.Errorf("%s: login: %q", end, got)
		}
		if i, err := instances.GetDatabaseInstanceByName(t.Context(), "corbel"); err != nil || i.State != database.DatabaseInstanceStateStopped || !i.EffectiveStopped {
			t.Errorf("%s: instance %+v, %v", end, i, err)
		}
		if got := order("start"); got.State != "RUNNING" || got.PID == 0 {
			t.Errorf("start: %+v", got)
		}
		if got := s.loginCode(t, ben, personal); got != "" {
			t.Errorf("login after start: %s", got)
		}
	}
	err := s.databricks(t, ben).Do(t.Context(), http.MethodPost, "/_emulator/postgres/stop", nil, nil, nil, nil)
	if apiError(t, err).StatusCode != http.StatusForbidden {
		t.Errorf("ben stops it: %v", err)
	}
}

func checkFaultsMeetCredentialsToo(t *testing.T, s *served) {
	t.Helper()
	headers := map[string]string{"Content-Type": "application/json"}
	if err := s.databricks(t, ana).Do(t.Context(), http.MethodPost, "/_emulator/faults", headers, nil,
		object{"kind": "rate_limit", "retry_after": 1, "times": 1, "path": "/api/2.0/postgres/credentials"}, nil); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := postgres.NewPostgres(s.databricks(t, ben)).GenerateDatabaseCredential(t.Context(), postgres.GenerateDatabaseCredentialRequest{Endpoint: endpoint}); err != nil {
		t.Errorf("the SDK does not weather it: %v", err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("the fault did not come: %v", took)
	}
}

func TestTheWorkspaceDoesWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	// A server that can't be started holds up nothing.
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // binding a loopback port does not block
	if err != nil {
		t.Fatal(err)
	}
	authority, err := certificate.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Loopback()
	if err != nil {
		t.Fatal(err)
	}
	s := serveWith(t, Config{
		StateDir: dir, Lakebase: &lakebase.Config{Listener: l, Certificate: pair, Programs: t.TempDir()}, Logger: slog.New(slog.DiscardHandler),
	})
	if got := sql(t, s.databricks(t, ana), "SELECT 1").rows(); got != "1" {
		t.Errorf("rows %s", got)
	}
	if got := s.loginCode(t, ben, s.personalToken(t, ben)); got != "57P03" {
		t.Errorf("login: %q", got)
	}
	status, err := get(t, s.databricks(t, ana), "/_emulator/postgres", nil)
	if err != nil || status["state"] != "FAILED" || status["problem"] == "" {
		t.Errorf("status %v, %v", status, err)
	}

	without := serve(t, t.TempDir())
	_, err = get(t, without.databricks(t, ana), "/api/2.0/database/instances", nil)
	if e := apiError(t, err); e.ErrorCode != "ENDPOINT_NOT_FOUND" {
		t.Errorf("instances of a workspace that has none: %v", err)
	}
}
