package frontdoor_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"corbel.example/emulator/internal/frontdoor"
)

func TestBrowserIsLedToSignInAndBack(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	b := h.browser(t)

	r := b.page("/catalog/main?tab=a%2Fb&x=1")
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("without a session: %s, Cache-Control %q", r.Status, r.Header.Get("Cache-Control"))
	}
	signIn := r.Header.Get("Location")
	r = b.page(signIn)
	for _, want := range []string{"Ana Admin", "ana@example.com", "Does everything.", `value="/catalog/main?tab=a%2Fb&amp;x=1"`} {
		if !strings.Contains(r.body, want) {
			t.Errorf("sign-in page lacks %q:\n%s", want, r.body)
		}
	}
	csp := r.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(r.body, "<script") {
		t.Errorf("policy %q on a page that needs no script:\n%s", csp, r.body)
	}

	r = b.signIn("/catalog/main?tab=a%2Fb&x=1")
	if got := r.Header.Get("Location"); got != "/catalog/main?tab=a%2Fb&x=1" {
		t.Errorf("after sign-in to %q", got)
	}
	cookie := r.Header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("session cookie %q lacks %s", cookie, want)
		}
	}
	if got := b.page("/catalog/main?tab=a%2Fb&x=1").seen(t); got.URI != "/catalog/main?tab=a%2Fb&x=1" {
		t.Errorf("the app saw %q", got.URI)
	}
}

func TestSignInPageSaysWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	b := open(t, mirror, nil).signedIn(t)
	if r := b.page("/_frontdoor/sign-in"); !strings.Contains(r.body, "You are signed in as <strong>ana@example.com") {
		t.Errorf("page:\n%s", r.body)
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	t.Parallel()
	b := open(t, mirror, nil).signedIn(t)
	if r := b.page("/_frontdoor/sign-out"); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "<button>Sign out</button>") {
		t.Fatalf("sign-out page: %s\n%s", r.Status, r.body)
	}
	if got := b.page("/").seen(t).Header.Get("X-Forwarded-Email"); got != ana.Email {
		t.Fatalf("looking at the sign-out page signed out: email %q", got)
	}
	b.do(http.MethodPost, "/_frontdoor/sign-out", url.Values{}, "Sec-Fetch-Site", "same-origin")
	if r := b.page("/"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("after sign-out: %s", r.Status)
	}
	if r := b.page("/_frontdoor/sign-out"); !strings.Contains(r.body, "Nobody is signed in") {
		t.Errorf("sign-out page:\n%s", r.body)
	}
}

func TestSignInRefusesOtherSites(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for _, path := range []string{"/_frontdoor/sign-in", "/_frontdoor/sign-out"} {
		for _, header := range [][]string{
			{"Origin", "https://evil.example"},
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "null"},
		} {
			r := h.browser(t).do(http.MethodPost, path, url.Values{"user": {ana.UserName}}, header...)
			if r.StatusCode != http.StatusForbidden || r.Header.Get("Set-Cookie") != "" {
				t.Errorf("POST %s with %v: %s, Set-Cookie %q", path, header, r.Status, r.Header.Get("Set-Cookie"))
			}
		}
	}
}

func TestSignInRefusesBadForms(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for name, form := range map[string]url.Values{
		"no user":       {},
		"unknown user":  {"user": {"eve@example.com"}},
		"huge form":     {"user": {ana.UserName}, "next": {"/" + strings.Repeat("a", 1<<20)}},
		"not in a list": {"user": {app.UserName}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.browser(t).do(http.MethodPost, "/_frontdoor/sign-in", form)
			if p := r.problem(t); p.Status != http.StatusBadRequest || r.Header.Get("Set-Cookie") != "" {
				t.Errorf("%+v, Set-Cookie %q", p, r.Header.Get("Set-Cookie"))
			}
		})
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for _, next := range []string{
		"", "//evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example/", "javascript:alert(1)",
		"/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "///evil.example", "evil.example",
		"/_frontdoor/sign-in", "/_frontdoor", "/" + strings.Repeat("a", 5000), "/%zz", "/a\x7f",
	} {
		if got := h.browser(t).signIn(next).Header.Get("Location"); got != "/" {
			t.Errorf("next=%q leads to %q", next, got)
		}
		page := h.browser(t).page("/_frontdoor/sign-in?" + url.Values{"next": {next}}.Encode())
		if !strings.Contains(page.body, `name="next" value="/"`) {
			t.Errorf("next=%q got into the page:\n%s", next, page.body)
		}
	}
	for _, next := range []string{"/", "/catalog", "/a//b", "/a/%2e%2e/b?c=d#e", "/x?u=https://evil.example", "/é"} {
		if got := h.browser(t).signIn(next).Header.Get("Location"); got != next {
			t.Errorf("next=%q leads to %q", next, got)
		}
	}
}

func TestSessionOutlivesTheFrontDoorButNotItsTime(t *testing.T) {
	t.Parallel()
	key, err := frontdoor.OpenSessionKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, mirror, func(c *frontdoor.Config) { c.SessionKey = key })
	cookie := h.browser(t).signIn("/").Cookies()[0]
	pair := cookie.Name + "=" + cookie.Value

	again := open(t, mirror, func(c *frontdoor.Config) { c.SessionKey = key })
	if r := again.browser(t).get("/", "Cookie", pair); r.StatusCode != http.StatusOK {
		t.Errorf("after a restart: %s", r.Status)
	}
	again.clock.advance(13 * time.Hour)
	if r := again.browser(t).get("/", "Cookie", pair); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("after 13 hours: %s", r.Status)
	}
}

func TestForgedSessionsAreNone(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	cookie := h.browser(t).signIn("/").Cookies()[0]
	payload, sig, _ := strings.Cut(cookie.Value, ".")
	for name, value := range map[string]string{
		"empty":             "",
		"no signature":      payload,
		"empty signature":   payload + ".",
		"other's signature": payload + "." + strings.Repeat("A", len(sig)),
		"changed payload":   "A" + payload[1:] + "." + sig,
		"not base64":        "%%%.%%%",
		"many parts":        cookie.Value + ".x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := h.browser(t).get("/", "Cookie", cookie.Name+"="+value); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s\n%s", r.Status, r.body)
			}
		})
	}
}

func TestSessionKeyIsKeptAndChecked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	first, err := frontdoor.OpenSessionKey(path)
	if err != nil {
		t.Fatal(err)
	}
	checkPrivate(t, path)
	second, err := frontdoor.OpenSessionKey(path)
	if err != nil || string(second) != string(first) {
		t.Errorf("opened again: another key, or %v", err)
	}
	truncate(t, path, 5)
	if _, err := frontdoor.OpenSessionKey(path); err == nil || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("a cut-off key: %v", err)
	}
}

func TestUnsignedRequestsAreToldHowToSignIn(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for name, r := range map[string]reply{
		"no Accept":       h.browser(t).get("/api/user/me"),
		"script":          h.browser(t).get("/api/user/me", "Accept", "application/json"),
		"POST of a page":  h.browser(t).do(http.MethodPost, "/x", url.Values{}, "Accept", "text/html"),
		"basic password":  h.browser(t).get("/", "Authorization", "Basic YW5hOnB3"),
		"unclean path":    h.browser(t).get("//healthz"),
		"escaped probe":   h.browser(t).get("/healthz%2F"),
		"beside the door": h.browser(t).get("/_frontdoorway"),
	} {
		p := r.problem(t)
		if p.Status != http.StatusUnauthorized || p.Code != "UNAUTHENTICATED" || p.Retryable || !strings.Contains(p.Detail, "/_frontdoor/sign-in") {
			t.Errorf("%s: %+v", name, p)
		}
		if r.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no WWW-Authenticate", name)
		}
	}
}

func TestWorkspaceTokensSignIn(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	got := h.browser(t).get("/", "Authorization", "bearer token-of-ana").seen(t)
	if got.Header.Get("X-Forwarded-Email") != ana.Email || got.Header.Get("X-Forwarded-Access-Token") == "token-of-ana" {
		t.Errorf("a user's token: the app saw %v", got.Header)
	}
	got = h.browser(t).get("/", "Authorization", "Bearer token-of-app").seen(t)
	if got.Header.Get("X-Forwarded-User") != "700@42" || got.Header.Values("X-Forwarded-Email") != nil {
		t.Errorf("a service principal's token: the app saw %v", got.Header)
	}
	// A session does not help a bad token.
	if p := h.signedIn(t).get("/", "Authorization", "Bearer wrong").problem(t); p.Status != http.StatusUnauthorized {
		t.Errorf("a bad token: %+v", p)
	}
	p := h.browser(t).get("/", "Authorization", "Bearer token-of-nobody-knows").problem(t)
	if p.Status != http.StatusServiceUnavailable || !p.Retryable || strings.Contains(p.Detail, "out of order") {
		t.Errorf("a workspace out of order: %+v", p)
	}
}

func TestOtherPagesOfTheFrontDoorAreNotFound(t *testing.T) {
	t.Parallel()
	b := open(t, mirror, nil).signedIn(t)
	for _, path := range []string{"/_frontdoor", "/_frontdoor/", "/_frontdoor/x", "/%5ffrontdoor/x"} {
		if r := b.get(path); r.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %s", path, r.Status)
		}
	}
	if r := b.get("/_frontdoor/style.css"); r.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(r.body, "prefers-color-scheme: dark") {
		t.Errorf("stylesheet: %s, %v", r.Status, r.Header)
	}
	if r := b.get("/_frontdoor/mark.svg"); r.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("mark: %s, %v", r.Status, r.Header)
	}
}

func TestOnlyNamesOfThisMachineAreAnswered(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, func(c *frontdoor.Config) { c.AllowedHosts = []string{"dev.example"} })
	b := h.signedIn(t)
	for host, want := range map[string]int{
		"localhost:8000": http.StatusOK, "LOCALHOST": http.StatusOK, "app.localhost": http.StatusOK, "127.0.0.1:1": http.StatusOK,
		"[::1]:8000": http.StatusOK, "dev.example:8000": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "127.0.0.1.evil.example": http.StatusMisdirectedRequest,
		"localhost.evil.example:8000": http.StatusMisdirectedRequest, "10.0.0.1": http.StatusMisdirectedRequest,
	} {
		r := b.get("/", "Host", host, "Authorization", "Bearer token-of-ana")
		if r.StatusCode != want {
			t.Errorf("Host %s: %s, want %d", host, r.Status, want)
		}
		if want == http.StatusOK && r.seen(t).Header.Get("X-Forwarded-Host") != host {
			t.Errorf("Host %s: the app saw %q", host, r.seen(t).Header.Get("X-Forwarded-Host"))
		}
	}
	if r := h.browser(t).do(http.MethodPost, "/_frontdoor/sign-in", url.Values{"user": {ana.UserName}}, "Host", "evil.example"); r.Header.Get("Set-Cookie") != "" {
		t.Errorf("signed in under a strange name: %s", r.Status)
	}
}
