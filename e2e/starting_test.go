package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"corbel.example/e2e/stack"
)

// TestStoppedWarehouseStartsByItself stops the SQL warehouse, whose start takes a while, under an app that works with a
// workspace of https. The first who asks for rows starts it and waits.
func TestStoppedWarehouseStartsByItself(t *testing.T) {
	t.Parallel()
	s := start(t, "CORBEL_TLS=true", "CORBEL_WAREHOUSE_START_TIME=2s")
	w := newWorkspace(t, s)
	w.stop(t)
	v := signIn(t, s, ana)
	if ready := get(t, v, http.StatusOK, "/readyz"); ready.Status != http.StatusOK {
		t.Errorf("with a stopped warehouse the app is not ready: %d", ready.Status)
	}
	page := decode[rowPage](t, get(t, v, http.StatusOK, tablePath("samples", "science", "penguins")+"/rows?limit=10"))
	if len(page.Rows) != 10 {
		t.Errorf("%d rows from a warehouse that had to start", len(page.Rows))
	}
	if state := w.state(t); state != "RUNNING" {
		t.Errorf("the warehouse is %s", state)
	}
}

// workspace is the embedded workspace's warehouse, as its administrator calls it.
type workspace struct {
	client                 *http.Client
	host, warehouse, token string
}

func newWorkspace(t *testing.T, s *stack.Stack) *workspace {
	t.Helper()
	env, err := s.Env(t.Context(), ana)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(env["DATABRICKS_HOST"], "https://") {
		t.Fatalf("the workspace is at %s", env["DATABRICKS_HOST"])
	}
	text, err := os.ReadFile(env["SSL_CERT_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &workspace{
		client: &http.Client{Transport: transport, Timeout: waitTimeout},
		host:   env["DATABRICKS_HOST"], warehouse: "/api/2.0/sql/warehouses/" + env["DATABRICKS_WAREHOUSE_ID"], token: env["DATABRICKS_TOKEN"],
	}
}

func (w *workspace) call(t *testing.T, method, path, body string, answer any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.host+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+w.token)
	response, err := w.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil || response.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %d, error %v", method, path, response.StatusCode, err)
	}
}

// stop stops the warehouse.
func (w *workspace) stop(t *testing.T) {
	t.Helper()
	w.call(t, http.MethodPost, w.warehouse+"/stop", "", &struct{}{})
	if state := w.state(t); state != "STOPPED" {
		t.Fatalf("the warehouse is %s", state)
	}
}

// fault gives a fault to requests, until its rule is removed.
func (w *workspace) fault(t *testing.T, rule string) (remove func()) {
	t.Helper()
	var set struct {
		ID string `json:"id"`
	}
	w.call(t, http.MethodPost, "/_emulator/faults", rule, &set)
	return func() {
		t.Helper()
		w.call(t, http.MethodDelete, "/_emulator/faults/"+set.ID, "", &struct{}{})
	}
}

func (w *workspace) state(t *testing.T) string {
	t.Helper()
	var answer struct {
		State string `json:"state"`
	}
	w.call(t, http.MethodGet, w.warehouse, "", &answer)
	return answer.State
}
