package e2e

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"

	"corbel.example/e2e/stack"
	"corbel.example/sdk/correlation"
)

// One request id is in the log lines of the front door, the host, the plugin and the workspace, and in the answer.
func TestOneRequestIDFromBrowserToWorkspace(t *testing.T) {
	t.Parallel()
	s := running(t)
	const id = "e2e.one-request_id"
	a := get(t, signIn(t, s, ana), http.StatusOK, "/api/unitycatalog/catalogs/samples/schemas/science/tables/penguins/rows?limit=5", "X-Request-Id", id)
	if a.RequestID() != id {
		t.Errorf("the answer has request id %q, want %q", a.RequestID(), id)
	}

	with := func(match func(stack.Line) bool) func(stack.Line) bool {
		return func(l stack.Line) bool { return l.Field("request_id") == id && match(l) }
	}
	for who, match := range map[string]func(stack.Line) bool{
		"the host": func(l stack.Line) bool {
			return l.Field("plugin") == "unitycatalog" && l.Field("status") == "200" && l.Field("route") != ""
		},
		"the plugin": func(l stack.Line) bool { return l.Field("plugin") == "unitycatalog" && l.Field("status") == "" },
		"the workspace": func(l stack.Line) bool {
			return strings.HasPrefix(l.Field("route"), "POST /api/2.0/sql/statements") || strings.Contains(l.Text, "/api/2.0/sql/statements") && l.Field("plugin") == ""
		},
	} {
		line, err := s.Log.Wait(bounded(t), with(match))
		if err != nil {
			t.Errorf("no log line of %s has the request id: %v", who, err)
			continue
		}
		for _, field := range []string{"timestamp", "level", "message"} {
			if line.Field(field) == "" {
				t.Errorf("the line of %s has no %s: %s", who, field, line.Text)
			}
		}
	}
}

func TestTokensAreInNoLogLine(t *testing.T) {
	t.Parallel()
	s := running(t)
	env, err := s.Env(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	token := env["DATABRICKS_TOKEN"]
	if token == "" {
		t.Fatal("emulator env prints no DATABRICKS_TOKEN")
	}
	v, err := s.Bearer(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	a := get(t, v, http.StatusOK, "/api/unitycatalog/catalogs?token="+token)
	if _, err := s.Log.Wait(bounded(t), func(l stack.Line) bool { return l.Field("request_id") == a.RequestID() }); err != nil {
		t.Fatal(err)
	}
	if lines := s.Log.Lines(func(l stack.Line) bool { return strings.Contains(l.Text, token) }); len(lines) > 0 {
		t.Errorf("%d log lines hold a token, the first: %s", len(lines), strings.ReplaceAll(lines[0].Text, token, "<the token>"))
	}
}

func TestHostileRequestIDsAreReplaced(t *testing.T) {
	t.Parallel()
	s := running(t)
	for name, id := range map[string]string{
		"too long":      strings.Repeat("a", correlation.MaxLength+1),
		"a space":       "a b",
		"a quote":       `a","level":"ERROR`,
		"unicode":       "żółw",
		"percent":       "%0d%0aSet-Cookie:x",
		"a tab":         "a\tb",
		"empty":         "",
		"an HTML tag":   "<script>",
		"a path":        "../../etc/passwd",
		"a control":     "a\x7fb",
		"SQL":           "x'; DROP TABLE t; --",
		"a folded line": "abc\r\n def",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := raw(t, s, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-Id: "+id+"\r\n\r\n")
			if resp.StatusCode == http.StatusBadRequest {
				return // net/http does not take the header at all
			}
			got := resp.Header.Get(correlation.Header)
			if got == id || !correlation.Valid(got) {
				t.Errorf("the answer's request id is %q", got)
			}
		})
	}
}

// raw sends bytes and returns the answer's head.
func raw(t *testing.T, s *stack.Stack, request string) *http.Response {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(bounded(t), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}
