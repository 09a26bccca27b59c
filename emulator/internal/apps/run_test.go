package apps_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/apps/appstest"
)

func TestAnAppRunsFromItsFilesAloneInACleanEnvironment(t *testing.T) {
	t.Setenv("CORBEL_TEST_LEAK", "x")
	g := open(t, t.TempDir(), nil)
	made := g.create(apps.Settings{Resources: []apps.Resource{{Name: "wh", SQLWarehouse: &apps.SQLWarehouse{ID: warehouse, Permission: "CAN_USE"}}}})
	g.upload("sub/deep.txt", "x")
	g.upload("app.yaml", "command: [nothing]\nenv:\n- {name: WAREHOUSE, valueFrom: wh}\n- {name: BOTH, value: from the file}\n")
	g.run(order(appstest.Serves, apps.Variable{Name: "BOTH", Value: "from the deployment"}))
	seen := g.look("/")
	vars := variables(seen.Environ)
	secret, _ := g.config.Workspace.Directory.ClientSecret(made.ClientID)
	home := vars["HOME"]
	for _, beside := range []string{"HOME", "PATH", "DATABRICKS_APP_PORT", "PWD", "OLDPWD", "SHLVL", "_"} { // the last are the shell's
		delete(vars, beside)
	}
	if diff := cmp.Diff(map[string]string{
		"DATABRICKS_APP_NAME": "shop", "DATABRICKS_WORKSPACE_ID": "42", "DATABRICKS_HOST": "http://127.0.0.1:1",
		"DATABRICKS_CLIENT_ID": made.ClientID, "DATABRICKS_CLIENT_SECRET": secret,
		"CORBEL_SERVER_HOST": "127.0.0.1", "WAREHOUSE": warehouse, "BOTH": "from the deployment",
	}, vars); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if !slices.Equal(seen.Files, []string{"app.yaml", "sub", "tiny"}) || filepath.Base(seen.Dir) != "source_code" || filepath.Dir(home) != filepath.Dir(seen.Dir) {
		t.Errorf("folder %s with %q, home %s", seen.Dir, seen.Files, home)
	}
	if os.Geteuid() == 0 && seen.UID == 0 {
		t.Error("the app runs as root")
	}
	if os.Geteuid() != 0 && !strings.Contains(g.log(), "runs as the user of the emulator") {
		t.Errorf("the log does not tell as whom it runs:\n%s", g.log())
	}
	if _, err := os.Stat(seen.Dir); err != nil {
		t.Error(err)
	}
	if _, err := g.Stop("shop"); err != nil {
		t.Fatal(err)
	}
	g.eventually("the stop", func() bool { return g.shop().Compute.State == apps.ComputeStopped })
	if _, err := os.Stat(seen.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
	if !strings.Contains(g.log(), "APP bye") {
		t.Errorf("it was not asked to end:\n%s", g.log())
	}
}

func TestEveryStartIsInANewFolder(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	if status, body := g.get("ana", "/"); status != http.StatusServiceUnavailable || !strings.Contains(body, "APP_STOPPED") {
		t.Errorf("before the first deployment: %d %s", status, body)
	}
	g.run(order(appstest.Serves))
	if seen := g.look("/write"); !slices.Contains(seen.Files, "written") {
		t.Errorf("the app can't write: %q\n%s", seen.Files, g.log())
	}
	// What is changed in the workspace later does not reach it.
	g.upload("later", "x")
	_, err := g.Stop("shop")
	must(t, err)
	if status, body := g.get("ana", "/"); status != http.StatusServiceUnavailable || !strings.Contains(body, "APP_STOPPED") {
		t.Errorf("while it stops: %d %s", status, body)
	}
	if _, err := g.Deploy(g.ana(), "shop", order(appstest.Serves)); err == nil || !strings.Contains(err.Error(), "start it first") {
		t.Errorf("deployment to a stopped app: %v", err)
	}
	_, err = g.Start("shop")
	must(t, err)
	if seen := g.look("/"); !slices.Equal(seen.Files, []string{"tiny"}) { // the request waits for the start
		t.Errorf("files %q", seen.Files)
	}
	if v, err := g.Start("shop"); err != nil || v.Status.State != apps.AppRunning {
		t.Errorf("started twice: %+v, %v", v.Status, err)
	}
}

func TestAnAppThatExitsAtOnceFailsWithItsLastLines(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	d := g.deploy(order(appstest.Exits))
	if d.Status.State != apps.DeploymentFailed || !strings.Contains(d.Status.Message, "exit status 3") || !strings.Contains(d.Status.Message, "cannot open the warehouse") {
		t.Errorf("deployment %+v", d.Status)
	}
	v := g.shop()
	if v.Status.State != apps.AppCrashed || v.ActiveDeployment != nil || v.Pending != nil || !strings.Contains(g.log(), "APP reading configuration") {
		t.Errorf("app %+v\n%s", v.Status, g.log())
	}
	if status, body := g.get("ana", "/"); status != http.StatusBadGateway || !strings.Contains(body, "APP_CRASHED") {
		t.Errorf("%d %s", status, body)
	}
	g.run(order(appstest.Serves))
	pid := g.look("/").PID
	for _, bad := range []string{appstest.Exits, "no such"} {
		o := order(bad)
		if bad == "no such" {
			o.Command = []string{"./no-such-program"}
		}
		if d := g.deploy(o); d.Status.State != apps.DeploymentFailed {
			t.Errorf("%s: %+v", bad, d.Status)
		}
		// The version before it goes on.
		if v := g.shop(); v.Status.State != apps.AppRunning || g.look("/").PID != pid || v.ActiveDeployment == nil {
			t.Errorf("after a deployment that failed: %+v", v.Status)
		}
	}
}

func TestAnAppThatDoesNotListenFails(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), func(c *apps.Config) { c.StartTimeout = 500 * time.Millisecond })
	g.create(apps.Settings{})
	d := g.deploy(order(appstest.Hangs))
	if d.Status.State != apps.DeploymentFailed || !strings.Contains(d.Status.Message, "DATABRICKS_APP_PORT") {
		t.Errorf("%+v", d.Status)
	}
}

func TestAnAppThatEndsByItselfIsToldOf(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	g.run(order(appstest.Serves))
	if status, _ := g.get("ana", "/exit"); status != http.StatusBadGateway {
		t.Errorf("its last answer: %d", status)
	}
	g.eventually("the crash", func() bool { return g.shop().Status.State == apps.AppCrashed })
	if m := g.shop().Status.Message; !strings.Contains(m, "exit status 9") || !strings.Contains(m, "about to exit") {
		t.Errorf("message %q", m)
	}
	_, err := g.Start("shop")
	must(t, err)
	g.look("/")
}

func TestNoRequestIsRefusedWhileAVersionReplacesAnother(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	g.run(order(appstest.Serves))
	var pids sync.Map
	var answered, refused atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for i := range 4 {
		path := []string{"/", "/slow"}[i%2]
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, body, err := g.ask("ana", path)
				if err != nil || status != http.StatusOK {
					refused.Add(1)
					t.Errorf("%s: %d, %v: %.200s", path, status, err, body)
					return
				}
				answered.Add(1)
				_, after, _ := strings.Cut(body, `"PID":`)
				pids.Store(after, true)
			}
		})
	}
	first := g.look("/").PID
	for range 2 {
		g.run(order(appstest.Serves))
	}
	if again := g.look("/").PID; again == first {
		t.Error("the first version answers after the third")
	}
	close(stop)
	clients.Wait()
	versions := 0
	pids.Range(func(any, any) bool { versions++; return true })
	t.Logf("%d requests answered by %d versions", answered.Load(), versions)
	if refused.Load() > 0 || versions < 2 {
		t.Errorf("%d requests refused, %d versions answered", refused.Load(), versions)
	}
}

func TestAnAppThatIgnoresSIGTERMIsKilled(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), func(c *apps.Config) { c.StopTimeout = 200 * time.Millisecond })
	g.create(apps.Settings{})
	g.run(order(appstest.IgnoresSIGTERM))
	_, err := g.Stop("shop")
	must(t, err)
	g.eventually("the stop", func() bool { return g.shop().Compute.State == apps.ComputeStopped })
}

func TestOneDeploymentAtATime(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	hanging, err := g.Deploy(g.ana(), "shop", order(appstest.Hangs))
	must(t, err)
	if v := g.shop(); v.Pending == nil || v.Pending.ID != hanging.ID || v.Status.State != apps.AppDeploying {
		t.Errorf("%+v", v.Status)
	}
	var known *apps.Error
	if _, err := g.Deploy(g.ana(), "shop", order(appstest.Serves)); !errors.As(err, &known) || known.Reason != apps.Conflict {
		t.Errorf("another deployment: %v", err)
	}
	_, err = g.Stop("shop")
	must(t, err)
	if d := g.deployed(hanging.ID); d.Status.State != apps.DeploymentCancelled {
		t.Errorf("%+v", d.Status)
	}
	g.eventually("the stop", func() bool { return g.shop().Compute.State == apps.ComputeStopped })
	_, err = g.Start("shop")
	must(t, err)
	g.run(order(appstest.Serves))
}

func TestAppsStartAgainWithTheWorkspace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := open(t, dir, nil)
	g.create(apps.Settings{UserAPIScopes: []string{"sql"}})
	g.run(order(appstest.Serves))
	before := g.look("/")
	hanging, err := g.Deploy(g.ana(), "shop", order(appstest.Hangs))
	must(t, err)
	url := g.shop().URL
	g.close()
	if _, err := os.Stat(before.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
	g = open(t, dir, nil)
	after := g.look("/")
	if v := g.shop(); v.URL != url || v.Status.State != apps.AppRunning || after.PID == before.PID || !slices.Contains(v.Scopes(), "sql") {
		t.Errorf("%+v at %s", v.Status, v.URL)
	}
	if variables(after.Environ)["DATABRICKS_CLIENT_SECRET"] != variables(before.Environ)["DATABRICKS_CLIENT_SECRET"] {
		t.Error("the app has another secret")
	}
	if d := g.deployed(hanging.ID); d.Status.State != apps.DeploymentFailed || !strings.Contains(d.Status.Message, "workspace ended") {
		t.Errorf("the deployment that was under way: %+v", d.Status)
	}
	_, err = g.Stop("shop")
	must(t, err)
	g.close()
	g = open(t, dir, nil)
	if v := g.shop(); v.Compute.State != apps.ComputeStopped {
		t.Errorf("a stopped app: %+v", v.Compute)
	}
}

func TestDeletedAppsLeaveNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := open(t, dir, nil)
	made := g.create(apps.Settings{})
	g.run(order(appstest.Serves))
	seen := g.look("/")
	_, err := g.Delete("shop")
	must(t, err)
	if _, ok := g.Find("shop"); ok {
		t.Error("it is still there")
	}
	if _, ok := g.config.Workspace.Directory.ServicePrincipalNamed(made.ClientID); ok {
		t.Error("its service principal is still there")
	}
	g.eventually("the end of its folder", func() bool { _, err := os.Stat(seen.Dir); return errors.Is(err, os.ErrNotExist) })
	_, err = g.config.Workspace.Files.Delete(folder, true)
	must(t, err)
	again := g.create(apps.Settings{})
	if again.ID == made.ID || again.ClientID == made.ClientID {
		t.Errorf("made anew, it is the same: %+v", again)
	}
}
