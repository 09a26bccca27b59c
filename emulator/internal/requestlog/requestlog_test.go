package requestlog

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/x?signature=hush1&page_token=kept&expires=5", nil)
	r.Header.Set("Authorization", "Bearer hush2")
	r.Header.Set("Cookie", "session=hush3")
	r.Header.Set("User-Agent", "cli/1.0")
	e := Describe(r, []byte(`{"statement":"SELECT :p","parameters":[{"name":"p","value":"hush4"}],"deep":{"client_secret":["hush5"]}}`))
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"SELECT :p", "page_token=kept", "cli/1.0", "Bearer ***", `"name":"p"`} {
		if !strings.Contains(string(data), kept) {
			t.Errorf("%q is missing in %s", kept, data)
		}
	}
	if strings.Contains(string(data), "hush") {
		t.Errorf("a secret in %s", data)
	}
}

func TestFormsAndLongBodiesAreNotKept(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/oidc/v1/token", nil)
	for _, body := range []string{"client_secret=x", `"` + strings.Repeat("x", MaxBody) + `"`} {
		if e := Describe(r, []byte(body)); e.Body != nil {
			t.Errorf("body %s", e.Body)
		}
	}
}

func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	var l Log
	for i := range maxEntries + 10 {
		l.Add(Entry{Status: i})
	}
	entries := l.Entries()
	if len(entries) != maxEntries || entries[0].Status != maxEntries+9 || entries[maxEntries-1].Status != 10 {
		t.Errorf("%d entries, from %d to %d", len(entries), entries[0].Status, entries[len(entries)-1].Status)
	}
}
