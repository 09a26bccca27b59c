package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// client calls the workspace that `emulator serve` serves.
type client struct {
	*http.Client
	t           *testing.T
	host, token string
	warehouse   string
}

// serveWorkspace starts the workspace alone and returns ana's client of it.
func serveWorkspace(t *testing.T, env ...string) (e *emulator, c *client, variables []string) {
	t.Helper()
	state := t.TempDir()
	e = launch(t, state, append(env, "CORBEL_WORKSPACE_PORT=0"), "serve")
	e.awaitReady("Workspace ready at ")
	stdout, stderr, code := command(t, state, nil, "env")
	if code != 0 {
		t.Fatalf("env: exit code %d, %s", code, stderr)
	}
	vars := exported(t, stdout)
	for name, value := range vars {
		variables = append(variables, name+"="+value)
	}
	return e, &client{newClient(t), t, vars[hostVariable], vars["DATABRICKS_TOKEN"], vars[warehouseVariable]}, variables
}

// call sends a request and reads the JSON answer.
func (c *client) call(method, path string, body, into any) int {
	c.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.host+path, strings.NewReader(string(data)))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode
}

func TestServeSpeaksTLS(t *testing.T) {
	t.Parallel()
	e, c, variables := serveWorkspace(t, "CORBEL_TLS=true")
	if !strings.HasPrefix(c.host, "https://127.0.0.1:") {
		t.Errorf("host %s", c.host)
	}
	caFile := variableOf(variables, "SSL_CERT_FILE")
	if variableOf(variables, "REQUESTS_CA_BUNDLE") != caFile || variableOf(variables, "NODE_EXTRA_CA_CERTS") != caFile {
		t.Errorf("variables %v", variables)
	}
	text, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	c.Transport = transport
	var me struct {
		UserName string `json:"userName"`
	}
	if status := c.call(http.MethodGet, "/api/2.0/preview/scim/v2/Me", nil, &me); status != http.StatusOK || me.UserName != "ana@example.com" {
		t.Errorf("%d, me %+v", status, me)
	}
	var link struct {
		Result struct {
			Links []struct {
				URL string `json:"external_link"`
			} `json:"external_links"`
		} `json:"result"`
	}
	c.call(http.MethodPost, "/api/2.0/sql/statements", map[string]any{"warehouse_id": c.warehouse, "statement": "SELECT 1", "disposition": "EXTERNAL_LINKS"}, &link)
	if len(link.Result.Links) != 1 || !strings.HasPrefix(link.Result.Links[0].URL, c.host) {
		t.Errorf("links %+v", link)
	}
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
}

func TestServeReadsFaults(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(file, []byte(`[{"kind":"unavailable","path":"/api/2.1/*","times":1}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, c, _ := serveWorkspace(t, "CORBEL_FAULTS="+file)
	var ignored any
	first := c.call(http.MethodGet, "/api/2.1/unity-catalog/catalogs", nil, &ignored)
	second := c.call(http.MethodGet, "/api/2.1/unity-catalog/catalogs", nil, &ignored)
	if first != http.StatusServiceUnavailable || second != http.StatusOK {
		t.Errorf("first %d, second %d", first, second)
	}
	if err := os.WriteFile(file, []byte(`[{"kind":"sparkle"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := command(t, t.TempDir(), []string{"CORBEL_WORKSPACE_PORT=0", "CORBEL_FAULTS=" + file}, "serve")
	if code != 1 || !strings.Contains(stderr, "sparkle") {
		t.Errorf("bad fault: exit code %d, %s", code, stderr)
	}
}

// drain fetches a link to its end and returns its length.
func (c *client) drain(link string) int64 {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, link, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	response, err := c.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("%d, error %v", response.StatusCode, err)
	}
	return n
}
