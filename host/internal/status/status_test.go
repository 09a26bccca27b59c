package status_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/page"
	"corbel.example/host/internal/status"
	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/trace"
	"corbel.example/host/internal/user"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// directory knows ana, an administrator, and ben.
type directory struct{}

func (directory) Of(ctx context.Context) (user.Profile, error) {
	id, _ := identity.FromContext(ctx)
	p := user.Profile{Source: user.FromDatabricks, Groups: []string{"users"}}
	switch id.User.ID {
	case "ana":
		p.Groups = append(p.Groups, "admins")
	case "impostor":
		p.Source, p.Groups = user.FromHeaders, []string{"admins"}
	case "unknown":
		return user.Profile{}, errors.New("the workspace does not answer")
	}
	return p, nil
}

// desk is a board with what it looks at.
type desk struct {
	*status.Board
	statuses  []supervisor.Status
	restarted []string
	log       bytes.Buffer
	store     *trace.Store
	watch     *status.Watch
	logger    *slog.Logger
}

const token = "dapi0123456789abcdef0123456789abcdef"

// newDesk has a plugin that is well and one that keeps dying.
func newDesk() *desk {
	d := &desk{store: trace.New(trace.Settings{})}
	d.watch = status.NewWatch(d.store)
	d.logger = slog.New(d.store.Handler(logging.New(&d.log, logging.Options{})))
	d.statuses = []supervisor.Status{
		{Name: "hello", State: supervisor.Ready, Since: now.Add(-2 * time.Hour), Ready: now.Add(-2 * time.Hour), Version: "1.2.3", PID: 4711, Restarts: 1},
		{
			Name: "broken", State: supervisor.CrashLoop, Since: now.Add(-time.Minute), Message: "panic: last words of ana, token=" + token, Restarts: 7,
			LastExit: &supervisor.Exit{
				At: now.Add(-time.Minute), Code: 2, Panic: "panic: last words", Output: []string{"the <b>first</b> line", "Authorization: Bearer " + token},
			},
		},
	}
	d.Board = status.New(status.Params{
		Plugins: func() []supervisor.Status { return append([]supervisor.Status{}, d.statuses...) },
		Manifest: func(name string) (plugin.Manifest, bool) {
			return plugin.Manifest{
				Name: name, Summary: "Greets.", UserScopes: []string{"sql"},
				Routes:    []plugin.Route{{Method: "GET", Pattern: "/api/hello/{name}"}},
				Resources: []plugin.Resource{{Key: "warehouse", Kind: "sql_warehouse", Permission: "CAN_USE"}},
			}, name == "hello"
		},
		Restart: func(name string) error {
			d.restarted = append(d.restarted, name)
			return nil
		},
		Config: func(name string, _ json.RawMessage, known bool) []config.Value {
			if !known {
				return nil
			}
			return []config.Value{
				{Key: "plugins." + name + ".config.page_size", Text: "50", Origin: config.Origin{Source: "config/corbel.yaml", Line: 7}},
				{Key: "plugins." + name + ".config.password", Text: "***", Origin: config.Origin{Source: "environment PASSWORD"}},
			}
		},
		Watch: d.watch, Trace: d.store, Profiles: directory{}, AdminGroups: []string{"admins"}, Logger: d.logger,
		Now: func() time.Time { return now },
	})
	return d
}

func as(t *testing.T, id string) context.Context {
	if id == "" {
		return t.Context()
	}
	return identity.NewContext(correlation.NewContext(t.Context(), "r-of-"+id), identity.Identity{User: identity.User{ID: id, Email: id + "@example.com"}})
}

func request(t *testing.T, id, target string) *http.Request {
	return httptest.NewRequestWithContext(as(t, id), http.MethodGet, target, http.NoBody)
}

func render(t *testing.T, c ui.Component) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := ui.Write(w, request(t, "", "/"), c); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

// html is what a view shows.
func html(t *testing.T, v page.View, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return render(t, v.Body)
}

func holds(t *testing.T, where, text string, wanted, unwanted []string) {
	t.Helper()
	for _, s := range wanted {
		if !strings.Contains(text, s) {
			t.Errorf("%s: lacks %q:\n%s", where, s, text)
		}
	}
	for _, s := range unwanted {
		if strings.Contains(text, s) {
			t.Errorf("%s: shows %q:\n%s", where, s, text)
		}
	}
}

func (d *desk) plugin(t *testing.T, who, name, query string) string {
	t.Helper()
	v, err := d.PluginView(request(t, who, status.PluginPath(name)+query), name)
	return html(t, v, err)
}

func TestWhoSeesWhatOfAPlugin(t *testing.T) {
	t.Parallel()
	d := newDesk()
	hello := slog.New(d.logger.Handler().WithAttrs([]slog.Attr{slog.String("plugin", "hello")}))
	hello.Info("line of ben", "request_id", "r-1", "user_id", "ben", "password", "hunter22")
	hello.Warn("line of cleo", "request_id", "r-2", "user_id", "cleo", "line", "sent token="+token)
	hello.Error("line of nobody")
	d.watch.Exchange(supervisor.Exchange{Plugin: "hello", Duration: 3 * time.Millisecond, Status: 200})
	d.watch.Exchange(supervisor.Exchange{Plugin: "hello", Duration: 3 * time.Millisecond, Status: 502})

	everybody := []string{"hello", ">ready<", "1.2.3", "2 h", "50%", "<svg", "Greets.", "/api/hello/{name}", "sql_warehouse", "CAN_USE", "sql"}
	secrets := []string{token, "hunter22"}
	private := []string{"line of cleo", "line of nobody", "page_size", "4711", `action="/plugins/hello/restart"`}
	holds(t, "ana at hello", d.plugin(t, "ana", "hello", ""), append([]string{
		"line of ben", "line of cleo", "line of nobody", "page_size", "config/corbel.yaml:7", "***", "4711", `action="/plugins/hello/restart"`,
	}, everybody...), secrets)
	for _, who := range []string{"ben", "impostor", "unknown"} {
		wanted := everybody
		if who == "ben" {
			wanted = append([]string{"line of ben"}, everybody...)
		}
		holds(t, who+" at hello", d.plugin(t, who, "hello", ""), wanted, append(private, secrets...))
	}
	holds(t, "ana at broken", d.plugin(t, "ana", "broken", ""), []string{"crash loop", "panic: last words", "exit status 2", "the &lt;b&gt;first&lt;/b&gt; line"}, secrets)
	holds(t, "ben at broken", d.plugin(t, "ben", "broken", ""), []string{"crash loop", "exit status 2"}, append([]string{"last words", "first"}, secrets...))
	for who, unwanted := range map[string][]string{"ana": secrets, "ben": append([]string{"last words"}, secrets...)} {
		v, err := d.PluginsView(request(t, who, "/plugins"))
		holds(t, who+" at all", html(t, v, err), []string{"/plugins/hello", "/plugins/broken", "crash loop", "50%"}, unwanted)
		all, err := d.PluginsJSON(as(t, who))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, "JSON for "+who, string(text), []string{`"error_rate":0.5`, `"exit_code":2`, `"restarts":7`}, unwanted)
	}
}

func TestLogIsFiltered(t *testing.T) {
	t.Parallel()
	d := newDesk()
	hello := slog.New(d.logger.Handler().WithAttrs([]slog.Attr{slog.String("plugin", "hello")}))
	hello.Info("first line", "request_id", "r-1")
	hello.Warn("second line", "request_id", "r-2")
	for query, want := range map[string]string{
		"":                       "second line first line",
		"level=warn":             "second line",
		"level=error":            "",
		"level=nonsense":         "second line first line",
		"request=r-1":            "first line",
		"request=+r-1+":          "first line",
		"level=warn&request=r-1": "",
		"request=%3Cb%3E":        "second line first line",
	} {
		c, err := d.Part(request(t, "ana", "/_fragment/-/log?name=hello&"+query), "log")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		text := render(t, c)
		for _, line := range []string{"second line", "first line"} {
			if strings.Contains(text, line) {
				got = append(got, line)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

func TestOnlyAdministratorsRestart(t *testing.T) {
	t.Parallel()
	d := newDesk()
	for _, test := range []struct {
		who, name string
		want      fault.Kind
	}{
		{"ben", "hello", fault.Forbidden},
		{"impostor", "hello", fault.Forbidden},
		{"unknown", "hello", fault.Forbidden},
		{"", "hello", fault.Unauthenticated},
		{"ana", "absent", fault.NotFound},
	} {
		if err := d.Restart(as(t, test.who), test.name); fault.KindOf(err) != test.want {
			t.Errorf("%q restarts %s: %v, want %v", test.who, test.name, err, test.want)
		}
	}
	if err := d.Restart(as(t, "ana"), "hello"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"hello"}, d.restarted); diff != "" {
		t.Errorf("restarted (-want +got):\n%s", diff)
	}
	holds(t, "the log", d.log.String(), []string{
		`"message":"audit","action":"plugin.restart","target":"hello","user":"ana@example.com","outcome":"done","request_id":"r-of-ana","user_id":"ana"`,
		`"user":"ben@example.com","outcome":"refused","request_id":"r-of-ben"`,
	}, nil)
	d.AdminGroups = nil
	if err := d.Restart(as(t, "ana"), "hello"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("without groups of administrators: %v", err)
	}
}

func TestStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	d := newDesk()
	var errs []error
	for _, f := range []func(*http.Request) (page.View, error){
		d.PluginsView, d.RequestView, func(r *http.Request) (page.View, error) { return d.PluginView(r, "hello") },
	} {
		_, err := f(request(t, "", "/"))
		errs = append(errs, err)
	}
	for _, id := range []string{"plugins", "plugin", "log"} {
		_, err := d.Part(request(t, "", "/?name=hello"), id)
		errs = append(errs, err)
	}
	_, list := d.PluginsJSON(as(t, ""))
	_, one := d.PluginJSON(as(t, ""), "hello")
	for i, err := range append(errs, list, one) {
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%d: %v", i, err)
		}
	}
	for _, id := range []string{"", "nothing"} {
		if _, err := d.Part(request(t, "ana", "/?name=hello"), id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("part %q: %v", id, err)
		}
	}
	if _, err := d.PluginView(request(t, "ana", "/plugins/absent"), "absent"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a plugin that there is not: %v", err)
	}
}

func TestARequestIsFoundByThoseWhoseItIs(t *testing.T) {
	t.Parallel()
	d := newDesk()
	d.watch.Exchange(supervisor.Exchange{
		Plugin: "hello", RequestID: "r-1", UserID: "ben", Method: "GET", Path: "/api/hello/fragments/<b>", Began: now, Duration: 80 * time.Millisecond, Status: 200,
	})
	d.watch.Exchange(supervisor.Exchange{
		Plugin: "other", Caller: "hello", RequestID: "r-1", UserID: "ben", Method: "GET", Path: "/api/other", Began: now.Add(10 * time.Millisecond),
		Duration: 20 * time.Millisecond, Status: 503,
	})
	d.store.Add(&trace.Line{
		At: now.Add(60 * time.Millisecond), Message: "databricks call", Plugin: "hello", RequestID: "r-1", UserID: "ben",
		Attrs: []trace.Attr{{Key: "method", Value: "POST"}, {Key: "path", Value: "/api/2.0/sql/statements"}, {Key: "duration_ms", Value: "25"}, {Key: "attempt", Value: "2"}},
	})
	d.store.Add(&trace.Line{At: now, Message: "another user's line", RequestID: "r-1", UserID: "cleo"})
	d.store.Add(&trace.Line{At: now, Message: "nobody's line", RequestID: "r-1"})

	see := func(who, id string) (page.View, string) {
		v, err := d.RequestView(request(t, who, "/requests?"+url.Values{"id": {id}}.Encode()))
		return v, html(t, v, err)
	}
	v, text := see("ben", " r-1 ")
	holds(t, "ben", text, []string{
		"host to hello", "GET /api/hello/fragments/&lt;b&gt;", "hello to other", "503", "hello to Databricks", "POST /api/2.0/sql/statements, attempt 2", "80 ms", "25 ms",
	}, []string{"another user", "nobody"})
	if v.Status != 0 || strings.Index(text, "host to hello") > strings.Index(text, "hello to other") || strings.Index(text, "hello to other") > strings.Index(text, "hello to Databricks") {
		t.Errorf("status %d, or the steps are not in their order:\n%s", v.Status, text)
	}
	_, text = see("ana", "r-1")
	holds(t, "ana", text, []string{"host to hello", "another user", "nobody", "cleo, ben"}, nil)
	v, text = see("dora", "r-1")
	holds(t, "dora", text, []string{"No request of yours"}, []string{"hello", "statements", "ben"})
	missing, same := see("dora", "r-2")
	if v.Status != http.StatusNotFound || missing.Status != v.Status || strings.ReplaceAll(text, "r-1", "r-2") != same {
		t.Errorf("an id of somebody else's is told from one that does not exist: %d, %d\n%s\n%s", v.Status, missing.Status, text, same)
	}
	for _, id := range []string{"<script>", "a b", strings.Repeat("x", 1<<20)} {
		if v, text := see("ana", id); v.Status != http.StatusBadRequest || strings.Contains(text, "<script>") || len(text) > 4<<10 {
			t.Errorf("id %.20q: status %d, %d bytes", id, v.Status, len(text))
		}
	}
}

func TestLastRequestsAreTheViewersOwn(t *testing.T) {
	t.Parallel()
	d := newDesk()
	for _, who := range []string{"ana", "ben"} {
		d.logger.InfoContext(as(t, who), "request", "method", "GET", "route", "/page-of-"+who, "status", 200, "duration_ms", 1.5)
		d.logger.InfoContext(as(t, who), "request", "method", "GET", "route", "/_fragment/*", "status", 200)
	}
	v, err := d.RequestView(request(t, "ana", "/requests"))
	holds(t, "ana", html(t, v, err), []string{"/page-of-ana", "/requests?id=r-of-ana"}, []string{"/page-of-ben", "_fragment"})
}

func TestNoticeIsForAdministratorsWhenSomethingAils(t *testing.T) {
	t.Parallel()
	d := newDesk()
	notice := func(who string) string {
		if c := d.Notice(as(t, who)); c != nil {
			return render(t, c)
		}
		return ""
	}
	holds(t, "ana", notice("ana"), []string{"/plugins/broken", "crash loop", "last words"}, []string{"/plugins/hello", token})
	for _, who := range []string{"ben", "unknown", ""} {
		if text := notice(who); text != "" {
			t.Errorf("%q is told: %s", who, text)
		}
	}
	for name, test := range map[string]struct {
		status supervisor.Status
		want   bool
	}{
		"ready":             {supervisor.Status{State: supervisor.Ready, Restarts: 1, LastExit: &supervisor.Exit{At: now}}, false},
		"restarted often":   {supervisor.Status{State: supervisor.Ready, Restarts: 3, LastExit: &supervisor.Exit{At: now.Add(-time.Minute)}}, true},
		"long ago":          {supervisor.Status{State: supervisor.Ready, Restarts: 3, LastExit: &supervisor.Exit{At: now.Add(-time.Hour)}}, false},
		"on its way":        {supervisor.Status{State: supervisor.Starting, Since: now.Add(-time.Second)}, false},
		"long on its way":   {supervisor.Status{State: supervisor.Starting, Since: now.Add(-time.Minute)}, true},
		"failed":            {supervisor.Status{State: supervisor.Failed, Since: now}, true},
		"degraded":          {supervisor.Status{State: supervisor.Degraded, Since: now}, true},
		"it is not mounted": {supervisor.Status{State: "conflict", Since: now}, true},
	} {
		d.statuses = []supervisor.Status{test.status}
		if got := notice("ana") != ""; got != test.want {
			t.Errorf("%s: a notice %v, want %v", name, got, test.want)
		}
	}
}

func BenchmarkExchange(b *testing.B) {
	w := status.NewWatch(trace.New(trace.Settings{}))
	x := supervisor.Exchange{
		Plugin: "hello", RequestID: "0d5c2e0a-8a43-4b8c-9a34-8f2b5f2b2a4e", UserID: "6000000000000001", Method: "GET", Path: "/api/hello/ana",
		Began: now, Duration: 3 * time.Millisecond, Status: 200,
	}
	b.ReportAllocs()
	for b.Loop() {
		w.Exchange(x)
	}
}

func TestFiguresAreThoseOfTheRegion(t *testing.T) {
	t.Parallel()
	d := newDesk()
	for range 1204 {
		d.watch.Exchange(supervisor.Exchange{Plugin: "hello", Duration: time.Millisecond, Status: 200})
	}
	v, err := d.PluginsView(request(t, "ana", status.PluginsPath))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := request(t, "ana", status.PluginsPath)
	if err := ui.Write(w, r.WithContext(locale.NewContext(r.Context(), "de-DE")), v.Body); err != nil {
		t.Fatal(err)
	}
	holds(t, "the plugins in German", w.Body.String(), []string{">1.204<", `aria-label="Requests in the last 10 minutes: 1.204, at most 1.204 in 10 seconds"`}, []string{"1,204"})
}
