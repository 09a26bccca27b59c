package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

const lakebase = "/api/lakebase"

// What a user saves in the browser is there after everything was restarted, and nobody else sees it.
func TestPreferencesAndNotesSurviveARestart(t *testing.T) {
	state := t.TempDir()
	begin := func() *stack.Stack {
		s, err := stack.Start(t.Context(), programs, state)
		if err != nil {
			t.Fatal(err)
		}
		cleanUp(t, s)
		return s
	}
	first := begin()
	page := tab(t, browser.Look{Width: 1280, Height: 800})
	enter(t, page, first, ana)
	fill := func(path, button string, fields map[string]string) {
		t.Helper()
		browse(t, page, first.URL+path, http.StatusOK)
		for name, value := range fields {
			set := fmt.Sprintf(`document.querySelector('main [name="%s"]').value = %q`, name, value)
			if _, err := browser.Evaluate[any](page, set); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := browser.Evaluate[any](page, fmt.Sprintf("document.querySelector(%q).focus()", button)); err != nil {
			t.Fatal(err)
		}
		if _, err := page.PressToLeave(browser.KeyEnter); err != nil {
			t.Fatal(err)
		}
		if at, err := page.Location(); err != nil || !strings.HasSuffix(at, path+"?done=saved") {
			t.Fatalf("after saving at %s: %s, %v", path, at, err)
		}
	}
	fill("/preferences", `main form button`, map[string]string{"theme": "dark", "page_size": "25", "default_catalog": "samples"})
	await := func(condition string) {
		t.Helper()
		if err := page.Await(condition); err != nil {
			t.Fatal(err)
		}
	}
	await(`document.documentElement.dataset.theme === 'dark'`)
	// The switch in the user menu is a preference, too, and the page that shows it follows.
	for _, selector := range []string{".corbel-menu > summary", ".corbel-theme [value=light]"} {
		if err := page.Click(selector); err != nil {
			t.Fatal(err)
		}
	}
	await(`document.documentElement.dataset.theme === 'light' && document.querySelector('main [name=theme]').value === 'light'`)
	other := tab(t, browser.DeskDark)
	browse(t, other, first.URL+"/_frontdoor/sign-in", http.StatusOK)
	if status, err := other.Follow("Sign in as Ana"); err != nil || status != http.StatusOK {
		t.Fatalf("sign in with another browser: status %d, %v", status, err)
	}
	if theme, err := browser.Evaluate[string](other, `document.documentElement.dataset.theme ?? 'none'`); err != nil || theme != "light" {
		t.Errorf("another browser begins with the theme %s, %v", theme, err)
	}
	fill("/notes", `main form button`, map[string]string{"title": "Of ana alone", "body": "<b>two</b>\nlines"})
	if complaints := page.Complaints(); len(complaints) != 0 {
		t.Errorf("the browser complains: %v", complaints)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	second := begin()
	enter(t, page, second, ana)
	browse(t, page, second.URL+"/preferences", http.StatusOK)
	for name, want := range map[string]string{"theme": "light", "page_size": "25", "default_catalog": "samples", "default_schema": ""} {
		got, err := browser.Evaluate[string](page, fmt.Sprintf(`document.querySelector('main [name="%s"]').value`, name))
		if err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", name, got, err, want)
		}
	}
	browse(t, page, second.URL+"/notes", http.StatusOK)
	if text, err := page.Text(); err != nil || !strings.Contains(text, "Of ana alone") || !strings.Contains(text, "<b>two</b>\nlines") {
		t.Errorf("the note is not there: %v\n%s", err, text)
	}
	enter(t, page, second, ben)
	for _, path := range []string{"/", "/notes", "/preferences", "/queries"} {
		browse(t, page, second.URL+path, http.StatusOK)
		if text, err := page.Text(); err != nil || strings.Contains(text, "Of ana alone") {
			t.Errorf("ben sees ana's note at %s: %v", path, err)
		}
	}
	if a := get(t, signIn(t, second, ben), http.StatusOK, lakebase+"/preferences"); strings.TrimSpace(a.Body) != "{}" {
		t.Errorf("ben's preferences: %s", a.Body)
	}
	if err := second.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// A form that is refused after the browser's own checks is answered with a page, not with data.
func TestARefusedFormIsAnsweredWithAPage(t *testing.T) {
	t.Parallel()
	v := as(t, ana)
	a, err := v.Do(t.Context(), http.MethodPost, lakebase+"/forms/notes", form("title", "", "body", "x"),
		"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != http.StatusBadRequest || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || !strings.Contains(a.Body, "title must not be empty") {
		t.Errorf("status %d, %s: %.500s", a.Status, a.Header.Get("Content-Type"), a.Body)
	}
	if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'self'") {
		t.Errorf("the page's policy is %q", policy)
	}
}

// control sends a request to the workspace's own administration, as ana.
func control(t *testing.T, s *stack.Stack, path, body string) {
	t.Helper()
	env, err := s.Env(t.Context(), ana)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, env["DATABRICKS_HOST"]+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+env["DATABRICKS_TOKEN"])
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		t.Fatalf("POST %s: %s", path, answer.Status)
	}
}

// writers write notes until stop is called, which returns how many there were.
type writers struct {
	acknowledged sync.Map
	written      atomic.Int64
	refused      atomic.Int64
	halt         context.CancelFunc
	done         sync.WaitGroup
}

// write starts writers. An answer that is neither success nor 503 with Retry-After fails the test.
func write(t *testing.T, s *stack.Stack) *writers {
	t.Helper()
	w := &writers{}
	ctx, cancel := context.WithCancel(t.Context())
	w.halt = cancel
	for n, user := range []string{ana, ana, ben, cleo} {
		v := signIn(t, s, user)
		w.done.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				id := fmt.Sprintf("%d-%d", n, i)
				// History takes many: notes are limited to a thousand a user.
				a, err := v.Post(context.WithoutCancel(ctx), lakebase+"/history", fmt.Sprintf(`{"statement":"%s","status":"SUCCEEDED"}`, id))
				switch {
				case err != nil:
					t.Errorf("write %s: %v", id, err)
				case a.Status == http.StatusCreated:
					w.acknowledged.Store(user+" "+id, true)
					w.written.Add(1)
				case a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != "":
					w.refused.Add(1)
				default:
					t.Errorf("write %s: status %d: %.300s", id, a.Status, a.Body)
				}
			}
		})
	}
	return w
}

func (w *writers) stop() { w.halt(); w.done.Wait() }

// check fails the test for each acknowledged write that is not there.
func (w *writers) check(t *testing.T, s *stack.Stack) {
	t.Helper()
	for _, user := range []string{ana, ben, cleo} {
		v := signIn(t, s, user)
		for token := ""; ; {
			page := decode[struct {
				History []struct{ Statement string }
				Next    string `json:"next_page_token"`
			}](t, get(t, v, http.StatusOK, lakebase+"/history?limit=500&page_token="+token))
			for _, e := range page.History {
				w.acknowledged.Delete(user + " " + e.Statement)
			}
			if token = page.Next; token == "" {
				break
			}
		}
	}
	w.acknowledged.Range(func(key, _ any) bool { t.Errorf("the acknowledged write %v is lost", key); return true })
}

// withLakebase starts a stack with settings of the plugin, as lines of YAML.
func withLakebase(t *testing.T, settings string, env ...string) *stack.Stack {
	t.Helper()
	dir := t.TempDir()
	config := "plugins:\n  lakebase:\n    required: true\n    config:\n      history_limit: 100000\n" + settings
	if err := os.WriteFile(filepath.Join(dir, "corbel.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, append(env, "CORBEL_CONFIG_DIR="+dir)...)
	// The first request waits until PostgreSQL runs and has its tables.
	v := signIn(t, s, ana)
	await(t, "the database answers", func() bool {
		a, err := v.Get(t.Context(), lakebase+"/preferences")
		return err == nil && a.Status == http.StatusOK
	})
	return s
}

// PostgreSQL is killed under load and comes back after ten seconds.
func TestDatabaseKilledUnderLoad(t *testing.T) {
	const (
		away   = 10 * time.Second
		within = 2 * time.Second
	)
	s := withLakebase(t, "")
	before := pids(t, s)
	w := write(t, s)
	await(t, "writes", func() bool { return w.written.Load() > 100 })
	control(t, s, "/_emulator/postgres/kill", "")
	killed := time.Now()
	await(t, "the end of the outage", func() bool { return time.Since(killed) >= away })
	if w.refused.Load() == 0 {
		t.Error("no write was refused while the database was away")
	}
	control(t, s, "/_emulator/postgres/start", "")
	back, began := w.written.Load(), time.Now()
	await(t, "writes again", func() bool { return w.written.Load() > back })
	took := time.Since(began)
	figure.Note(t, "Lakebase back after a crash: written again after %v; %d writes, %d refused", took.Round(time.Millisecond), w.written.Load(), w.refused.Load())
	if took > within {
		t.Errorf("it took %v until something was written again, over %v", took, within)
	}
	await(t, "more writes", func() bool { return w.written.Load() > back+100 })
	w.stop()
	w.check(t, s)
	if after := pids(t, s); after != before {
		t.Errorf("processes were restarted: %s, then %s", before, after)
	}
}

// pids are those of host and plugin.
func pids(t *testing.T, s *stack.Stack) string {
	t.Helper()
	var ids []string
	for _, program := range []string{"corbel", "plugins/lakebase"} {
		p, err := s.Process(t.Context(), program)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strconv.Itoa(p.PID))
	}
	return strings.Join(ids, " ")
}

// Tokens live for two seconds, are revoked as well, and connections live hardly longer: no request fails.
func TestDatabaseTokensRotateUnderLoad(t *testing.T) {
	const tokenLife = 2 * time.Second
	s := withLakebase(t, "      connection_lifetime: 1s\n", "CORBEL_DATABASE_TOKEN_LIFE="+tokenLife.String())
	w := write(t, s)
	login, err := s.Log.Wait(bounded(t), databaseLogin)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		began, written := time.Now(), w.written.Load()
		await(t, "the end of a token's life", func() bool { return time.Since(began) >= tokenLife })
		control(t, s, "/_emulator/tokens/revoke", `{"principal":"`+login.Field("user_id")+`"}`)
		await(t, "writes", func() bool { return w.written.Load() > written })
	}
	w.stop()
	logins := len(s.Log.Lines(databaseLogin))
	figure.Note(t, "Lakebase tokens of 2 s: %d writes, %d refused, %d logins", w.written.Load(), w.refused.Load(), logins)
	if n := w.refused.Load(); n != 0 {
		t.Errorf("%d writes were refused", n)
	}
	if logins < 10 {
		t.Errorf("%d logins: connections were not replaced", logins)
	}
	w.check(t, s)
}

// databaseLogin says of a line that it reports a login to the database.
func databaseLogin(l stack.Line) bool {
	return l.Field("module") == "lakebase" && l.Field("message") == "login"
}
