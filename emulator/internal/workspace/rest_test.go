package workspace

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/databricks/databricks-sdk-go/service/iam"
	databrickssql "github.com/databricks/databricks-sdk-go/service/sql"
	"github.com/google/go-cmp/cmp"
)

const uc = "/api/2.1/unity-catalog/"

// names collects a field of the items of a list.
func names(list object, key, field string) []string {
	var out []string
	items, _ := list[key].([]any)
	for _, item := range items {
		o, _ := item.(object)
		name, _ := o[field].(string)
		out = append(out, name)
	}
	return out
}

func TestListsHoldWhatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	for _, l := range []struct {
		user, path, key string
		query           object
		want            []string
	}{
		{ana, "catalogs", "catalogs", nil, []string{"main", "samples"}},
		{ben, "catalogs", "catalogs", nil, []string{"main", "samples"}},
		{cleo, "catalogs", "catalogs", nil, nil},
		{ana, "schemas", "schemas", object{"catalog_name": "samples"}, []string{"climate", "default", "economy", "geography", "politics", "science", "transport"}},
		{ben, "schemas", "schemas", object{"catalog_name": "SAMPLES"}, []string{"economy", "science", "transport"}},
		{ben, "tables", "tables", object{"catalog_name": "samples", "schema_name": "economy"}, []string{"country_indicators"}},
		{ana, "tables", "tables", object{"catalog_name": "samples", "schema_name": "economy"}, []string{"country_indicators", "unemployment", "wages"}},
		{ana, "tables", "tables", object{"catalog_name": "main", "schema_name": "default"}, nil},
	} {
		got, err := get(t, s.databricks(t, l.user), uc+l.path, l.query)
		if err != nil {
			t.Errorf("%s: %s: %v", l.user, l.path, err)
			continue
		}
		if diff := cmp.Diff(l.want, names(got, l.key, "name")); diff != "" {
			t.Errorf("%s: %s %v (-want +got):\n%s", l.user, l.path, l.query, diff)
		}
	}
}

func TestRefusalsOfTheCatalog(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	for _, r := range []struct {
		user, path string
		query      object
		status     int
		code       string
	}{
		{cleo, "catalogs/samples", nil, 403, "PERMISSION_DENIED"},
		{cleo, "schemas", object{"catalog_name": "samples"}, 403, "PERMISSION_DENIED"},
		{cleo, "tables/samples.science.penguins", nil, 403, "PERMISSION_DENIED"},
		{cleo, "tables/samples.science.nope", nil, 403, "PERMISSION_DENIED"},
		{ben, "schemas/samples.climate", nil, 403, "PERMISSION_DENIED"},
		{ben, "tables", object{"catalog_name": "samples", "schema_name": "climate"}, 403, "PERMISSION_DENIED"},
		{ben, "tables/samples.economy.wages", nil, 403, "PERMISSION_DENIED"},
		{ben, "effective-permissions/table/samples.economy.wages", nil, 403, "PERMISSION_DENIED"},
		{ana, "catalogs/nope", nil, 404, "CATALOG_DOES_NOT_EXIST"},
		{ana, "schemas/main.nope", nil, 404, "SCHEMA_DOES_NOT_EXIST"},
		{ana, "tables/main.default.nope", nil, 404, "TABLE_DOES_NOT_EXIST"},
		{ana, "tables/main.default", nil, 400, "INVALID_PARAMETER_VALUE"},
		{ana, "schemas", nil, 400, "INVALID_PARAMETER_VALUE"},
		{ana, "tables", object{"catalog_name": "main"}, 400, "INVALID_PARAMETER_VALUE"},
		{ana, "catalogs", object{"max_results": "-1"}, 400, "INVALID_PARAMETER_VALUE"},
		{ana, "catalogs", object{"page_token": "%%%"}, 400, "INVALID_PARAMETER_VALUE"},
		{ana, "permissions/volume/main.default.v", nil, 404, "VOLUME_DOES_NOT_EXIST"},
		{ana, "permissions/share/main", nil, 400, "INVALID_PARAMETER_VALUE"},
		{ana, "nope", nil, 404, "ENDPOINT_NOT_FOUND"},
	} {
		_, err := get(t, s.databricks(t, r.user), uc+r.path, r.query)
		if err == nil {
			t.Errorf("%s: %s %v was answered", r.user, r.path, r.query)
			continue
		}
		if e := apiError(t, err); e.StatusCode != r.status || e.ErrorCode != r.code {
			t.Errorf("%s: %s %v: %d %s, want %d %s", r.user, r.path, r.query, e.StatusCode, e.ErrorCode, r.status, r.code)
		}
	}
}

func TestTablesAreDescribedAsTheSDKReadsThem(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c := s.databricks(t, ana)

	sql(t, c, "CREATE TABLE main.samples.kinds (id BIGINT NOT NULL COMMENT 'key', price DECIMAL(10,2), tags ARRAY<STRING>, `a.b` STRUCT<x: INT>) COMMENT 'all' TBLPROPERTIES ('k' = 'v')")
	table, err := catalog.NewTables(c).GetByFullName(t.Context(), "MAIN.samples.kinds")
	if err != nil {
		t.Fatal(err)
	}
	if table.Owner != ana || table.Comment != "all" || table.Properties["k"] != "v" || table.TableType != catalog.TableTypeManaged || table.CreatedAt == 0 {
		t.Errorf("table %+v", table)
	}
	var got []string
	for _, column := range table.Columns {
		nullable := ""
		if !column.Nullable {
			nullable = " not null"
		}
		got = append(got, column.Name+" "+string(column.TypeName)+" "+column.TypeText+nullable)
	}
	want := []string{"id LONG bigint not null", "price DECIMAL decimal(10,2)", "tags ARRAY array<string>", "a.b STRUCT struct<x:int>"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	price := table.Columns[1]
	if price.TypePrecision != 10 || price.TypeScale != 2 || price.Position != 1 || table.Columns[0].Comment != "key" {
		t.Errorf("column %+v", price)
	}
	if want := `{"metadata":{"comment":"key"},"name":"id","nullable":false,"type":"long"}`; table.Columns[0].TypeJson != want {
		t.Errorf("type_json %s, want %s", table.Columns[0].TypeJson, want)
	}
}

func TestPagesJoinToTheWhole(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c := s.databricks(t, ana)
	for _, size := range []int{1, 2, 3, 100} {
		var got []string
		token := ""
		for {
			query := object{"catalog_name": "samples", "max_results": size}
			if token != "" {
				query["page_token"] = token
			}
			page, err := get(t, c, uc+"schemas", query)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, names(page, "schemas", "name")...)
			if token, _ = page["next_page_token"].(string); token == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"climate", "default", "economy", "geography", "politics", "science", "transport"}, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, diff)
		}
	}
	all, err := catalog.NewSchemas(c).ListAll(t.Context(), catalog.ListSchemasRequest{CatalogName: "samples"})
	if err != nil || len(all) != 7 {
		t.Errorf("the SDK's own paging: %d schemas, error %v", len(all), err)
	}
}

func TestGrantsOverREST(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	grants := catalog.NewGrants(s.databricks(t, ana))
	update := catalog.UpdatePermissions{SecurableType: "schema", FullName: "samples.climate", Changes: []catalog.PermissionsChange{{
		Principal: cleo, Add: []catalog.Privilege{catalog.PrivilegeUseSchema, catalog.PrivilegeSelect},
	}}}
	if _, err := grants.Update(t.Context(), update); err != nil {
		t.Fatal(err)
	}
	effective, err := get(t, s.databricks(t, ana), uc+"effective-permissions/table/samples.climate.daily_weather", object{"principal": cleo})
	if err != nil {
		t.Fatal(err)
	}
	want := object{"privilege_assignments": []any{object{"principal": cleo, "privileges": []any{
		object{"privilege": "USE_SCHEMA", "inherited_from_name": "samples.climate", "inherited_from_type": "SCHEMA"},
		object{"privilege": "SELECT", "inherited_from_name": "samples.climate", "inherited_from_type": "SCHEMA"},
	}}}}
	if diff := cmp.Diff(want, effective); diff != "" {
		t.Errorf("effective (-want +got):\n%s", diff)
	}
	own, err := get(t, s.databricks(t, ben), uc+"effective-permissions/table/samples.economy.country_indicators", nil)
	if err != nil || !cmp.Equal([]string{ben}, names(own, "privilege_assignments", "principal")) {
		t.Errorf("ben sees %v, error %v", own, err)
	}
	_, err = catalog.NewGrants(s.databricks(t, ben)).Update(t.Context(), update)
	if e := apiError(t, err); e.StatusCode != http.StatusForbidden {
		t.Errorf("grant by ben: status %d", e.StatusCode)
	}
	update.Changes[0].Principal = "nobody@example.com"
	_, err = grants.Update(t.Context(), update)
	if e := apiError(t, err); e.ErrorCode != "PRINCIPAL_DOES_NOT_EXIST" {
		t.Errorf("unknown principal: %s", e.ErrorCode)
	}
}

func TestWarehouses(t *testing.T) {
	t.Parallel()
	warehouses := databrickssql.NewWarehouses(serve(t, t.TempDir()).databricks(t, cleo))
	list, err := warehouses.ListAll(t.Context(), databrickssql.ListWarehousesRequest{})
	if err != nil || len(list) != 1 {
		t.Fatalf("warehouses %v, error %v", list, err)
	}
	one, err := warehouses.GetById(t.Context(), list[0].Id)
	if err != nil || one.State != databrickssql.StateRunning || one.Id != WarehouseID {
		t.Errorf("warehouse %+v, error %v", one, err)
	}
	if _, err := warehouses.GetById(t.Context(), "nope"); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("unknown warehouse: %v", err)
	}
}

func TestMeAndThePeople(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	me, err := iam.NewCurrentUser(s.databricks(t, ben)).Me(t.Context(), iam.MeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var groups []string
	for _, g := range me.Groups {
		groups = append(groups, g.Display)
	}
	if me.UserName != ben || me.Emails[0].Value != ben || !cmp.Equal([]string{"analysts", "users"}, groups) || !me.Active {
		t.Errorf("me: %+v", me)
	}
	found, err := get(t, s.databricks(t, ana), "/api/2.0/preview/scim/v2/Users", object{"filter": `userName eq "ben@example.com"`})
	if err != nil || !cmp.Equal([]string{ben}, names(found, "Resources", "userName")) {
		t.Errorf("users %v, error %v", found, err)
	}
	all, err := get(t, s.databricks(t, ana), "/api/2.0/preview/scim/v2/Groups", object{"startIndex": 2, "count": 1})
	if err != nil || !cmp.Equal([]string{"analysts"}, names(all, "Resources", "displayName")) {
		t.Errorf("groups %v, error %v", all, err)
	}
}

func TestTheAppSignsInByItsSecret(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	id, secret := s.Directory().AppCredentials()
	c, err := client.New(&config.Config{Host: s.url, ClientID: id, ClientSecret: secret, AuthType: "oauth-m2m", HTTPTransport: http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	me, err := iam.NewCurrentUser(c).Me(t.Context(), iam.MeRequest{})
	if err != nil || me.UserName != id {
		t.Fatalf("me %+v, error %v", me, err)
	}
	if got := sql(t, c, "SELECT current_user()").rows(); got != id {
		t.Errorf("current_user() is %s", got)
	}
	for name, form := range map[string]string{
		"wrong secret":     "grant_type=client_credentials&client_id=" + id + "&client_secret=x",
		"wrong grant type": "grant_type=password",
	} {
		status, body := post(t, s.url+"/oidc/v1/token", "application/x-www-form-urlencoded", form)
		if status != http.StatusUnauthorized && status != http.StatusBadRequest || !strings.Contains(body, `"error"`) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func post(t *testing.T, url, contentType, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	return do(t, request)
}

func TestTokensNeedTheScopeOfTheAPI(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	who, _ := s.Directory().User(ana)
	for _, p := range []struct{ path, scope string }{
		{"/api/2.0/sql/warehouses", "sql"},
		{uc + "catalogs", "catalog.catalogs:read"},
		{uc + "schemas?catalog_name=main", "catalog.schemas:read"},
		{uc + "tables?catalog_name=main&schema_name=default", "catalog.tables:read"},
		{uc + "effective-permissions/table/samples.science.penguins", "catalog.tables:read"},
		{"/api/2.0/preview/scim/v2/Me", "iam.current-user:read"},
	} {
		for _, scope := range []string{p.scope, "serving.serving-endpoints"} {
			token, _, err := s.Directory().Mint(who, []string{scope}, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			status, body := s.request(t, p.path, "Bearer "+token)
			if want := map[bool]int{true: 200, false: 403}[scope == p.scope]; status != want {
				t.Errorf("%s with scope %s: %d, want %d: %s", p.path, scope, status, want, body)
			}
		}
	}
}

// request gets a path with the value of the Authorization header.
func (s *served) request(t *testing.T, path, authorization string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	return do(t, request)
}

func TestCredentialsAreChecked(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	who, _ := s.Directory().User(ana)
	revoked, _, err := s.Directory().Mint(who, []string{"all-apis"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	s.Directory().Revoke(revoked)
	for authorization, want := range map[string]int{"": 401, "Basic eDp5": 401, "Bearer nope": 403, "Bearer " + revoked: 403, "Bearer": 401} {
		if got, body := s.request(t, "/api/2.0/preview/scim/v2/Me", authorization); got != want {
			t.Errorf("%q: %d, want %d: %s", authorization, got, want, body)
		}
	}
}

func TestRequestIDsAreEchoed(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	for sent, kept := range map[string]bool{"abc-1._X": true, "": false, "a b": false, strings.Repeat("x", 129): false, "x\"y": false} {
		request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, s.url+"/api/2.0/preview/scim/v2/Me", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Request-ID", sent)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("X-Request-ID"); (got == sent) != kept || got == "" {
			t.Errorf("sent %q, came back %q", sent, got)
		}
		if response.Header.Get("X-Databricks-Org-Id") != ID {
			t.Error("no workspace id in the answer")
		}
	}
}
