package deploy

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// bundle is a copy of the repository's bundle that a test may change, with a target to deploy.
type bundle struct {
	dir, target string
	workspace   *workspace
	env         []string
}

// variables of the bundle for the embedded workspace's resources, by name.
var variables = map[string]string{
	"sql_warehouse_id":      "c0bbe1c0ffee0001",
	"serving_endpoint_name": "corbel-chat",
	"lakebase_branch":       "projects/corbel/branches/production",
	"lakebase_database":     "projects/corbel/branches/production/databases/databricks-postgres",
	"platform":              platform,
}

// newBundle copies what the CLI sees of the repository, for the shared workspace.
func newBundle(t *testing.T, target string) *bundle {
	t.Helper()
	return newBundleFor(t, shared, target)
}

func newBundleFor(t *testing.T, w *workspace, target string) *bundle {
	t.Helper()
	b := &bundle{dir: t.TempDir(), target: target, workspace: w, env: append(basic(t.TempDir()), w.admin...)}
	for name, value := range variables {
		b.env = append(b.env, "BUNDLE_VAR_"+name+"="+value)
	}
	for _, name := range []string{"databricks.yml", "app.yaml", "resources", ".gitignore"} {
		link(t, filepath.Join(sources, name), filepath.Join(b.dir, name))
	}
	link(t, filepath.Join(here, "dist"), filepath.Join(b.dir, "dist"))
	return b
}

// link copies a file, or a folder with all that is in it. Files are linked: write replaces them.
func link(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o750)
		}
		if os.Link(path, target) == nil {
			return nil
		}
		content, err := os.ReadFile(path) // on another file system
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// write replaces one of the files.
func (b *bundle) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(b.dir, filepath.FromSlash(name))
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// app is a file of what is deployed.
func app(name string) string { return "dist/" + platform + "/" + name }

// with sets a variable of the environment; without a value it is not set.
func (b *bundle) with(name, value string) {
	var env []string
	for _, pair := range b.env {
		if !strings.HasPrefix(pair, name+"=") {
			env = append(env, pair)
		}
	}
	if value != "" {
		env = append(env, name+"="+value)
	}
	b.env = env
}

// try runs the CLI and returns what it printed.
func (b *bundle) try(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), cli, args...)
	cmd.Dir, cmd.Env = b.dir, b.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run runs the CLI, which must succeed.
func (b *bundle) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := b.try(t, args...)
	if err != nil {
		t.Fatalf("databricks %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// bundle runs a command of the CLI for bundles.
func (b *bundle) bundle(t *testing.T, args ...string) string {
	t.Helper()
	return b.run(t, append([]string{"bundle", args[0], "-t", b.target}, args[1:]...)...)
}

// deploy does what `make deploy` does once all is built.
func (b *bundle) deploy(t *testing.T) {
	t.Helper()
	b.bundle(t, "validate", "--strict")
	b.bundle(t, "deploy")
	b.bundle(t, "run", "corbel")
}

// destroyAtEnd removes the app with the test.
func (b *bundle) destroyAtEnd(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		cmd := exec.Command(cli, "bundle", "destroy", "-t", b.target, "--auto-approve") //nolint:noctx // the test's context is done by now
		cmd.Dir, cmd.Env = b.dir, b.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("destroy: %v\n%s", err, out)
		}
	})
}

// deployed is what the workspace says of an app.
type deployed struct {
	URL       string `json:"url"`
	AppStatus struct {
		State string `json:"state"`
	} `json:"app_status"`
	UserAPIScopes []string `json:"user_api_scopes"`
	Resources     []struct {
		Name string `json:"name"`
	} `json:"resources"`
}

func (b *bundle) app(t *testing.T, name string) deployed {
	t.Helper()
	var d deployed
	if err := json.Unmarshal([]byte(b.run(t, "apps", "get", name, "-o", "json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}
