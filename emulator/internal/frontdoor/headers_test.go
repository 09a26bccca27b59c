package frontdoor_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/frontdoor"
)

// raw sends a request as it stands, so that headers arrive as nobody's library
// would send them.
func (h *house) raw(t *testing.T, request string) reply {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(waitLimit)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprint(conn, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body strings.Builder
	if _, err := bufio.NewReader(res.Body).WriteTo(&body); err != nil {
		t.Fatal(err)
	}
	return reply{Response: res, body: body.String()}
}

func TestAppSeesTheHeadersOfDatabricksApps(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	b := h.signedIn(t)
	got := b.get("/", "X-Request-ID", "abc-123").seen(t)
	host := h.Listener.Addr().String()
	want := http.Header{
		"X-Forwarded-Host":               {host},
		"X-Forwarded-Proto":              {"http"},
		"X-Forwarded-Preferred-Username": {"ana@example.com"},
		"X-Forwarded-User":               {"600@42"},
		"X-Forwarded-Email":              {"ana@example.com"},
		"X-Forwarded-Access-Token":       {"600-token-1"},
		"X-Real-Ip":                      {"127.0.0.1"},
		"X-Request-Id":                   {"abc-123"},
	}
	if diff := cmp.Diff(want, reservedOf(got.Header)); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if got.Host == host {
		t.Errorf("the app saw the browser's Host %q as its own", got.Host)
	}
	if diff := cmp.Diff(frontdoor.DefaultScopes(), h.people.scopes); diff != "" {
		t.Errorf("scopes of the user's token (-want +got):\n%s", diff)
	}
}

var reservedName = regexp.MustCompile(`(?i)^(x[-_]forwarded|forwarded|x[-_]real|x[-_]request|x[-_]databricks|authorization|cookie)`)

func reservedOf(h http.Header) http.Header {
	found := http.Header{}
	for name, values := range h {
		if reservedName.MatchString(name) {
			found[name] = values
		}
	}
	return found
}

func TestForgedHeadersDoNotReachTheApp(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	clean := reservedOf(h.raw(t, "GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer token-of-ana\nX-Request-Id: r1\nConnection: close\n\n").seen(t).Header)
	if clean.Get("X-Forwarded-Email") != ana.Email {
		t.Fatalf("the app saw %v", clean)
	}
	for name, forged := range map[string]string{
		"plain":             "X-Forwarded-Email: eve@example.com",
		"lower case":        "x-forwarded-email: eve@example.com",
		"upper case":        "X-FORWARDED-EMAIL: eve@example.com",
		"underscores":       "X_Forwarded_Email: eve@example.com",
		"mixed":             "X-Forwarded_Email: eve@example.com",
		"duplicates":        "X-Forwarded-Email: eve@example.com\nx-forwarded-email: eve2@example.com",
		"user":              "X-Forwarded-User: 1@1",
		"token":             "X-Forwarded-Access-Token: stolen",
		"groups":            "X-Forwarded-Groups: admins",
		"unknown name":      "X-Forwarded-Anything: x",
		"host":              "X-Forwarded-Host: evil.example",
		"for":               "X-Forwarded-For: 10.0.0.1",
		"bare":              "X-Forwarded: for=10.0.0.1",
		"standard":          "Forwarded: for=10.0.0.1;host=evil.example",
		"real ip":           "X-Real-IP: 10.0.0.1\nX_Real_IP: 10.0.0.1",
		"databricks":        "X-Databricks-Org-Id: 1\nx_databricks_user: eve",
		"request id":        "X_Request_Id: r2",
		"second credential": "Authorization: Bearer other\nProxy-Authorization: Basic eDp5",
		"removal":           "Connection: X-Forwarded-Email\nConnection: X-Forwarded-User, x-forwarded-access-token",
		"removal of id":     "Connection: X-Request-Id, X-Real-Ip, X-Forwarded-Host, X-Forwarded-Proto",
		"continuation":      "X-Forwarded-Email: eve\n\t@example.com",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.raw(t, "GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer token-of-ana\nX-Request-Id: r1\n"+forged+"\nConnection: close\n\n")
			if diff := cmp.Diff(clean, reservedOf(r.seen(t).Header)); diff != "" {
				t.Errorf("headers (-clean +forged):\n%s", diff)
			}
		})
	}
}

func TestMalformedHeadersAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for _, bad := range []string{"X-Forwarded-Email : eve@example.com", "X-Forwarded-Email\x00: eve", "X-Forwarded-Email: e\x00ve", ": eve"} {
		r := h.raw(t, "GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer token-of-ana\n"+bad+"\nConnection: close\n\n")
		if r.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %s", bad, r.Status)
		}
	}
}

func TestForgedTrailersDoNotReachTheApp(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	got := h.raw(t, "POST / HTTP/1.1\nHost: localhost\nAuthorization: Bearer token-of-ana\nConnection: close\n"+
		"Transfer-Encoding: chunked\nTrailer: X-Forwarded-Email\n\n2\nhi\n0\nX-Forwarded-Email: eve@example.com\nX-Forwarded-User: 1@1\n\n").seen(t)
	if got.Body != "hi" || got.Header.Get("X-Forwarded-Email") != ana.Email || len(got.Trailer) != 0 {
		t.Errorf("the app saw %+v", got)
	}
}

func TestProbesPassWithoutIdentity(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for _, path := range []string{"/healthz", "/readyz", "/readyz?verbose=1"} {
		for name, b := range map[string]*browser{"stranger": h.browser(t), "signed in": h.signedIn(t)} {
			got := b.get(path, "X-Forwarded-Email", "eve@example.com", "Authorization", "Bearer token-of-ana").seen(t)
			var names []string
			for n := range reservedOf(got.Header) {
				names = append(names, n)
			}
			slices.Sort(names)
			want := []string{"X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "X-Request-Id"}
			if diff := cmp.Diff(want, names); diff != "" || got.URI != path {
				t.Errorf("%s, %s: the app saw %q (-want +got):\n%s", path, name, got.URI, diff)
			}
		}
	}
}

func TestSessionStaysAtTheDoorAndOtherCookiesPass(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	cookie := h.browser(t).signIn("/").Cookies()[0]
	own := cookie.Name + "=" + cookie.Value
	for sent, want := range map[string]string{
		own:                                     "",
		"theme=dark; " + own + "; lang=en":      "theme=dark; lang=en",
		own + `;a="x y";b`:                      `a="x y"; b`,
		own + "; corbel_session_0badcafe=other": "",
	} {
		got := h.browser(t).get("/", "Cookie", sent).seen(t)
		if joined := strings.Join(got.Header["Cookie"], "|"); joined != want {
			t.Errorf("Cookie %q reached the app as %q, want %q", sent, joined, want)
		}
		if got.Header.Get("X-Forwarded-Email") != ana.Email {
			t.Errorf("Cookie %q did not sign in", sent)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	isUUID := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString
	for name, tt := range map[string]struct {
		header string
		kept   string
	}{
		"none":          {},
		"good":          {header: "X-Request-ID: Az09._-\n", kept: "Az09._-"},
		"128 long":      {header: "x-request-id: " + strings.Repeat("a", 128) + "\n", kept: strings.Repeat("a", 128)},
		"129 long":      {header: "X-Request-ID: " + strings.Repeat("a", 129) + "\n"},
		"empty":         {header: "X-Request-ID: \n"},
		"two":           {header: "X-Request-ID: a\nX-Request-ID: b\n"},
		"log injection": {header: "X-Request-ID: a\",\"level\":\"x\n"},
		"space":         {header: "X-Request-ID: a b\n"},
		"unicode":       {header: "X-Request-ID: ä\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.raw(t, "GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer token-of-ana\nConnection: close\n"+tt.header+"\n")
			id := r.seen(t).Header.Get("X-Request-Id")
			if tt.kept != "" && id != tt.kept || tt.kept == "" && !isUUID(id) {
				t.Errorf("the app saw request id %q", id)
			}
			if got := r.Header.Values("X-Request-Id"); len(got) != 1 || got[0] != id {
				t.Errorf("the client saw request ids %q, the app %q", got, id)
			}
			h.log.line(t, `"request_id":"`+id+`"`)
		})
	}
}
