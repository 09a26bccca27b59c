package e2e

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"corbel.example/sdk/fault"
)

func TestHealthNeedsNoSignIn(t *testing.T) {
	t.Parallel()
	stranger := running(t).Stranger()

	if a := get(t, stranger, http.StatusOK, "/healthz"); !strings.Contains(a.Body, "ok") {
		t.Errorf("/healthz says %q", a.Body)
	}
	ready := decode[struct {
		Plugins map[string]struct{ State string }
	}](t, get(t, stranger, http.StatusOK, "/readyz"))
	if got := ready.Plugins["unitycatalog"].State; got != "ready" {
		t.Errorf("/readyz: unitycatalog is %q, want ready", got)
	}
}

func TestStrangersAreSentToSignIn(t *testing.T) {
	t.Parallel()
	stranger := running(t).Stranger()

	page := get(t, stranger, http.StatusSeeOther, "/catalog?x=1", "Accept", "text/html")
	if got, want := page.Header.Get("Location"), "/_frontdoor/sign-in?next=%2Fcatalog%3Fx%3D1"; got != want {
		t.Errorf("a browser is sent to %s, want %s", got, want)
	}
	problem := decode[fault.Problem](t, get(t, stranger, http.StatusUnauthorized, "/api/unitycatalog/catalogs"))
	if problem.Code != "UNAUTHENTICATED" || problem.RequestID == "" {
		t.Errorf("a program gets %+v, want UNAUTHENTICATED with a request id", problem)
	}
}

func TestSignedInUsersAreWhoTheySay(t *testing.T) {
	t.Parallel()
	for _, user := range []string{ana, ben, cleo} {
		me := decode[struct {
			UserName string `json:"userName"`
			Groups   []any  `json:"groups"`
		}](t, get(t, as(t, user), http.StatusOK, "/api/user/me"))
		if me.UserName != user {
			t.Errorf("%s is %q at /api/user/me", user, me.UserName)
		}
		if len(me.Groups) == 0 {
			t.Errorf("%s has no groups: everybody is in users", user)
		}
	}
}

func TestTokensOfTheWorkspaceSignIn(t *testing.T) {
	t.Parallel()
	v, err := running(t).Bearer(t.Context(), "ben")
	if err != nil {
		t.Fatal(err)
	}
	me := decode[struct{ UserName string }](t, get(t, v, http.StatusOK, "/api/user/me"))
	if me.UserName != ben {
		t.Errorf("ben's token is %q", me.UserName)
	}
}

func TestForgedIdentityHeadersAreStripped(t *testing.T) {
	t.Parallel()
	forged := map[string][]string{
		"plain":                 {"X-Forwarded-Email", ana, "X-Forwarded-User", ana, "X-Forwarded-Preferred-Username", ana, "X-Forwarded-Access-Token", "stolen"},
		"lower case":            {"x-forwarded-email", ana, "x-forwarded-access-token", "stolen"},
		"twice":                 {"X-Forwarded-Email", ana, "X-Forwarded-Email", ana},
		"underscores":           {"X_Forwarded_Email", ana, "X_Forwarded_Access_Token", "stolen"},
		"dropped by Connection": {"Connection", "X-Forwarded-Email, X-Forwarded-Access-Token", "X-Forwarded-Email", ana},
		"host":                  {"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "for=1.2.3.4"},
	}
	stack := running(t)
	for name, header := range forged {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			me := decode[struct{ UserName string }](t, get(t, as(t, cleo), http.StatusOK, "/api/user/me", header...))
			if me.UserName != cleo {
				t.Errorf("cleo became %q", me.UserName)
			}
			get(t, stack.Stranger(), http.StatusUnauthorized, "/api/user/me", header...)
		})
	}
}

func TestCrossSitePostsAreRefused(t *testing.T) {
	t.Parallel()
	a := post(t, as(t, ana), http.StatusForbidden, "/api/unitycatalog/query", `{"statement": "SELECT 1"}`,
		"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	if problem := decode[fault.Problem](t, a); problem.RequestID == "" {
		t.Errorf("the refusal %+v has no request id", problem)
	}
}

func TestSignInLeadsOnlyToThisSite(t *testing.T) {
	t.Parallel()
	stranger := running(t).Stranger()
	for _, next := range []string{"//evil.example", `/\evil.example`, "https://evil.example/", "/%09/evil.example", "javascript:alert(1)"} {
		a, err := stranger.Do(t.Context(), http.MethodPost, "/_frontdoor/sign-in", form("user", ana, "next", next), "Content-Type", "application/x-www-form-urlencoded")
		if err != nil {
			t.Fatal(err)
		}
		location := a.Header.Get("Location")
		if strings.HasPrefix(location, "//") || strings.HasPrefix(location, `/\`) || !strings.HasPrefix(location, "/") {
			t.Errorf("next=%q leads to %q", next, location)
		}
	}
}

func form(pairs ...string) io.Reader {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return strings.NewReader(values.Encode())
}
