package e2e

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/stack"
)

// pluginState is what /api/plugins/{name} answers, as far as it matters here.
type pluginState struct {
	State     string `json:"state"`
	Restarts  int    `json:"restarts"`
	Requests  int    `json:"requests"`
	LastCrash *struct {
		Panic  string   `json:"panic"`
		Output []string `json:"output"`
	} `json:"last_crash"`
}

const (
	victim     = "modelserving"
	victimPage = "/plugins/" + victim
	shownID    = "e2e.shown"
)

// traced is the shared stack after a request whose way a page can show.
func traced(t *testing.T) *stack.Stack {
	t.Helper()
	s := running(t)
	get(t, signIn(t, s, ana), http.StatusOK, penguins+"/data", "X-Request-Id", shownID)
	return s
}

// awaitRestarts waits until the plugin is ready after so many restarts.
func awaitRestarts(t *testing.T, v *stack.Visitor, restarts int) pluginState {
	t.Helper()
	var p pluginState
	await(t, "the plugin is ready again", func() bool {
		p = decode[pluginState](t, get(t, v, http.StatusOK, "/api/plugins/"+victim))
		return p.State == "ready" && p.Restarts == restarts
	})
	return p
}

// end ends the plugin's process by a signal.
func end(t *testing.T, s *stack.Stack, sig syscall.Signal) {
	t.Helper()
	p, err := s.Process(bounded(t), "plugins/"+victim)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.PID, sig); err != nil {
		t.Fatal(err)
	}
	if err := stack.WaitGone(bounded(t), []stack.Process{p}); err != nil {
		t.Fatal(err)
	}
}

// TestPluginThatCrashes: administrators see how it died and restart it; others see that it did, and no more.
func TestPluginThatCrashes(t *testing.T) {
	t.Parallel()
	s := start(t)
	admin, other := signIn(t, s, ana), signIn(t, s, ben)
	end(t, s, syscall.SIGQUIT) // Go's runtime says where everything was
	crashed := awaitRestarts(t, admin, 1)
	if crashed.LastCrash == nil || !strings.HasPrefix(crashed.LastCrash.Panic, "SIGQUIT") || len(crashed.LastCrash.Output) == 0 {
		t.Errorf("the crash: %+v", crashed.LastCrash)
	}
	if p := decode[pluginState](t, get(t, other, http.StatusOK, "/api/plugins/"+victim)); p.LastCrash == nil || p.LastCrash.Panic != "" || p.LastCrash.Output != nil {
		t.Errorf("the crash as others see it: %+v", p.LastCrash)
	}
	private := []string{"SIGQUIT", "Its last words", "Configuration", victimPage + "/restart"}
	contains(t, get(t, admin, http.StatusOK, victimPage), append(private, "plugin process ended"), nil)
	contains(t, get(t, other, http.StatusOK, victimPage), []string{"exit status 2", "/api/modelserving/endpoints"}, private)

	post(t, other, http.StatusForbidden, victimPage+"/restart", "")
	post(t, s.Stranger(), http.StatusUnauthorized, victimPage+"/restart", "")
	a := post(t, admin, http.StatusSeeOther, victimPage+"/restart", "", "X-Request-Id", "e2e.restart")
	if to := a.Header.Get("Location"); to != victimPage+"?restarted" {
		t.Errorf("a restart leads to %q", to)
	}
	awaitRestarts(t, admin, 2)
	for user, outcome := range map[string]string{ana: "done", ben: "refused"} {
		line, err := s.Log.Wait(bounded(t), func(l stack.Line) bool { return l.Field("message") == "audit" && l.Field("user") == user })
		if err != nil || line.Field("outcome") != outcome || line.Field("target") != victim || line.Field("request_id") == "" {
			t.Errorf("the audit's line of %s: %v, %s", user, err, line.Text)
		}
	}

	const notice = "Some plugins need your attention"
	contains(t, get(t, admin, http.StatusOK, "/"), nil, []string{notice})
	end(t, s, syscall.SIGKILL)
	awaitRestarts(t, admin, 3)
	contains(t, get(t, admin, http.StatusOK, "/"), []string{notice, victimPage}, nil)
	contains(t, get(t, other, http.StatusOK, "/"), nil, []string{notice})
	findARequest(t, s)
}

// findARequest looks for a request of cleo's, who has asked for no models before, in a stack whose log does not have calls to Databricks.
func findARequest(t *testing.T, s *stack.Stack) {
	t.Helper()
	const id = "e2e.find"
	owner := signIn(t, s, cleo)
	get(t, owner, http.StatusOK, "/models", "X-Request-Id", id)
	way := []string{"host to modelserving", "modelserving to Databricks", "GET /api/2.0/serving-endpoints"}
	await(t, "the call to Databricks is remembered", func() bool {
		return strings.Contains(get(t, owner, http.StatusOK, "/requests?id="+id).Body, way[1])
	})
	contains(t, get(t, owner, http.StatusOK, "/requests?id="+id), way, nil)
	contains(t, get(t, signIn(t, s, ana), http.StatusOK, "/requests?id="+id), way, nil)
	contains(t, get(t, signIn(t, s, ben), http.StatusNotFound, "/requests?id="+id), []string{"No request of yours"}, way)
	if lines := s.Log.Lines(func(l stack.Line) bool { return l.Field("message") == "databricks call" && l.Field("plugin") != "" }); len(lines) > 0 {
		t.Errorf("the log of level info has %d calls, the first: %s", len(lines), lines[0].Text)
	}
}

// Every error leads to its request.
func TestErrorsLeadToTheirRequest(t *testing.T) {
	t.Parallel()
	v := as(t, ana)
	a := get(t, v, http.StatusNotFound, "/catalog/samples/science/unicorns", "X-Request-Id", "e2e.error", "Accept", "text/html")
	contains(t, a, []string{`<a href="/requests?id=e2e.error">`}, nil)
	contains(t, get(t, v, http.StatusOK, "/requests?id=e2e.error"), []string{"404"}, nil)
	contains(t, get(t, running(t).Stranger(), http.StatusUnauthorized, "/requests?id=e2e.error"), nil, []string{"404"})
}

// A plugin's page keeps itself up to date.
func TestPluginPageRefreshesItself(t *testing.T) {
	t.Parallel()
	s := running(t)
	tab := tab(t, browser.Desk)
	enter(t, tab, s, ana)
	browse(t, tab, s.URL+victimPage, http.StatusOK)
	// A mark on what stays the same, to see that the page was not loaded anew.
	requests := func() string {
		text, err := browser.Evaluate[string](tab, `(document.body.dataset.mark ??= "kept", document.querySelector('databricks-fragment[src*="/plugin?"]').textContent)`)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := requests()
	get(t, signIn(t, s, ana), http.StatusOK, "/models")
	await(t, "the page shows more requests", func() bool { return requests() != before })
	if mark, err := browser.Evaluate[string](tab, `document.body.dataset.mark`); err != nil || mark != "kept" {
		t.Errorf("the page was loaded anew: %q, %v", mark, err)
	}
	if complaints := tab.Complaints(); len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
}

// contains checks what an answer's body has and has not.
func contains(t *testing.T, a stack.Answer, wanted, unwanted []string) {
	t.Helper()
	for _, s := range wanted {
		if !strings.Contains(a.Body, s) {
			t.Errorf("%s is not in the answer (status %d)", s, a.Status)
		}
	}
	for _, s := range unwanted {
		if strings.Contains(a.Body, s) {
			t.Errorf("%s is in the answer (status %d)", s, a.Status)
		}
	}
}
