package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"corbel.example/emulator/internal/apps/appstest"
)

// call calls the workspace's API as the user whose variables are given.
func call(t *testing.T, vars map[string]string, method, path string, body []byte, answer any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, vars[hostVariable]+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+vars["DATABRICKS_TOKEN"])
	client := newClient(t)
	if file := vars["SSL_CERT_FILE"]; file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
		t.Cleanup(transport.CloseIdleConnections)
		client.Transport = transport
	}
	status, text := do(t, client, req)
	if status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal([]byte(text), answer); err != nil {
		t.Fatal(err)
	}
}

// deployedApp is what the API tells of an app, as far as it matters here.
type deployedApp struct {
	URL       string `json:"url"`
	AppStatus struct {
		State, Message string
	} `json:"app_status"`
}

// deployTiny deploys the app for tests and waits until it runs.
func deployTiny(t *testing.T, vars map[string]string) deployedApp {
	t.Helper()
	program, err := appstest.Program()
	if err != nil {
		t.Fatal(err)
	}
	const upload = "/api/2.0/workspace-files/import-file/Workspace/Shared/"
	call(t, vars, http.MethodPost, "/api/2.0/workspace/mkdirs", []byte(`{"path": "/Shared/shop"}`), nil)
	call(t, vars, http.MethodPost, upload+"shop/tiny?overwrite=true", program, nil)
	call(t, vars, http.MethodPost, "/api/2.0/apps", []byte(`{"name": "shop"}`), nil)
	order, err := json.Marshal(map[string]any{"source_code_path": "/Workspace/Shared/shop", "command": appstest.Command(appstest.Serves)})
	if err != nil {
		t.Fatal(err)
	}
	call(t, vars, http.MethodPost, "/api/2.0/apps/shop/deployments", order, nil)
	return awaitTiny(t, vars)
}

func awaitTiny(t *testing.T, vars map[string]string) deployedApp {
	t.Helper()
	var app deployedApp
	eventually(t, "the app", func() bool {
		call(t, vars, http.MethodGet, "/api/2.0/apps/shop", nil, &app)
		if app.AppStatus.State == "CRASHED" {
			t.Fatal(app.AppStatus.Message)
		}
		return app.AppStatus.State == "RUNNING"
	})
	return app
}

func lookAtTiny(t *testing.T, vars map[string]string, url string) appstest.Seen {
	t.Helper()
	status, body := get(t, newClient(t), url, "Authorization", "Bearer "+vars["DATABRICKS_TOKEN"])
	var s appstest.Seen
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatalf("%d: %v\n%s", status, err, body)
	}
	return s
}

func (e *emulator) variables(t *testing.T, state string, args ...string) map[string]string {
	t.Helper()
	stdout, stderr, code := command(t, state, nil, append([]string{"env"}, args...)...)
	if code != 0 {
		t.Fatalf("env: %d %s\n%s", code, stderr, e.out)
	}
	return exported(t, stdout)
}

func TestDeployedAppsEndAndComeBackWithTheEmulator(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	serve := func() *emulator {
		e := launch(t, state, []string{"CORBEL_POSTGRES=off", "CORBEL_WORKSPACE_PORT=0"}, "serve")
		e.awaitReady("Workspace ready at ")
		return e
	}
	e := serve()
	vars := e.variables(t, state)
	app := deployTiny(t, vars)
	first := lookAtTiny(t, vars, app.URL)
	e.signal(syscall.SIGKILL)
	e.exitCode() // only then the state folder is free again
	waitGone(t, first.PID)

	e = serve()
	if _, err := os.Stat(first.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder in which the app ran is left: %v", err)
	}
	vars = e.variables(t, state)
	again := awaitTiny(t, vars)
	second := lookAtTiny(t, vars, again.URL)
	if again.URL != app.URL || second.PID == first.PID {
		t.Errorf("at %s as %d, then at %s as %d", app.URL, first.PID, again.URL, second.PID)
	}
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
	waitGone(t, second.PID)
}

func TestDeployedAppsTrustTheWorkspacesCertificate(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	e := launch(t, state, []string{"CORBEL_POSTGRES=off", "CORBEL_WORKSPACE_PORT=0", "CORBEL_TLS=true"}, "serve")
	e.awaitReady("Workspace ready at ")
	vars := e.variables(t, state)
	app := deployTiny(t, vars)
	status, got := get(t, newClient(t), app.URL+"/certificate", "Authorization", "Bearer "+vars["DATABRICKS_TOKEN"])
	want, err := os.ReadFile(vars["SSL_CERT_FILE"])
	if err != nil || status != http.StatusOK || got != string(want) {
		t.Errorf("the app reads %d %.200q, %v", status, got, err)
	}
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
}

func TestTheDeployerSignsInByOAuth(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	e := launch(t, state, []string{"CORBEL_POSTGRES=off", "CORBEL_WORKSPACE_PORT=0"}, "serve")
	e.awaitReady("Workspace ready at ")
	vars := e.variables(t, state, "--user", "deployer")
	if vars["DATABRICKS_TOKEN"] != "" || vars["DATABRICKS_CLIENT_ID"] == "" {
		t.Errorf("variables %v", vars)
	}
	vars["DATABRICKS_TOKEN"] = appToken(t, vars)
	var me struct{ UserName string }
	call(t, vars, http.MethodGet, "/api/2.0/preview/scim/v2/Me", nil, &me)
	if me.UserName != vars["DATABRICKS_CLIENT_ID"] {
		t.Errorf("signed in as %q", me.UserName)
	}
	if strings.Contains(e.out.String(), vars["DATABRICKS_CLIENT_SECRET"]) {
		t.Error("the secret is in the log")
	}
}
