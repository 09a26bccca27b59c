package workspace

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/databricks/databricks-sdk-go/service/iam"
	sdkworkspace "github.com/databricks/databricks-sdk-go/service/workspace"
	"github.com/google/go-cmp/cmp"
)

func TestFilesBySDK(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	ctx := t.Context()
	ws := sdkworkspace.NewWorkspace(s.databricks(t, ben))
	home := "/Users/" + ben
	must(t, ws.MkdirsByPath(ctx, home+"/a/b"))
	must(t, ws.Upload(ctx, home+"/a/b/x.txt", strings.NewReader("one"), sdkworkspace.UploadFormat(sdkworkspace.ImportFormatAuto)))
	must(t, ws.WriteFile(ctx, home+"/a/y", []byte("two")))
	must(t, ws.Import(ctx, sdkworkspace.Import{Path: home + "/a/z", Content: base64.StdEncoding.EncodeToString([]byte("three")), Format: sdkworkspace.ImportFormatAuto}))
	read, err := ws.ReadFile(ctx, "/Workspace"+home+"/a/y")
	if err != nil || string(read) != "two" {
		t.Errorf("read %q, %v", read, err)
	}
	exported, err := ws.Export(ctx, sdkworkspace.ExportRequest{Path: home + "/a/z", Format: sdkworkspace.ExportFormatAuto})
	if err != nil || exported.Content != base64.StdEncoding.EncodeToString([]byte("three")) {
		t.Errorf("exported %+v, %v", exported, err)
	}
	var paths []string
	all, err := ws.RecursiveList(ctx, home)
	must(t, err)
	for _, o := range all {
		paths = append(paths, o.Path)
	}
	if diff := cmp.Diff([]string{"/Workspace" + home + "/a/b/x.txt", "/Workspace" + home + "/a/y", "/Workspace" + home + "/a/z"}, paths, cmp.Transformer("sorted", sorted)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	status, err := ws.GetStatusByPath(ctx, home+"/a/y")
	must(t, err)
	if status.ObjectType != sdkworkspace.ObjectTypeFile || status.Size != 3 || status.ObjectId == 0 || status.CreatedAt == 0 || status.ResourceId == "" {
		t.Errorf("status %+v", status)
	}
	for name, tt := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"a path there is not":        {second(ws.GetStatusByPath(ctx, home+"/none")), 404, "RESOURCE_DOES_NOT_EXIST"},
		"a relative path":            {second(ws.GetStatusByPath(ctx, "x")), 400, "INVALID_PARAMETER_VALUE"},
		"a path that leaves":         {second(ws.GetStatusByPath(ctx, "/Users/../../etc")), 400, "INVALID_PARAMETER_VALUE"},
		"somebody's folder":          {second(ws.GetStatusByPath(ctx, "/Users/"+ana)), 404, "RESOURCE_DOES_NOT_EXIST"},
		"a folder of somebody's":     {ws.MkdirsByPath(ctx, "/Users/"+ana+"/x"), 404, "RESOURCE_DOES_NOT_EXIST"},
		"a folder beside the users'": {ws.MkdirsByPath(ctx, "/mine"), 404, "RESOURCE_DOES_NOT_EXIST"},
		"a folder over a file":       {ws.MkdirsByPath(ctx, home+"/a/y"), 400, "RESOURCE_ALREADY_EXISTS"},
		"a full folder":              {ws.Delete(ctx, sdkworkspace.Delete{Path: home + "/a"}), 400, "DIRECTORY_NOT_EMPTY"},
		"everybody's folder":         {ws.Delete(ctx, sdkworkspace.Delete{Path: "/Users", Recursive: true}), 403, "PERMISSION_DENIED"},
		"a file that is there":       {ws.Import(ctx, sdkworkspace.Import{Path: home + "/a/z", Content: "eA==", Format: sdkworkspace.ImportFormatAuto}), 409, "ALREADY_EXISTS"},
		"an archive":                 {ws.Import(ctx, sdkworkspace.Import{Path: home + "/a/n", Content: "eA==", Format: sdkworkspace.ImportFormatDbc}), 501, "NOT_IMPLEMENTED"},
		"an export of a folder":      {second(ws.Export(ctx, sdkworkspace.ExportRequest{Path: home})), 400, "BAD_REQUEST"},
	} {
		if e := apiError(t, tt.err); e.StatusCode != tt.status || e.ErrorCode != tt.code {
			t.Errorf("%s: %d %s %s, want %d %s", name, e.StatusCode, e.ErrorCode, e.Message, tt.status, tt.code)
		}
	}
	must(t, ws.Delete(ctx, sdkworkspace.Delete{Path: home + "/a", Recursive: true}))
	if list, err := ws.ListAll(ctx, sdkworkspace.ListWorkspaceRequest{Path: home}); err != nil || len(list) != 0 {
		t.Errorf("after its end: %+v, %v", list, err)
	}
}

func sorted(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}

// importFile uploads as the command line does.
func (s *served) importFile(t *testing.T, user, path string, content io.Reader) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/2.0/workspace-files/import-file"+path, content)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+s.personalToken(t, user))
	return do(t, req)
}

func TestFilesAsTheCommandLineUploadsThem(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir)
	name := "/Workspace/Users/ben%40example.com/a%20b.bin"
	content := bytes.Repeat([]byte{0, 1, 2, 255}, 10<<20)
	for step, tt := range []struct {
		path string
		want int
		says string
	}{
		{"/Workspace/Users/ben%40example.com/none/x?overwrite=true", http.StatusNotFound, "NOT_FOUND"},
		{name + "?overwrite=false", http.StatusOK, "{}"},
		{name + "?overwrite=false", http.StatusConflict, "ALREADY_EXISTS"},
		{name + "?overwrite=true", http.StatusOK, "{}"},
		{"/Workspace/Users/cleo%40example.com/x?overwrite=true", http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST"},
	} {
		if status, body := s.importFile(t, ben, tt.path, bytes.NewReader(content)); status != tt.want || !strings.Contains(body, tt.says) {
			t.Errorf("step %d: %d %s", step, status, body)
		}
	}
	for _, path := range []string{"/api/2.0/workspace-files" + name, "/api/2.0/workspace/export?direct_download=true&path=" + name} {
		status, body := s.request(t, path, "Bearer "+s.personalToken(t, ben))
		if status != http.StatusOK || body != string(content) {
			t.Errorf("%s: %d, %d bytes", path, status, len(body))
		}
	}
	// A file of this size doesn't fit into JSON's answer.
	if status, body := s.request(t, "/api/2.0/workspace/export?path="+name, "Bearer "+s.personalToken(t, ben)); status != http.StatusBadRequest {
		t.Errorf("%d %.100s", status, body)
	}
	_, requests := s.request(t, "/_emulator/requests?path=/api/2.0/workspace-files", "Bearer "+s.personalToken(t, ana))
	if !strings.Contains(requests, "import-file") || strings.Contains(requests, `"body"`) {
		t.Errorf("the request log: %.500s", requests)
	}
}

func TestFoldersAreSharedByPermissions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir)
	ctx := t.Context()
	bens, cleos := sdkworkspace.NewWorkspace(s.databricks(t, ben)), sdkworkspace.NewWorkspace(s.databricks(t, cleo))
	folder := "/Users/" + ben + "/shared"
	must(t, bens.MkdirsByPath(ctx, folder+"/deep"))
	must(t, bens.WriteFile(ctx, folder+"/deep/x", []byte("x")))
	status, err := bens.GetStatusByPath(ctx, folder)
	must(t, err)
	permissions := iam.NewPermissions(s.databricks(t, ben))
	got, err := permissions.Update(ctx, iam.UpdateObjectPermissions{
		RequestObjectType: "directories", RequestObjectId: status.ResourceId,
		AccessControlList: []iam.AccessControlRequest{{UserName: cleo, PermissionLevel: iam.PermissionLevelCanRead}},
	})
	must(t, err)
	levels := map[string]bool{}
	for _, a := range got.AccessControlList {
		levels[a.UserName+a.GroupName] = a.AllPermissions[0].Inherited
	}
	if diff := cmp.Diff(map[string]bool{ben: true, cleo: false, "admins": true}, levels); diff != "" {
		t.Errorf("who has permissions, inherited (-want +got):\n%s", diff)
	}
	if read, err := cleos.ReadFile(ctx, folder+"/deep/x"); err != nil || string(read) != "x" {
		t.Errorf("read %q, %v", read, err)
	}
	if err := cleos.WriteFile(ctx, folder+"/deep/x", []byte("y")); apiError(t, err).StatusCode != http.StatusForbidden {
		t.Errorf("cleo writes: %v", err)
	}
	_, err = permissions.Set(ctx, iam.SetObjectPermissions{
		RequestObjectType: "directories", RequestObjectId: status.ResourceId,
		AccessControlList: []iam.AccessControlRequest{{GroupName: "analysts", PermissionLevel: iam.PermissionLevelCanRead}},
	})
	must(t, err)
	if _, err := cleos.ReadFile(ctx, folder+"/deep/x"); err == nil {
		t.Error("cleo still reads")
	}
	for name, tt := range map[string]struct {
		kind, id string
		status   int
	}{
		"a file as a folder": {"files", status.ResourceId, 404},
		"no id":              {"directories", "x", 404},
		"no object":          {"directories", "1", 404},
		"no app":             {"apps", "none", 404},
		"another warehouse":  {"warehouses", "none", 404},
	} {
		if _, err := permissions.Get(ctx, iam.GetPermissionRequest{RequestObjectType: tt.kind, RequestObjectId: tt.id}); apiError(t, err).StatusCode != tt.status {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := iam.NewPermissions(s.databricks(t, cleo)).Get(ctx, iam.GetPermissionRequest{RequestObjectType: "warehouses", RequestObjectId: WarehouseID}); err != nil {
		t.Errorf("the warehouse, that everybody may use: %v", err)
	}
	if levels, err := permissions.GetPermissionLevels(ctx, iam.GetPermissionLevelsRequest{RequestObjectType: "sql/warehouses", RequestObjectId: WarehouseID}); err != nil || len(levels.PermissionLevels) != 5 {
		t.Errorf("levels %+v, %v", levels, err)
	}
}

func TestSecretsBySDK(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	ctx := t.Context()
	bens, cleos := sdkworkspace.NewSecrets(s.databricks(t, ben)), sdkworkspace.NewSecrets(s.databricks(t, cleo))
	must(t, bens.CreateScope(ctx, sdkworkspace.CreateScope{Scope: "shop"}))
	must(t, bens.PutSecret(ctx, sdkworkspace.PutSecret{Scope: "shop", Key: "a", StringValue: "hush-hush"}))
	must(t, bens.PutSecret(ctx, sdkworkspace.PutSecret{Scope: "shop", Key: "b", BytesValue: base64.StdEncoding.EncodeToString([]byte{0, 255})}))
	for key, want := range map[string]string{"a": "hush-hush", "b": "\x00\xff"} {
		got, err := bens.GetSecret(ctx, sdkworkspace.GetSecretRequest{Scope: "shop", Key: key})
		must(t, err)
		if value, err := base64.StdEncoding.DecodeString(got.Value); err != nil || string(value) != want {
			t.Errorf("%s: %q, %v", key, value, err)
		}
	}
	list, err := bens.ListSecretsAll(ctx, sdkworkspace.ListSecretsRequest{Scope: "shop"})
	if err != nil || len(list) != 2 || list[0].Key != "a" || list[0].LastUpdatedTimestamp == 0 {
		t.Errorf("secrets %+v, %v", list, err)
	}
	if scopes, err := cleos.ListScopesAll(ctx); err != nil || len(scopes) != 0 {
		t.Errorf("cleo sees scopes: %+v, %v", scopes, err)
	}
	if err := second(cleos.GetSecret(ctx, sdkworkspace.GetSecretRequest{Scope: "shop", Key: "a"})); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("cleo reads: %v", err)
	}
	must(t, bens.PutAcl(ctx, sdkworkspace.PutAcl{Scope: "shop", Principal: cleo, Permission: sdkworkspace.AclPermissionRead}))
	if _, err := cleos.GetSecret(ctx, sdkworkspace.GetSecretRequest{Scope: "shop", Key: "a"}); err != nil {
		t.Errorf("cleo may read: %v", err)
	}
	if acls, err := bens.ListAclsAll(ctx, sdkworkspace.ListAclsRequest{Scope: "shop"}); err != nil || len(acls) != 2 {
		t.Errorf("permissions %+v, %v", acls, err)
	}
	if acl, err := bens.GetAcl(ctx, sdkworkspace.GetAclRequest{Scope: "shop", Principal: cleo}); err != nil || acl.Permission != sdkworkspace.AclPermissionRead {
		t.Errorf("permission %+v, %v", acl, err)
	}
	for name, tt := range map[string]struct {
		err    error
		status int
	}{
		"cleo writes":               {cleos.PutSecret(ctx, sdkworkspace.PutSecret{Scope: "shop", Key: "a", StringValue: "x"}), 403},
		"cleo deletes":              {cleos.DeleteSecret(ctx, sdkworkspace.DeleteSecret{Scope: "shop", Key: "a"}), 403},
		"cleo deletes the scope":    {cleos.DeleteScope(ctx, sdkworkspace.DeleteScope{Scope: "shop"}), 403},
		"cleo sees who may":         {second(cleos.ListAclsAll(ctx, sdkworkspace.ListAclsRequest{Scope: "shop"})), 403},
		"cleo gives":                {cleos.PutAcl(ctx, sdkworkspace.PutAcl{Scope: "shop", Principal: cleo, Permission: "MANAGE"}), 403},
		"the scope twice":           {bens.CreateScope(ctx, sdkworkspace.CreateScope{Scope: "shop"}), 400},
		"a scope in a vault":        {bens.CreateScope(ctx, sdkworkspace.CreateScope{Scope: "x", ScopeBackendType: sdkworkspace.ScopeBackendTypeAzureKeyvault}), 501},
		"a scope managed by ben":    {bens.CreateScope(ctx, sdkworkspace.CreateScope{Scope: "x", InitialManagePrincipal: ben}), 400},
		"a secret there is not":     {second(bens.GetSecret(ctx, sdkworkspace.GetSecretRequest{Scope: "shop", Key: "x"})), 404},
		"a secret without value":    {bens.PutSecret(ctx, sdkworkspace.PutSecret{Scope: "shop", Key: "x"}), 400},
		"a permission there is not": {bens.PutAcl(ctx, sdkworkspace.PutAcl{Scope: "shop", Principal: cleo, Permission: "OWN"}), 400},
		"a permission of nobody":    {bens.PutAcl(ctx, sdkworkspace.PutAcl{Scope: "shop", Principal: "nobody", Permission: "READ"}), 404},
		"the end of no permission":  {bens.DeleteAcl(ctx, sdkworkspace.DeleteAcl{Scope: "shop", Principal: ana}), 404},
	} {
		if e := apiError(t, tt.err); e.StatusCode != tt.status {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	_, requests := s.request(t, "/_emulator/requests?path=/api/2.0/secrets", "Bearer "+s.personalToken(t, ana))
	if !strings.Contains(requests, "secrets/put") || strings.Contains(requests, "hush-hush") {
		t.Errorf("the request log: %.500s", requests)
	}
	must(t, errors.Join(
		bens.DeleteAcl(ctx, sdkworkspace.DeleteAcl{Scope: "shop", Principal: cleo}),
		bens.DeleteSecret(ctx, sdkworkspace.DeleteSecret{Scope: "shop", Key: "a"}),
		bens.DeleteScope(ctx, sdkworkspace.DeleteScope{Scope: "shop"}),
	))
	if scopes, err := bens.ListScopesAll(ctx); err != nil || len(scopes) != 0 {
		t.Errorf("scopes %+v, %v", scopes, err)
	}
}

func TestServicePrincipalsBySDK(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	api := iam.NewServicePrincipalsV2(s.databricks(t, ana))
	all, err := api.ListAll(t.Context(), iam.ListServicePrincipalsRequest{})
	must(t, err)
	if len(all) != 2 || all[1].DisplayName != "deployer" || all[1].ApplicationId == "" {
		t.Fatalf("service principals %+v", all)
	}
	found, err := api.ListAll(t.Context(), iam.ListServicePrincipalsRequest{Filter: `applicationId eq "` + all[1].ApplicationId + `"`})
	if err != nil || len(found) != 1 || found[0].Id != all[1].Id {
		t.Errorf("found %+v, %v", found, err)
	}
	got, err := api.Get(t.Context(), iam.GetServicePrincipalRequest{Id: all[1].Id})
	if err != nil || got.ApplicationId != all[1].ApplicationId {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := api.Get(t.Context(), iam.GetServicePrincipalRequest{Id: "1"}); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("nobody: %v", err)
	}
	// The deployer administers, by OAuth.
	me, err := iam.NewCurrentUser(s.as(t, all[1].ApplicationId)).Me(t.Context(), iam.MeRequest{})
	if err != nil || me.UserName != all[1].ApplicationId {
		t.Errorf("me %+v, %v", me, err)
	}
	if _, err := sdkworkspace.NewWorkspace(s.as(t, all[1].ApplicationId)).GetStatusByPath(t.Context(), "/Users/"+me.UserName); err != nil {
		t.Errorf("its folder: %v", err)
	}
}

func TestTelemetryOfTheCommandLineIsTaken(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	var answer object
	err := s.databricks(t, ben).Do(t.Context(), http.MethodPost, "/telemetry-ext", map[string]string{"Content-Type": "application/json"}, nil,
		object{"uploadTime": 1, "items": []string{}, "protoLogs": []string{"{}", "{}"}}, &answer)
	if err != nil || answer["numProtoSuccess"] != 2.0 {
		t.Errorf("%v, %v", answer, err)
	}
}
