package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/plugin"
)

func TestNewUsersAreShownWhereToBegin(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/card", htmlOf("<h2>card</h2>")).on("/f/main", htmlOf("<h2>main</h2>"))
	m := catalog(b, plugin.Fragment{ID: "card", Slot: HomeSlot})
	m.Manifest.Nav = []plugin.NavItem{{Title: "Catalog <b>", Path: "/catalog/main", Group: "Data"}, {Title: "Second", Path: "/catalog/second", Group: "Data", Order: 9}}
	c := composer(t, Limits{}, m)
	home := func(cookies ...*http.Cookie) string {
		t.Helper()
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
		if err := c.ServeHome(w, r, exchange()); err != nil {
			t.Fatal(err)
		}
		if set := w.Header()["Set-Cookie"]; set != nil {
			t.Errorf("the home page sets %q: it is not what makes somebody a user", set)
		}
		return w.Body.String()
	}
	first := home()
	_, welcome, ok := strings.Cut(first, textWelcome)
	welcome, _, _ = strings.Cut(welcome, "</databricks-card>")
	if !ok || !strings.Contains(welcome, `<a href="/catalog/main">Catalog &lt;b&gt;</a>.`) || strings.Contains(welcome, "Second") {
		t.Errorf("a new user is shown %s", first)
	}
	opened, _, err := get(t, c, "/catalog/main", exchange())
	if err != nil {
		t.Fatal(err)
	}
	cookies := opened.Cookies()
	if len(cookies) != 1 || cookies[0].Name != usedCookie || !cookies[0].HttpOnly {
		t.Fatalf("a page sets %v", cookies)
	}
	if later := home(cookies...); strings.Contains(later, textWelcome) {
		t.Errorf("a user is still welcomed: %s", later)
	}
}

func TestAnEmptyApplicationWelcomesNobody(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err := composer(t, Limits{}, []mount.Mounted{}...).ServeHome(w, r, exchange()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.Body.String(), textWelcome) {
		t.Errorf("nothing to begin with: %s", w.Body)
	}
}
