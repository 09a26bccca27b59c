package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"corbel.example/e2e/stack"
)

// withHello starts a stack with the example plugin beside the configured ones, built as its author builds it: without
// the workspace.
func withHello(t *testing.T, hello string) *stack.Stack {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "hello")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, ".")
	cmd.Dir = filepath.Join(programs.Root, "examples", "hello")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build examples/hello: %v\n%s", err, out)
	}
	config := "plugins:\n  unitycatalog:\n    required: true\n  hello:\n    path: " + program + "\n" + hello
	if err := os.WriteFile(filepath.Join(dir, "corbel.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, "CORBEL_CONFIG_DIR="+dir)
}

func TestPluginOfAnotherRepositoryJoinsIn(t *testing.T) {
	s := withHello(t, "    required: true\n    config:\n      greeting: Grüß Gott\n")
	v := signIn(t, s, ben)
	if a := get(t, v, http.StatusOK, "/api/hello/people/Ada%2FLovelace"); a.Body != "Grüß Gott, Ada/Lovelace!\n" {
		t.Errorf("the plugin says %q", a.Body)
	}
	page := get(t, v, http.StatusOK, "/hello", "Accept", "text/html")
	for _, part := range []string{"Grüß Gott, ", `href="/hello"`, `href="/catalog"`} {
		if !strings.Contains(page.Body, part) {
			t.Errorf("the page has no %q", part)
		}
	}
}

// A plugin that is refused its configuration takes nothing with it, and the reason is in /readyz and in the log.
func TestMisconfiguredPluginLeavesTheOthersAlone(t *testing.T) {
	s := withHello(t, "    config:\n      greting: Hi\n")
	get(t, signIn(t, s, ana), http.StatusOK, api+"/catalogs")
	ready := decode[struct {
		Plugins map[string]struct{ State, Message string }
	}](t, get(t, s.Stranger(), http.StatusOK, "/readyz"))
	hello := ready.Plugins["hello"]
	if hello.State == "ready" || !strings.Contains(hello.Message, "greting") || !strings.Contains(hello.Message, "greeting") {
		t.Errorf("/readyz says of the plugin %+v: want the misspelt key and the one that was meant", hello)
	}
}

// A host that does not understand its configuration says which line of which file is wrong, and does not start.
func TestMisspeltKeyOfTheHostIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "corbel.yaml"), []byte("server:\n  prot: 8000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := stack.Start(t.Context(), programs, t.TempDir(), "CORBEL_CONFIG_DIR="+dir)
	if err == nil {
		t.Fatal("it started")
	}
	for _, part := range []string{"corbel.yaml:2", "server.prot", "server.port"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the output does not name %s: %v", part, err)
		}
	}
}
