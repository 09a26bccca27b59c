package e2e

import (
	"net/http"
	"strings"
	"testing"

	"corbel.example/e2e/stack"
	"corbel.example/sdk/fault"
)

// Everything that is refused is refused as RFC 9457 problem details with a code, a request id and a sentence that names
// the thing, and nothing of what is behind.
func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	rows := tablePath("samples", "science", "penguins") + "/rows"
	query := func(statement string) string { return asJSON(t, map[string]string{"statement": statement}) }
	tests := map[string]struct {
		method, path, body string
		status             int
		code               string
		says               string
	}{
		"limit 0":               {"GET", rows + "?limit=0", "", http.StatusBadRequest, "", "limit"},
		"limit -1":              {"GET", rows + "?limit=-1", "", http.StatusBadRequest, "", "limit"},
		"limit 10^9":            {"GET", rows + "?limit=1000000000", "", http.StatusBadRequest, "", "limit"},
		"limit of letters":      {"GET", rows + "?limit=abc", "", http.StatusBadRequest, "", "limit"},
		"limit beyond 64 bits":  {"GET", rows + "?limit=99999999999999999999", "", http.StatusBadRequest, "", "limit"},
		"page token":            {"GET", rows + "?page_token=broken", "", http.StatusBadRequest, "", "page"},
		"unknown catalog":       {"GET", api + "/catalogs/nowhere/schemas", "", http.StatusNotFound, "", ""},
		"unknown table":         {"GET", tablePath("samples", "science", "unicorns"), "", http.StatusNotFound, "", ""},
		"rows of unknown table": {"GET", tablePath("samples", "science", "unicorns") + "/rows", "", http.StatusNotFound, "", "unicorns"},
		"table in a statement":  {"POST", api + "/query", query("SELECT * FROM samples.science.unicorns"), http.StatusNotFound, "TABLE_OR_VIEW_NOT_FOUND", "unicorns"},
		"unknown column":        {"POST", api + "/query", query("SELECT horn FROM samples.science.penguins"), http.StatusUnprocessableEntity, "UNRESOLVED_COLUMN", "horn"},
		"syntax error":          {"POST", api + "/query", query("SELEKT 1"), http.StatusUnprocessableEntity, "PARSE_SYNTAX_ERROR", "SELEKT"},
		"division by zero":      {"POST", api + "/query", query("SELECT 1/0"), http.StatusUnprocessableEntity, "DIVIDE_BY_ZERO", ""},
		"unbound parameter":     {"POST", api + "/query", query("SELECT :missing"), http.StatusUnprocessableEntity, "UNBOUND_SQL_PARAMETER", "missing"},
		"empty statement":       {"POST", api + "/query", query(""), http.StatusBadRequest, "", "statement"},
		"no JSON":               {"POST", api + "/query", "SELECT 1", http.StatusBadRequest, "", ""},
		"half of the JSON":      {"POST", api + "/query", `{"statement": "SELECT`, http.StatusBadRequest, "", ""},
		"unknown field":         {"POST", api + "/query", `{"statment": "SELECT 1"}`, http.StatusBadRequest, "", "statment"},
		"no UTF-8":              {"POST", api + "/query", "{\"statement\": \"SELECT '\xff\xfe'\"}", http.StatusBadRequest, "", "UTF-8"},
		"body too large":        {"POST", api + "/query", query("SELECT '" + strings.Repeat("x", 5<<20) + "'"), http.StatusRequestEntityTooLarge, "TOO_LARGE", ""},
		"statement of nobody":   {"GET", api + "/statements/00000000-0000-0000-0000-000000000000", "", http.StatusNotFound, "", ""},
		"unknown path":          {"GET", api + "/nothing", "", http.StatusNotFound, "NOT_FOUND", ""},
		"unknown plugin":        {"GET", "/api/nobody/x", "", http.StatusNotFound, "NOT_FOUND", ""},
		"wrong method":          {"DELETE", api + "/catalogs", "", http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", ""},
		"dots in the path":      {"GET", api + "/../../healthz", "", http.StatusNotFound, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := as(t, ana).Do(t.Context(), test.method, test.path, strings.NewReader(test.body), "Content-Type", "application/json")
			if err != nil {
				t.Fatal(err)
			}
			if a.Status != test.status {
				t.Fatalf("status %d, want %d: %.400s", a.Status, test.status, a.Body)
			}
			checkProblem(t, a, test.code, test.says)
		})
	}
}

func checkProblem(t *testing.T, a stack.Answer, code, says string) {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != fault.ProblemContentType {
		t.Errorf("Content-Type %q, want %s", got, fault.ProblemContentType)
	}
	problem := decode[fault.Problem](t, a)
	if problem.Code == "" || !strings.HasPrefix(problem.Code, code) {
		t.Errorf("code %q, want %q or a subclass of it", problem.Code, code)
	}
	if problem.RequestID == "" || problem.RequestID != a.RequestID() {
		t.Errorf("request id %q in the body, %q in the header", problem.RequestID, a.RequestID())
	}
	if !strings.Contains(strings.ToLower(a.Body), strings.ToLower(says)) {
		t.Errorf("the answer does not name %q: %s", says, a.Body)
	}
	for _, secret := range []string{"127.0.0.1", "goroutine", ".go:", "/tmp/", ".sock", "DuckDB", "Bearer "} {
		if strings.Contains(a.Body, secret) {
			t.Errorf("the answer tells of what is behind (%q): %s", secret, a.Body)
		}
	}
}

func TestHeadersBeyondTheLimitAreRefused(t *testing.T) {
	t.Parallel()
	a, err := as(t, ana).Get(t.Context(), api+"/catalogs", "X-Large", strings.Repeat("x", 128<<10))
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d, want 431: %.300s", a.Status, a.Body)
	}
}

func TestPagesOfErrorsAreHTML(t *testing.T) {
	t.Parallel()
	for path, status := range map[string]int{"/nothing-here": http.StatusNotFound, "/catalog/nowhere": http.StatusNotFound, "/catalog/samples/science/unicorns": http.StatusNotFound} {
		a := get(t, as(t, ana), status, path, "Accept", "text/html")
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || !strings.Contains(a.Body, a.RequestID()) {
			t.Errorf("%s: %s without the request id %s", path, a.Header.Get("Content-Type"), a.RequestID())
		}
	}
}
