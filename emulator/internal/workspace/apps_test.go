package workspace

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	sdkapps "github.com/databricks/databricks-sdk-go/service/apps"
	"github.com/databricks/databricks-sdk-go/service/postgres"
	databrickssql "github.com/databricks/databricks-sdk-go/service/sql"
	sdkworkspace "github.com/databricks/databricks-sdk-go/service/workspace"
	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/apps/appstest"
)

func appsConfig() *apps.Config {
	return &apps.Config{
		SessionKey: bytes.Repeat([]byte("k"), 32), StopTimeout: 5 * time.Second,
		Workspace: apps.Workspace{DatabaseVariables: func(string) []string { return nil }},
	}
}

func serveApps(t *testing.T) *served {
	t.Helper()
	return serveWith(t, Config{StateDir: t.TempDir(), Apps: appsConfig()})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// uploadApp uploads the app for tests into the user's folder.
func (s *served) uploadApp(t *testing.T, user string) (folder string) {
	t.Helper()
	program, err := appstest.Program()
	must(t, err)
	folder = "/Workspace/Users/" + user + "/shop"
	ws := sdkworkspace.NewWorkspace(s.databricks(t, user))
	must(t, ws.MkdirsByPath(t.Context(), folder))
	must(t, ws.WriteFile(t.Context(), folder+"/tiny", program))
	must(t, ws.WriteFile(t.Context(), folder+"/app.yaml", []byte("command: [sh, -c, 'chmod +x tiny && exec ./tiny serves']\nenv:\n- name: WAREHOUSE\n  valueFrom: wh\n")))
	return folder
}

// as is the SDK's client of a service principal, by OAuth.
func (s *served) as(t *testing.T, clientID string) *client.DatabricksClient {
	t.Helper()
	secret, _ := s.Directory().ClientSecret(clientID)
	c, err := client.New(&config.Config{Host: s.url, ClientID: clientID, ClientSecret: secret, AuthType: "oauth-m2m", RateLimitPerSecond: 10_000, HTTPTransport: http.DefaultTransport})
	must(t, err)
	return c
}

func (s *served) visit(t *testing.T, url, user string) appstest.Seen {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+s.personalToken(t, user))
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	var seen appstest.Seen
	if err := json.Unmarshal(body, &seen); err != nil {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	return seen
}

// done waits for the end of what a call began.
func done[T any](w interface{ Get() (*T, error) }, err error) func(*testing.T) *T {
	return func(t *testing.T) *T {
		t.Helper()
		must(t, err)
		result, err := w.Get()
		must(t, err)
		return result
	}
}

func TestAppsBySDK(t *testing.T) {
	t.Parallel()
	s := serveApps(t)
	ctx := t.Context()
	folder := s.uploadApp(t, ana)
	api := sdkapps.NewApps(s.databricks(t, ana))
	made := done(api.Create(ctx, sdkapps.CreateAppRequest{App: sdkapps.App{
		Name: "shop", Description: "A shop", UserApiScopes: []string{"sql"},
		Resources: []sdkapps.AppResource{{Name: "wh", SqlWarehouse: &sdkapps.AppResourceSqlWarehouse{Id: WarehouseID, Permission: sdkapps.AppResourceSqlWarehouseSqlWarehousePermissionCanUse}}},
	}}))(t)
	if made.ComputeStatus.State != sdkapps.ComputeStateActive || made.AppStatus.State != sdkapps.ApplicationStateUnavailable || made.ServicePrincipalClientId == "" ||
		made.ServicePrincipalId == 0 || made.Creator != ana || made.Id == "" || made.Url == "" || !slices.Contains(made.EffectiveUserApiScopes, "iam.current-user:read") {
		t.Errorf("made %+v", made)
	}
	deployed := done(api.Deploy(ctx, sdkapps.CreateAppDeploymentRequest{AppName: "shop", AppDeployment: sdkapps.AppDeployment{SourceCodePath: folder, Mode: sdkapps.AppDeploymentModeSnapshot}}))(t)
	got, err := api.GetByName(ctx, "shop")
	must(t, err)
	if got.ActiveDeployment == nil || got.ActiveDeployment.DeploymentId != deployed.DeploymentId || got.AppStatus.State != sdkapps.ApplicationStateRunning || got.PendingDeployment != nil {
		t.Errorf("got %+v", got)
	}
	seen := s.visit(t, got.Url, ana)
	if !slices.Contains(seen.Environ, "WAREHOUSE="+WarehouseID) || !slices.Contains(seen.Environ, "DATABRICKS_HOST="+s.url) {
		t.Errorf("environment %q", seen.Environ)
	}
	list, err := api.ListAll(ctx, sdkapps.ListAppsRequest{PageSize: 1})
	must(t, err)
	deployments, err := api.ListDeploymentsAll(ctx, sdkapps.ListAppDeploymentsRequest{AppName: "shop"})
	must(t, err)
	if len(list) != 1 || len(deployments) != 1 || deployments[0].Status.State != sdkapps.AppDeploymentStateSucceeded {
		t.Errorf("apps %+v, deployments %+v", list, deployments)
	}
	updated, err := api.Update(ctx, sdkapps.UpdateAppRequest{Name: "shop", App: sdkapps.App{Name: "shop", Description: "Another"}})
	must(t, err)
	if updated.Description != "Another" || len(updated.Resources) != 1 || len(updated.UserApiScopes) != 1 {
		t.Errorf("updated %+v", updated)
	}
	masked := done(api.CreateUpdate(ctx, sdkapps.AsyncUpdateAppRequest{AppName: "shop", UpdateMask: "description,resources", App: &sdkapps.App{Name: "shop", Description: "By mask"}}))(t)
	if masked.Description != "By mask" || len(masked.Resources) != 0 || len(masked.UserApiScopes) != 1 {
		t.Errorf("updated by mask %+v", masked)
	}
	stopped := done(api.Stop(ctx, sdkapps.StopAppRequest{Name: "shop"}))(t)
	if stopped.ComputeStatus.State != sdkapps.ComputeStateStopped {
		t.Errorf("stopped %+v", stopped.ComputeStatus)
	}
	_, err = api.DeleteByName(ctx, "shop")
	must(t, err)
	if _, err := api.GetByName(ctx, "shop"); apiError(t, err).ErrorCode != "RESOURCE_DOES_NOT_EXIST" {
		t.Errorf("after its end: %v", err)
	}
}

func TestAnAppsServicePrincipalMayDoWhatItsResourcesSay(t *testing.T) {
	t.Parallel()
	s := serveApps(t)
	ctx := t.Context()
	api := sdkapps.NewApps(s.databricks(t, ana))
	made, err := api.Create(ctx, sdkapps.CreateAppRequest{App: sdkapps.App{Name: "shop"}})
	must(t, err)
	own := s.as(t, made.Response.ServicePrincipalClientId)
	ask := func(statement string) string {
		a, err := execute(ctx, own, statement, nil)
		if err != nil {
			return apiError(t, err).ErrorCode
		}
		return a.Status.State + a.Status.Error.ErrorCode
	}
	list, err := databrickssql.NewWarehouses(own).ListAll(ctx, databrickssql.ListWarehousesRequest{})
	must(t, err)
	if len(list) != 0 || ask("SELECT 1") != "PERMISSION_DENIED" {
		t.Errorf("without resources: %v, %s", list, ask("SELECT 1"))
	}
	if _, err := sdkworkspace.NewWorkspace(own).GetStatusByPath(ctx, "/Users/"+ana); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("it sees files: %v", err)
	}
	if _, err := s.request(t, "/serving-endpoints/penguin-mass/invocations", ""); err == "" {
		t.Error("a model answers without a token")
	}
	_, err = api.Update(ctx, sdkapps.UpdateAppRequest{Name: "shop", App: sdkapps.App{Name: "shop", Resources: []sdkapps.AppResource{
		{Name: "wh", SqlWarehouse: &sdkapps.AppResourceSqlWarehouse{Id: WarehouseID, Permission: sdkapps.AppResourceSqlWarehouseSqlWarehousePermissionCanUse}},
		{Name: "penguins", UcSecurable: &sdkapps.AppResourceUcSecurable{
			SecurableFullName: "samples.science.penguins", SecurableType: sdkapps.AppResourceUcSecurableUcSecurableTypeTable,
			Permission: sdkapps.AppResourceUcSecurableUcSecurablePermissionSelect,
		}},
	}}})
	must(t, err)
	if got := ask("SELECT count(*) FROM samples.science.penguins"); got != "SUCCEEDED" {
		t.Errorf("the table it has: %s", got)
	}
	if got := ask("SELECT count(*) FROM samples.science.iris"); !strings.HasPrefix(got, "FAILED") {
		t.Errorf("a table it has not: %s", got)
	}
}

func TestAppsOfOthers(t *testing.T) {
	t.Parallel()
	s := serveApps(t)
	ctx := t.Context()
	folder := s.uploadApp(t, ana)
	_, err := sdkapps.NewApps(s.databricks(t, ben)).Create(ctx, sdkapps.CreateAppRequest{App: sdkapps.App{Name: "bens"}})
	must(t, err)
	theirs := sdkapps.NewApps(s.databricks(t, cleo))
	if _, err := theirs.GetByName(ctx, "bens"); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("cleo sees it: %v", err)
	}
	bens := sdkapps.NewApps(s.databricks(t, ben))
	permissions, err := bens.SetPermissions(ctx, sdkapps.AppPermissionsRequest{AppName: "bens", AccessControlList: []sdkapps.AppAccessControlRequest{
		{UserName: ben, PermissionLevel: sdkapps.AppPermissionLevelCanManage}, {UserName: cleo, PermissionLevel: sdkapps.AppPermissionLevelCanUse},
	}})
	must(t, err)
	held := map[string]string{}
	for _, a := range permissions.AccessControlList {
		held[a.UserName+a.GroupName] = string(a.AllPermissions[0].PermissionLevel)
	}
	if diff := cmp.Diff(map[string]string{ben: "CAN_MANAGE", cleo: "CAN_USE", "admins": "CAN_MANAGE"}, held); diff != "" || permissions.ObjectId != "/apps/bens" {
		t.Errorf("permissions of %s (-want +got):\n%s", permissions.ObjectId, diff)
	}
	if _, err := theirs.GetByName(ctx, "bens"); err != nil {
		t.Errorf("cleo may use it: %v", err)
	}
	for name, err := range map[string]error{
		"stops it":                 second(theirs.Stop(ctx, sdkapps.StopAppRequest{Name: "bens"})),
		"deletes it":               second(theirs.DeleteByName(ctx, "bens")),
		"deploys to it":            second(theirs.Deploy(ctx, sdkapps.CreateAppDeploymentRequest{AppName: "bens"})),
		"gives herself permission": second(theirs.UpdatePermissions(ctx, sdkapps.AppPermissionsRequest{AppName: "bens", AccessControlList: []sdkapps.AppAccessControlRequest{{UserName: cleo, PermissionLevel: sdkapps.AppPermissionLevelCanManage}}})),
	} {
		if e := apiError(t, err); e.StatusCode != http.StatusForbidden {
			t.Errorf("cleo %s: %v", name, err)
		}
	}
	if _, err := bens.Deploy(ctx, sdkapps.CreateAppDeploymentRequest{AppName: "bens", AppDeployment: sdkapps.AppDeployment{SourceCodePath: folder}}); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("ben deploys files that he can't read: %v", err)
	}
	refused := func(change sdkapps.AppAccessControlRequest) string {
		_, err := bens.UpdatePermissions(ctx, sdkapps.AppPermissionsRequest{AppName: "bens", AccessControlList: []sdkapps.AppAccessControlRequest{change}})
		e := apiError(t, err)
		return e.ErrorCode
	}
	if got := refused(sdkapps.AppAccessControlRequest{UserName: cleo, PermissionLevel: "CAN_VIEW"}); got != "INVALID_PARAMETER_VALUE" {
		t.Errorf("a permission there is not: %s", got)
	}
	if got := refused(sdkapps.AppAccessControlRequest{UserName: "nobody", PermissionLevel: "CAN_USE"}); got != "PRINCIPAL_DOES_NOT_EXIST" {
		t.Errorf("nobody: %s", got)
	}
	levels, err := bens.GetPermissionLevelsByAppName(ctx, "bens")
	if err != nil || len(levels.PermissionLevels) != 2 {
		t.Errorf("levels %+v, %v", levels, err)
	}
}

func TestOrdersForAppsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := serveApps(t)
	c := s.databricks(t, ana)
	post := func(path string, body object) error {
		return c.Do(t.Context(), http.MethodPost, "/api/2.0/apps"+path, map[string]string{"Content-Type": "application/json"}, nil, body, nil)
	}
	must(t, post("", object{"name": "shop"}))
	for name, tt := range map[string]struct {
		path   string
		body   object
		status int
		code   string
	}{
		"a bad name":             {"", object{"name": "Shop!"}, 400, "INVALID_PARAMETER_VALUE"},
		"a name that is taken":   {"", object{"name": "shop"}, 409, "RESOURCE_ALREADY_EXISTS"},
		"a Git repository":       {"", object{"name": "other", "git_repository": object{"url": "x"}}, 501, "NOT_IMPLEMENTED"},
		"an app there is not":    {"/none/start", object{}, 404, "RESOURCE_DOES_NOT_EXIST"},
		"an unknown permission":  {"", object{"name": "other", "resources": []object{{"name": "wh", "sql_warehouse": object{"id": WarehouseID, "permission": "CAN_FLY"}}}}, 400, "INVALID_PARAMETER_VALUE"},
		"an update of nothing":   {"/shop/update", object{"app": object{}}, 400, "INVALID_PARAMETER_VALUE"},
		"a Git deployment":       {"/shop/deployments", object{"git_source": object{"branch": "x"}}, 501, "NOT_IMPLEMENTED"},
		"a deployment of none":   {"/shop/deployments", object{"source_code_path": "/Users/" + ana + "/none"}, 404, "RESOURCE_DOES_NOT_EXIST"},
		"a command that is text": {"/shop/deployments", object{"command": "x"}, 400, "MALFORMED_REQUEST"},
	} {
		if e := apiError(t, post(tt.path, tt.body)); e.StatusCode != tt.status || e.ErrorCode != tt.code {
			t.Errorf("%s: %d %s %s", name, e.StatusCode, e.ErrorCode, e.Message)
		}
	}
	for _, page := range []string{"page_size=-1", "page_token=x"} {
		if _, err := get(t, c, "/api/2.0/apps?"+page, nil); apiError(t, err).StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %v", page, err)
		}
	}
	user, _ := s.Directory().User(ana)
	narrow, _, err := s.Directory().Mint(user, []string{"sql"}, time.Hour)
	must(t, err)
	for _, path := range []string{"/api/2.0/apps", "/api/2.0/workspace/list?path=/", "/api/2.0/secrets/scopes/list", "/api/2.0/permissions/apps/shop"} {
		if status, _ := s.request(t, path, "Bearer "+narrow); status != http.StatusForbidden {
			t.Errorf("%s with a token of scope sql: %d", path, status)
		}
	}
}

func checkAppsLogInWhenTheyMay(t *testing.T, s *served) {
	t.Helper()
	ctx := t.Context()
	api := sdkapps.NewApps(s.databricks(t, ana))
	made, err := api.Create(ctx, sdkapps.CreateAppRequest{App: sdkapps.App{Name: "shop"}})
	must(t, err)
	id := made.Response.ServicePrincipalClientId
	token := func() string {
		c, err := postgres.NewPostgres(s.as(t, id)).GenerateDatabaseCredential(ctx, postgres.GenerateDatabaseCredentialRequest{Endpoint: endpoint})
		must(t, err)
		return c.Token
	}
	if got := s.loginCode(t, id, token()); got != "28P01" {
		t.Errorf("without the resource: %q", got)
	}
	with := func(resources ...sdkapps.AppResource) {
		done(api.CreateUpdate(ctx, sdkapps.AsyncUpdateAppRequest{AppName: "shop", UpdateMask: "resources", App: &sdkapps.App{Name: "shop", Resources: resources}}))(t)
	}
	with(sdkapps.AppResource{Name: "db", Postgres: &sdkapps.AppResourcePostgres{
		Branch: branch, Database: branch + "/databases/databricks-postgres", Permission: sdkapps.AppResourcePostgresPostgresPermissionCanConnectAndCreate,
	}})
	if who, err := s.logIn(t, id, token()); err != nil || who != id {
		t.Errorf("logged in as %q, %v", who, err)
	}
	folder := s.uploadApp(t, ana)
	done(api.Deploy(ctx, sdkapps.CreateAppDeploymentRequest{AppName: "shop", AppDeployment: sdkapps.AppDeployment{
		SourceCodePath: folder, EnvVars: []sdkapps.EnvVar{{Name: "LAKEBASE_ENDPOINT", ValueFrom: "db"}, {Name: "WAREHOUSE", Value: "none"}},
	}}))(t)
	seen := s.visit(t, made.Response.Url, ana)
	for _, want := range []string{"PGHOST=127.0.0.1", "PGUSER=" + id, "PGAPPNAME=shop", "LAKEBASE_ENDPOINT=" + endpoint} {
		if !slices.Contains(seen.Environ, want) {
			t.Errorf("the environment lacks %s: %q", want, seen.Environ)
		}
	}
	with()
	if got := s.loginCode(t, id, token()); got != "28P01" {
		t.Errorf("after the resource is gone: %q", got)
	}
}
