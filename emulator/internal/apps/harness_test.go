package apps_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/apps/appstest"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/secret"
	"corbel.example/emulator/internal/serving"
)

const (
	// waitLimit bounds every wait of these tests; none comes near it.
	waitLimit = 60 * time.Second

	warehouse = "w1"
	folder    = files.Shared + "/shop"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

// ground is a workspace with apps.
type ground struct {
	*apps.Registry
	t      *testing.T
	config apps.Config
	client *http.Client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open opens the apps that are kept in a folder.
func open(t *testing.T, dir string, change func(*apps.Config)) *ground {
	t.Helper()
	c := apps.Config{
		StateDir: dir, SessionKey: bytes.Repeat([]byte("k"), 32), StartTimeout: 20 * time.Second, StopTimeout: 5 * time.Second,
		Logger:    slog.New(slog.DiscardHandler),
		Workspace: apps.Workspace{ID: "42", URL: "http://127.0.0.1:1", WarehouseID: warehouse, DatabaseVariables: func(string) []string { return nil }},
	}
	w := &c.Workspace
	var err error
	w.Directory, err = principal.Open(dir)
	must(t, err)
	w.Permissions, err = acl.Open(dir)
	must(t, err)
	w.Files, err = files.Open(dir)
	must(t, err)
	w.Secrets, err = secret.Open(dir)
	must(t, err)
	w.Metastore, err = metastore.Open(dir)
	must(t, err)
	w.Serving = serving.Open(serving.Config{Logger: c.Logger})
	t.Cleanup(w.Serving.Close)
	if change != nil {
		change(&c)
	}
	r, err := apps.Open(c)
	must(t, err)
	transport := &http.Transport{}
	g := &ground{r, t, c, &http.Client{Transport: transport, Timeout: waitLimit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		g.close()
	})
	return g
}

func (g *ground) close() {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	g.Close(ctx)
}

func (g *ground) user(name string) principal.Principal {
	g.t.Helper()
	u, ok := g.config.Workspace.Directory.User(name + "@example.com")
	if !ok {
		g.t.Fatalf("no user %s", name)
	}
	return u
}

func (g *ground) ana() principal.Principal { return g.user("ana") }

// upload writes a file into the source code.
func (g *ground) upload(name, text string) {
	g.t.Helper()
	path := folder + "/" + name
	_, err := g.config.Workspace.Files.Mkdirs(path[:strings.LastIndex(path, "/")])
	must(g.t, err)
	_, err = g.config.Workspace.Files.Write(path, strings.NewReader(text), true)
	must(g.t, err)
}

// create makes the app shop of the tiny program.
func (g *ground) create(s apps.Settings) apps.View {
	g.t.Helper()
	program, err := appstest.Program()
	must(g.t, err)
	g.upload("tiny", string(program))
	v, err := g.Create(g.ana(), "shop", s, true)
	must(g.t, err)
	return v
}

func order(character string, env ...apps.Variable) apps.Order {
	return apps.Order{SourceCodePath: folder, Command: appstest.Command(character), EnvVars: env}
}

// deploy deploys the app shop and waits for the end of the deployment.
func (g *ground) deploy(o apps.Order) apps.Deployment {
	g.t.Helper()
	d, err := g.Deploy(g.ana(), "shop", o)
	must(g.t, err)
	return g.deployed(d.ID)
}

func (g *ground) deployed(id string) apps.Deployment {
	g.t.Helper()
	var found apps.Deployment
	g.eventually("the deployment's end", func() bool {
		for _, d := range g.shop().Deployments {
			if d.ID == id {
				found = d
			}
		}
		return found.Status.State != apps.DeploymentInProgress
	})
	return found
}

// run deploys a version that must come up.
func (g *ground) run(o apps.Order) {
	g.t.Helper()
	if d := g.deploy(o); d.Status.State != apps.DeploymentSucceeded {
		g.t.Fatalf("%+v\n%s", d.Status, g.log())
	}
}

func (g *ground) shop() apps.View {
	g.t.Helper()
	v, ok := g.Find("shop")
	if !ok {
		g.t.Fatal("no app")
	}
	return v
}

func (g *ground) log() string {
	lines, _, _ := g.Logs("shop").Since(0)
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(l.Source + " " + l.Message + "\n")
	}
	return text.String()
}

func (g *ground) eventually(what string, condition func() bool) {
	g.t.Helper()
	deadline, tick := time.After(waitLimit), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			g.t.Fatalf("waited %v in vain for %s", waitLimit, what)
		case <-tick.C:
		}
	}
}

// get asks through the front door as a user; "" is nobody.
func (g *ground) get(user, path string) (status int, body string) {
	g.t.Helper()
	status, body, err := g.ask(user, path)
	must(g.t, err)
	return status, body
}

func (g *ground) ask(user, path string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, g.shop().URL+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	if user != "" {
		token, err := g.config.Workspace.Directory.PersonalToken(user + "@example.com")
		if err != nil {
			return 0, "", err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := g.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// look returns what the app sees.
func (g *ground) look(path string) appstest.Seen {
	g.t.Helper()
	status, body := g.get("ana", path)
	var s appstest.Seen
	if err := json.Unmarshal([]byte(body), &s); err != nil || status != http.StatusOK {
		g.t.Fatalf("%d: %v\n%s\n%s", status, err, body, g.log())
	}
	return s
}

func variables(environ []string) map[string]string {
	vars := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		vars[name] = value
	}
	return vars
}
