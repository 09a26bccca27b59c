package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

func TestFragmentAlone(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/a/b", htmlOf("<p>x<script>alert(1)</script>")).
		on("/f/away", func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
			w.Header().Set("Location", "/catalog/main")
			w.WriteHeader(http.StatusFound)
			return nil
		})
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "one", Path: "/f/{catalog}"}, plugin.Fragment{ID: "away", Primary: true}))
	serve := func(id, query string, header ...string) (*httptest.ResponseRecorder, error) {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/_fragment/catalog/"+id+query, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return w, c.ServeFragment(w, r, "catalog", id, exchange())
	}
	if w, err := serve("one", "?catalog=a%2Fb"); err != nil || w.Body.String() != "<p>x</p>" || w.Code != http.StatusOK {
		t.Errorf("fragment: %d %q, %v", w.Code, w.Body, err)
	}
	for _, test := range []struct {
		id, query, accept, want string
		status                  int
		kind                    fault.Kind
	}{
		{id: "one", accept: "*/*", status: http.StatusBadRequest, want: "The address lacks the parameter"},
		{id: "one", accept: "application/json", kind: fault.Invalid},
		{id: "nothing", accept: "text/html", status: http.StatusNotFound, want: "There is no such fragment."},
		{id: "nothing", accept: "application/problem+json", kind: fault.NotFound},
		{id: "away", status: http.StatusBadGateway, want: "No usable answer"},
	} {
		w, err := serve(test.id, test.query, "Accept", test.accept)
		if test.status == 0 {
			if f := fault.From(err); f == nil || f.Kind != test.kind || w.Body.Len() > 0 {
				t.Errorf("%+v: %v with %d bytes", test, err, w.Body.Len())
			}
			continue
		}
		body := w.Body.String()
		if err != nil || w.Code != test.status || !strings.HasPrefix(body, "<databricks-banner") || !strings.Contains(body, test.want) || !strings.Contains(body, "r-42") {
			t.Errorf("%+v: %d %q, %v", test, w.Code, body, err)
		}
	}
}

func TestFragmentCannotLeaveItsPlugin(t *testing.T) {
	t.Parallel()
	other := mount.Mounted{
		Manifest: plugin.Manifest{Name: "other", Routes: []plugin.Route{{Method: "GET", Pattern: "/f/x/secret"}}},
		Backend:  new(backend).on("/f/x/secret", htmlOf("<p>secret</p>")), State: mount.Ready,
	}
	m := catalog(new(backend), plugin.Fragment{ID: "one", Path: "/f/x/{what}"})
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/_fragment/catalog/one?what=secret", nil)
	if err := composer(t, Limits{}, m, other).ServeFragment(w, r, "catalog", "one", exchange()); err != nil || w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") && !strings.Contains(w.Body.String(), "what=secret") {
		t.Errorf("fragment reached another plugin: %v, %q", err, w.Body)
	}
}
