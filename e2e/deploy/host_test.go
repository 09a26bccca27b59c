package deploy

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// corbel runs the host that is deployed.
func corbel(t *testing.T, dir string, env []string, args ...string) (string, error) {
	t.Helper()
	args = append(args, "--config-dir", filepath.Join(sources, "config"))
	cmd := exec.CommandContext(t.Context(), filepath.Join(here, "builds", platform, "corbel"), args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// generate writes what the plugins need into the bundle.
func (b *bundle) generate(t *testing.T, env ...string) {
	t.Helper()
	// The files are links to the repository's.
	for _, name := range []string{"resources/app.yml", "app.yaml"} {
		b.write(t, name, "")
	}
	if out, err := corbel(t, b.dir, append(basic(t.TempDir()), env...), "bundle", "generate"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestDoctorFindsWhatIsMissing(t *testing.T) {
	healthy := append(basic(t.TempDir()), shared.admin...)
	if out, err := corbel(t, t.TempDir(), healthy, "doctor", "--port", "0"); err != nil || strings.Contains(out, "FAILED") {
		t.Errorf("%v:\n%s", err, out)
	}
	for variable, want := range map[string]string{
		"DATABRICKS_HOST=http://127.0.0.1:1":                  "set DATABRICKS_HOST",
		"DATABRICKS_TOKEN=dapi-of-nobody":                     "set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET",
		"DATABRICKS_WAREHOUSE_ID=0":                           "set DATABRICKS_WAREHOUSE_ID to the id of a SQL warehouse",
		"MODEL_SERVING_ENDPOINT=nobody":                       "set MODEL_SERVING_ENDPOINT to the name of a serving endpoint",
		"LAKEBASE_ENDPOINT=projects/p/branches/b/endpoints/e": "set LAKEBASE_ENDPOINT to projects/",
		"PGPORT=1": "PGHOST and PGPORT",
	} {
		// The last value of a variable counts.
		out, err := corbel(t, t.TempDir(), append(healthy, variable), "doctor", "--port", "0")
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v:\n%s", variable, err, out)
		}
	}
}
