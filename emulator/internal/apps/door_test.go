package apps_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/apps/appstest"
)

func TestOnlyThoseComeInWhoMay(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{UserAPIScopes: []string{"sql"}})
	g.run(order(appstest.Serves))
	must(t, g.config.Workspace.Permissions.Change(apps.Object("shop"), acl.Grants{"analysts": acl.CanUse}, false))
	for name, tt := range map[string]struct {
		user, path string
		want       int
	}{
		"an administrator":              {"ana", "/", http.StatusOK},
		"somebody who may use it":       {"ben", "/", http.StatusOK},
		"somebody who may not":          {"cleo", "/", http.StatusForbidden},
		"nobody":                        {"", "/", http.StatusUnauthorized},
		"nobody, asking for its health": {"", "/healthz", http.StatusUnauthorized},
		"its log, for a manager":        {"ana", "/logz", http.StatusOK},
		"its log, for a user":           {"ben", "/logz", http.StatusForbidden},
		"its log, for nobody":           {"", "/logz", http.StatusUnauthorized},
		"its log followed by a user":    {"ben", "/logz/stream", http.StatusForbidden},
	} {
		if status, body := g.get(tt.user, tt.path); status != tt.want {
			t.Errorf("%s: %d %.200s", name, status, body)
		}
	}
	if _, body := g.get("ana", "/logz"); !strings.Contains(body, "[APP] listening") || !strings.Contains(body, "[SYSTEM] The app is running.") {
		t.Errorf("log:\n%s", body)
	}
	seen := g.look("/")
	id, err := g.config.Workspace.Directory.Authenticate(seen.Header.Get("X-Forwarded-Access-Token"))
	if err != nil || id.Principal.UserName != "ana@example.com" || !id.HasScope("sql") || !id.HasScope("iam.current-user:read") || id.HasScope("serving.serving-endpoints") {
		t.Errorf("the app's token is of %+v, %v", id, err)
	}
	if seen.Header.Get("Authorization") != "" || seen.Header.Get("X-Forwarded-Email") != "ana@example.com" {
		t.Errorf("headers %v", seen.Header)
	}
	// Scopes change at once, the app goes on.
	_, err = g.Update(g.ana(), "shop", func(s *apps.Settings) { s.UserAPIScopes = []string{"serving.serving-endpoints"} })
	must(t, err)
	again := g.look("/")
	id, err = g.config.Workspace.Directory.Authenticate(again.Header.Get("X-Forwarded-Access-Token"))
	if err != nil || id.HasScope("sql") || !id.HasScope("serving.serving-endpoints") || again.PID != seen.PID {
		t.Errorf("after the change the token is of %+v, %v", id, err)
	}
}

// follow follows the app's log, as the command line does.
func (g *ground) follow(header http.Header, search string) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(g.t.Context(), waitLimit)
	defer cancel()
	conn, res, err := websocket.Dial(ctx, strings.Replace(g.shop().URL, "http", "ws", 1)+"/logz/stream", &websocket.DialOptions{HTTPClient: g.client, HTTPHeader: header})
	if err != nil {
		if res != nil && res.Body != nil {
			res.Body.Close()
		}
		return nil, err
	}
	g.t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	return conn, conn.Write(ctx, websocket.MessageText, []byte(search))
}

func (g *ground) bearer(user string) http.Header {
	token, err := g.config.Workspace.Directory.PersonalToken(user + "@example.com")
	must(g.t, err)
	return http.Header{"Authorization": {"Bearer " + token}}
}

func (g *ground) nextLine(conn *websocket.Conn) apps.Line {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), waitLimit)
	defer cancel()
	var l apps.Line
	if err := wsjson.Read(ctx, conn, &l); err != nil {
		g.t.Fatal(err)
	}
	return l
}

func TestLogsAreFollowed(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	header := g.bearer("ana")
	header.Set("Origin", "https://databricks.example.com")
	conn, err := g.follow(header, "")
	must(t, err)
	some, err := g.follow(g.bearer("ana"), " LISTEN ")
	must(t, err)
	g.run(order(appstest.Serves))
	if l := g.nextLine(conn); l.Source != "SYSTEM" || !strings.Contains(l.Message, "begins") || time.Since(time.Unix(int64(l.Timestamp), 0)) > time.Hour {
		t.Errorf("first %+v", l)
	}
	for l := (apps.Line{}); l.Message != "listening"; l = g.nextLine(conn) {
	}
	if l := g.nextLine(some); l.Message != "listening" || l.Source != "APP" {
		t.Errorf("found %+v", l)
	}
	// With a cookie, a page of another site could be asking.
	if _, err := g.follow(http.Header{"Origin": {"https://evil.example.com"}, "Cookie": {g.signIn("ana")}}, ""); err == nil {
		t.Error("another site follows the log")
	}
	_, err = g.follow(http.Header{"Origin": {g.shop().URL}, "Cookie": {g.signIn("ana")}}, "")
	must(t, err)
	g.close()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for err = nil; err == nil; _, _, err = conn.Read(ctx) {
	}
	if websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("at the end: %v", err)
	}
}

// signIn signs in on the front door's page and returns the cookie.
func (g *ground) signIn(user string) string {
	g.t.Helper()
	form := strings.NewReader("user=" + user + "%40example.com")
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodPost, g.shop().URL+"/_frontdoor/sign-in", form)
	must(g.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := g.client.Do(req)
	must(g.t, err)
	must(g.t, res.Body.Close())
	cookie, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	return cookie
}
