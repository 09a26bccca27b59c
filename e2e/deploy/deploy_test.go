package deploy

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"corbel.example/e2e/figure"
)

// Bounds of a deployment, on a machine with two processors that nobody else uses.
const (
	maxUntilServed = 20 * time.Second
	maxUntilUp     = 2 * time.Second
)

func TestBundleIsValidForEveryTarget(t *testing.T) {
	for _, target := range []string{"dev", "staging", "prod"} {
		b := newBundle(t, target)
		if out := b.bundle(t, "validate", "--strict"); !strings.Contains(out, "Validation OK!") {
			t.Errorf("%s: %s", target, out)
		}
	}
}

// TestAppDeploysRunsAndGoes is the life of an app, in a target for development and in one for production.
func TestAppDeploysRunsAndGoes(t *testing.T) {
	for target, name := range map[string]string{"dev": "corbel-dev", "prod": "corbel"} {
		t.Run(target, func(t *testing.T) {
			// In a database of its own: tables belong to the app that made them.
			b := newBundleFor(t, newWorkspace(t), target)
			if out := b.bundle(t, "plan"); !strings.Contains(out, "create apps.corbel") || !strings.Contains(out, "create apps.corbel.permissions") {
				t.Errorf("the plan is %s", out)
			}

			begun := time.Now()
			b.deploy(t)
			app := b.app(t, name)
			b.workspace.page(t, app.URL+"/")
			took := time.Since(begun)
			if figure.Note(t, "deployed and served after %v", took.Round(10*time.Millisecond)); took > maxUntilServed {
				t.Errorf("the first page was served after %v, want %v", took, maxUntilServed)
			}
			if up := upAfter(t, b.workspace.page(t, app.URL+"/logz")); up > maxUntilUp {
				t.Errorf("the app was up after %v, want %v", up, maxUntilUp)
			}
			if app.AppStatus.State != "RUNNING" || len(app.Resources) != 3 || !strings.Contains(strings.Join(app.UserAPIScopes, " "), "sql") {
				t.Errorf("the app is %+v", app)
			}
			b.workspace.servesPages(t, app.URL)
			if t.Failed() {
				t.Logf("the app's log: %s", b.workspace.page(t, app.URL+"/logz"))
			}
			b.workspace.makesSampleData(t, app.URL)
			b.tells(t, name, app.URL)

			again := time.Now()
			if out := b.bundle(t, "plan"); !strings.Contains(out, "0 to add, 0 to change, 0 to delete") {
				t.Errorf("a second plan is %s", out)
			}
			b.bundle(t, "deploy")
			if files := b.workspace.uploads(t, again); len(files) > 0 {
				t.Errorf("a second deployment uploaded %v", files)
			}

			b.bundle(t, "destroy", "--auto-approve")
			if out, err := b.try(t, "apps", "get", name); err == nil {
				t.Errorf("after destroy there is an app: %s", out)
			}
		})
	}
}

// upAfter measures how long the app took from its start to its first answer, by the workspace's log.
func upAfter(t *testing.T, log string) time.Duration {
	t.Helper()
	var begins, runs time.Time
	for line := range strings.Lines(log) {
		at, rest, _ := strings.Cut(line, " ")
		moment, err := time.Parse(time.RFC3339Nano, at)
		switch {
		case err != nil:
		case begins.IsZero() && strings.HasSuffix(strings.TrimSpace(rest), "begins."):
			begins = moment
		case runs.IsZero() && strings.Contains(rest, "The app is running."):
			runs = moment
		}
	}
	if begins.IsZero() || runs.IsZero() {
		t.Fatalf("the log does not say when the app started: %.2000s", log)
	}
	figure.Note(t, "unpacked, started and listening %v after its start", runs.Sub(begins))
	return runs.Sub(begins)
}

// servesPages looks at pages that need the app's resources and the user's token.
func (w *workspace) servesPages(t *testing.T, url string) {
	t.Helper()
	eventually(t, callLimit, "all plugins are ready", func() bool {
		body := w.page(t, url+"/readyz")
		return strings.Contains(body, `"status":"ready"`) && strings.Count(body, `"state":"ready"`) == strings.Count(body, `"state":`)
	})
	for path, want := range map[string]string{
		"/catalog/samples/science/penguins?tab=data": "Adelie",
		"/preferences":     "Theme",
		"/models":          "corbel-chat",
		"/sample-data":     "demo_data",
		"/sql":             "Run",
		"/api/user/me":     "ana@example.com",
		"/catalog/samples": "science",
	} {
		if status, body, err := w.get(t.Context(), url+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %v, and no %q: %.300s", path, status, err, want, body)
		}
	}
}

// makesSampleData has the app make the sample, as its user and with its warehouse and database.
func (w *workspace) makesSampleData(t *testing.T, url string) {
	t.Helper()
	status, body, err := w.send(t.Context(), http.MethodPost, url+"/api/sampledata/runs", `{"targets": ["unity-catalog", "lakebase"]}`)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("to make the sample data: status %d, %v: %.500s", status, err, body)
	}
	eventually(t, callLimit, "the sample data is complete", func() bool {
		body = w.page(t, url+"/api/sampledata/status")
		return strings.Count(body, `"state":"complete"`) == strings.Count(body, `"state":`)
	})
	w.page(t, url+"/catalog/main/samples/demo_data?tab=data")
}

// tells looks at what the CLI tells of a running app.
func (b *bundle) tells(t *testing.T, name, url string) {
	t.Helper()
	if out := b.bundle(t, "summary"); !strings.Contains(out, "Name: "+name) {
		t.Errorf("the summary is %s", out)
	}
	if out := b.run(t, "apps", "list"); !strings.Contains(out, name) || !strings.Contains(out, url) {
		t.Errorf("the list is %s", out)
	}
	// Logs are for OAuth only, which users' personal tokens are not.
	as := *b
	as.env = append(basic(t.TempDir()), b.workspace.deployer...)
	if out := as.run(t, "apps", "logs", name); !strings.Contains(out, "host ready") {
		t.Errorf("the log is %.2000s", out)
	}
}

// TestVersionsReplaceEachOther deploys a second version over the first and then the first again, while users ask.
func TestVersionsReplaceEachOther(t *testing.T) {
	b := newBundle(t, "dev")
	b.destroyAtEnd(t)
	b.deploy(t)
	url := b.app(t, "corbel-dev").URL
	first := shared.page(t, url+"/")

	stop := make(chan struct{})
	var asked sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for range 4 {
		asked.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				status, _, err := shared.get(t.Context(), url+"/catalog")
				if err != nil {
					status = -1
				}
				mu.Lock()
				answers[status]++
				mu.Unlock()
			}
		})
	}
	b.write(t, app("config/corbel.dev.yaml"), "app:\n  title: The second version\n")
	b.deploy(t)
	second := shared.page(t, url+"/")
	rollback := newBundle(t, "dev") // as a checkout of the first version
	rollback.deploy(t)
	third := shared.page(t, url+"/")
	close(stop)
	asked.Wait()

	const title = "The second version"
	if strings.Contains(first, title) || !strings.Contains(second, title) || strings.Contains(third, title) {
		t.Error("the versions did not replace each other")
	}
	figure.Note(t, "answers while two versions came: %v", answers)
	if answers[http.StatusOK] < 20 || len(answers) != 1 {
		t.Errorf("answers by status: %v, want only 200", answers)
	}
}

// TestAnEnabledPluginShowsInThePlan disables a plugin, deploys, and enables it again.
func TestAnEnabledPluginShowsInThePlan(t *testing.T) {
	b := newBundle(t, "dev")
	b.destroyAtEnd(t)
	b.generate(t, "CORBEL_PLUGINS_MODELSERVING_ENABLED=false")
	b.bundle(t, "deploy")
	if got := b.app(t, "corbel-dev").Resources; len(got) != 2 {
		t.Errorf("without the plugin the app has the resources %v", got)
	}
	doctor := func() (string, error) {
		return corbel(t, t.TempDir(), append(basic(t.TempDir()), shared.admin...), "doctor", "--port", "0", "--app", "corbel-dev")
	}
	if out, err := doctor(); err == nil || !strings.Contains(out, "it lacks scope serving.serving-endpoints, resource serving-endpoint") {
		t.Errorf("without the plugin the doctor says %v:\n%s", err, out)
	}
	b.generate(t)
	if out := b.bundle(t, "plan"); !strings.Contains(out, "update apps.corbel") {
		t.Errorf("the plan is %s", out)
	}
	b.bundle(t, "deploy")
	if got := b.app(t, "corbel-dev").Resources; len(got) != 3 {
		t.Errorf("with the plugin the app has the resources %v", got)
	}
	if out, err := doctor(); err != nil {
		t.Errorf("with the plugin the doctor says %v:\n%s", err, out)
	}
}
