package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	permissionsPath = "/api/unitycatalog/catalogs/c/schemas/s/tables/t/permissions"
	effective       = "GET " + uc + "effective-permissions/table/c.s.t"
	scimMe          = "GET /api/2.0/preview/scim/v2/Me"
)

func withPermissions(answer http.HandlerFunc) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET " + uc + "tables/c.s.t": answerJSON(200, `{"name":"t","catalog_name":"c","schema_name":"s","owner":"owners","columns":[]}`),
		scimMe:                       answerJSON(200, `{"id":"1","userName":"ana@example.com","groups":[{"display":"analysts"}]}`),
		effective:                    answer,
	}
}

const someGrants = `{"privilege_assignments":[
	{"principal":"account users","privileges":[{"privilege":"USE_CATALOG","inherited_from_type":"CATALOG","inherited_from_name":"c"}]},
	{"principal":"Analysts","privileges":[{"privilege":"SELECT"},{"privilege":"USE_CATALOG"}]},
	{"principal":"ben@example.com","privileges":[{"privilege":"MODIFY","inherited_from_type":"SCHEMA","inherited_from_name":"c.s"}]}]}`

func TestPermissionsTellOwnOnesAndGrants(t *testing.T) {
	t.Parallel()
	u := newDatabricks(t, withPermissions(answerJSON(200, someGrants))).start(t, nil)
	w := request{path: permissionsPath}.do(t, u)
	want := `{"owner":"owners","principal":"ana@example.com","is_owner":false,"privileges":["SELECT","USE CATALOG"],"grants":[` +
		`{"principal":"account users","privilege":"USE CATALOG","inherited_from_name":"c","inherited_from_type":"CATALOG"},` +
		`{"principal":"Analysts","privilege":"SELECT"},{"principal":"Analysts","privilege":"USE CATALOG"},` +
		`{"principal":"ben@example.com","privilege":"MODIFY","inherited_from_name":"c.s","inherited_from_type":"SCHEMA"}]}`
	if diff := cmp.Diff(want, strings.TrimSpace(w.Body.String())); diff != "" || w.Code != 200 {
		t.Error(w.Code, diff)
	}
	page := fragment(t, u, fragments+"/permissions/c/s/t")
	all := text(page)
	for _, want := range []string{"Your privileges", "SELECT", "Ask owners, who owns the table, for more.", "this table", "ben@example.com"} {
		if !strings.Contains(all, want) {
			t.Errorf("the page lacks %q: %s", want, all)
		}
	}
	if got := links(page)["s"]; got != "/catalog/c/s" {
		t.Errorf("an inherited grant leads to %q", got)
	}
}

func TestOwnersAreKnownByTheirGroups(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, withPermissions(answerJSON(200, `{}`)))
	d.answers[scimMe] = answerJSON(200, `{"id":"1","userName":"ana@example.com","groups":[{"display":"owners"}]}`)
	u := d.start(t, nil)
	if page := text(fragment(t, u, fragments+"/permissions/c/s/t")); !strings.Contains(page, "OWNER") || strings.Contains(page, "for more") {
		t.Error(page)
	}
}

// Who may not know of others' grants still learns of their own.
func TestOwnPermissionsAreAskedForWhereAllAreRefused(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, withPermissions(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("principal") != "ana@example.com" {
			answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have MANAGE on Table 'c.s.t'."}`)(w, r)
			return
		}
		answerJSON(200, `{"privilege_assignments":[{"principal":"ana@example.com","privileges":[{"privilege":"SELECT"}]}]}`)(w, r)
	}))
	w := request{path: permissionsPath}.do(t, d.start(t, nil))
	if want := `"privileges":["SELECT"],"grants":[{"principal":"ana@example.com","privilege":"SELECT"}]`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestRefusedPermissionsAreSaidInPlainWords(t *testing.T) {
	t.Parallel()
	u := newDatabricks(t, withPermissions(answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have MANAGE on Table 'c.s.t'."}`))).start(t, nil)
	const plain = "This needs MANAGE on the table c.s.t, which you don't have. Ask its owner or an administrator of the workspace to grant it to you."
	if p := problemOf(t, request{path: permissionsPath}.do(t, u)); p.Status != 403 || p.Detail != plain {
		t.Errorf("%+v", p)
	}
	page := text(fragment(t, u, fragments+"/permissions/c/s/t"))
	for _, want := range []string{plain, "request-1", "owners owns the table"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
}

// A grant that was taken back is gone at once.
func TestPermissionsAreNotKept(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, withPermissions(answerJSON(200, someGrants)))
	u := d.start(t, nil)
	for range 2 {
		request{path: permissionsPath}.do(t, u)
	}
	if n := len(d.received(effective)); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}
