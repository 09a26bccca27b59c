package doctor

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

// upstream is a workspace with one warehouse, one endpoint that is not ready and one app.
func upstream(t *testing.T) string {
	t.Helper()
	answers := map[string]any{
		"/oidc/.well-known/oauth-authorization-server": map[string]string{},
		"/api/2.0/preview/scim/v2/Me":                  map[string]string{"userName": "app-id"},
		"/api/2.0/sql/warehouses/w1":                   map[string]string{"name": "Small", "state": "STOPPED"},
		"/api/2.0/serving-endpoints/chat":              map[string]any{"state": map[string]string{"ready": "NOT_READY"}},
		"/api/2.0/postgres/credentials":                map[string]string{"token": "t"},
		"/api/2.0/apps/corbel": map[string]any{
			"user_api_scopes": []string{"sql"}, "resources": []map[string]string{{"name": "sql-warehouse"}},
		},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, known := answers[r.URL.Path]
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/") && r.Header.Get("Authorization") != "Bearer good":
			w.WriteHeader(http.StatusUnauthorized)
			answer = map[string]string{"error_code": "UNAUTHENTICATED", "message": "who?"}
		case !known:
			w.WriteHeader(http.StatusNotFound)
			answer = map[string]string{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "there is none"}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// database answers a request for TLS.
func database(t *testing.T, answer string) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, err = conn.Write([]byte(answer))
			if err := errorsOf(err, conn.Close()); err != nil {
				t.Error(err)
			}
		}
	}()
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return l.Addr().String()
}

func errorsOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func resource(kind, value string) Resource {
	return Resource{
		Plugin: "trips", Value: value,
		Resource: plugin.Resource{Kind: kind, Key: strings.ReplaceAll(kind, "_", "-"), Env: "VARIABLE", Permission: "CAN_USE", Description: "Rows."},
	}
}

// examine runs the checks and returns them as lines.
func examine(t *testing.T, p Params) (lines string, failures int) {
	t.Helper()
	var b strings.Builder
	failures = Run(context.WithoutCancel(t.Context()), p, func(c Check) {
		b.WriteString(strings.Join([]string{string(c.State), c.Name, c.Detail, c.Repair}, " | ") + "\n")
	})
	return b.String(), failures
}

func TestWhatIsWrongIsNamedWithItsRepair(t *testing.T) {
	t.Parallel()
	host := upstream(t)
	good := workspace.Config{Host: host, Token: secret.New("good")}
	free := Params{Host: "127.0.0.1", Workspace: good}
	with := func(change func(*Params)) Params { p := free; change(&p); return p }
	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	for name, tt := range map[string]struct {
		params   Params
		failures int
		want     string
	}{
		"nothing":              {free, 0, "ok | credentials | signed in as app-id"},
		"a port that is taken": {with(func(p *Params) { p.Port = taken.Addr().(*net.TCPAddr).Port }), 1, "choose another server.port"},
		"no address":           {with(func(p *Params) { p.Workspace.Host = "" }), 1, "set DATABRICKS_HOST"},
		"nobody there":         {with(func(p *Params) { p.Workspace.Host = "http://127.0.0.1:1" }), 1, "FAILED | workspace 127.0.0.1:1"},
		"no credentials":       {with(func(p *Params) { p.Workspace.Token = secret.String{} }), 1, "DATABRICKS_CLIENT_SECRET"},
		"a token of another":   {with(func(p *Params) { p.Workspace.Token = secret.New("bad") }), 1, "FAILED | credentials"},
		"a stopped warehouse":  {with(func(p *Params) { p.Resources = []Resource{resource("sql_warehouse", "w1")} }), 0, "Small is STOPPED"},
		"a warehouse that is not there": {
			with(func(p *Params) { p.Resources = []Resource{resource("sql_warehouse", "w2")} }), 1,
			"set VARIABLE to the id of a SQL warehouse (its Connection details show it), and grant CAN_USE on it",
		},
		"a resource without a name": {
			with(func(p *Params) { p.Resources = []Resource{resource("sql_warehouse", "")} }), 1,
			"set VARIABLE, which in Databricks Apps comes from the app's resource (Rows.)",
		},
		"an endpoint that is not ready": {with(func(p *Params) { p.Resources = []Resource{resource("serving_endpoint", "chat")} }), 1, "it is NOT_READY"},
		"a database": {with(func(p *Params) {
			p.Resources, p.DatabaseAddress = []Resource{resource("postgres", "projects/p")}, database(t, "S")
		}), 0, "answers"},
		"a database without TLS": {with(func(p *Params) {
			p.Resources, p.DatabaseAddress = []Resource{resource("postgres", "projects/p")}, database(t, "N")
		}), 1, "offers no TLS"},
		"a database without address": {with(func(p *Params) { p.Resources = []Resource{resource("postgres", "projects/p")} }), 1, "PGHOST is not set"},
		"a kind that nobody asks":    {with(func(p *Params) { p.Resources = []Resource{resource("job", "7")} }), 0, "skipped | job of trips"},
		"an app as it must be": {with(func(p *Params) {
			p.AppName, p.Scopes, p.Resources = "corbel", []string{"sql"}, []Resource{resource("sql_warehouse", "w1")}
		}), 0, "it has what plugins need"},
		"an app that lacks something": {with(func(p *Params) {
			p.AppName, p.Scopes, p.Resources = "corbel", []string{"sql", "files"}, []Resource{resource("job", "7")}
		}), 1, "it lacks scope files, resource job | run `corbel bundle generate`"},
		"an app that is not there": {with(func(p *Params) { p.AppName = "other" }), 1, "deploy the app"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failures := examine(t, tt.params)
			if failures != tt.failures || !strings.Contains(got, tt.want) {
				t.Errorf("%d failures:\n%s", failures, got)
			}
			if strings.Contains(got, "good") {
				t.Errorf("it tells the token:\n%s", got)
			}
		})
	}
}
