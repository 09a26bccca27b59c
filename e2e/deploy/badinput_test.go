package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listenLimit is how long the workspace waits for an app to listen, and a little more.
const listenLimit = 75 * time.Second

func TestBadInputIsRefusedBeforeAnythingRuns(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, b *bundle)
		args  []string
		want  string
	}{
		"a variable without a value": {
			func(_ *testing.T, b *bundle) { b.with("BUNDLE_VAR_sql_warehouse_id", "") },
			[]string{"bundle", "validate", "--strict", "-t", "dev"},
			"sql_warehouse_id",
		},
		"a target that is not there": {
			func(*testing.T, *bundle) {}, []string{"bundle", "validate", "--strict", "-t", "moon"}, "moon",
		},
		"a warehouse that is not there": {
			func(_ *testing.T, b *bundle) { b.with("BUNDLE_VAR_sql_warehouse_id", "0000000000000000") },
			[]string{"bundle", "deploy", "-t", "dev"},
			"0000000000000000",
		},
		"a permission that only warns": {
			func(t *testing.T, b *bundle) {
				t.Helper()
				b.write(t, "databricks.yml", strings.ReplaceAll(b.read(t, "databricks.yml"), "level: CAN_USE", "level: CAN_VIEW"))
			},
			[]string{"bundle", "validate", "--strict", "-t", "dev"},
			"CAN_VIEW",
		},
		"a name that no app can have": {
			func(_ *testing.T, b *bundle) { b.with("BUNDLE_VAR_app_name", "The_App") },
			[]string{"bundle", "deploy", "-t", "dev"},
			"The_App",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBundle(t, "dev")
			tt.spoil(t, b)
			out, err := b.try(t, tt.args...)
			if err == nil || !strings.Contains(out, tt.want) {
				t.Errorf("%v: %s", err, out)
			}
			b.destroyWhatIsThere(t)
		})
	}
}

// The script says so before it starts a workspace for it.
func TestScriptRefusesUnknownTargets(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "bash", "scripts/deploy", "moon")
	cmd.Dir, cmd.Env = sources, append(os.Environ(), "CORBEL_STATE_DIR="+filepath.Join(t.TempDir(), "state"), "DATABRICKS_HOST=")
	out, err := cmd.CombinedOutput()
	if want := "databricks.yml has no target \"moon\". It has: dev staging prod\n"; err == nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}
}

// destroyWhatIsThere removes what a refused deployment may have left behind. There may be nothing.
func (b *bundle) destroyWhatIsThere(t *testing.T) {
	t.Helper()
	b.with("BUNDLE_VAR_sql_warehouse_id", variables["sql_warehouse_id"])
	if out, err := b.try(t, "bundle", "destroy", "-t", "dev", "--auto-approve"); err != nil && !strings.Contains(out, "No active deployment") {
		t.Logf("destroy: %v: %s", err, out)
	}
}

func TestAnAppThatCannotRunSaysWhy(t *testing.T) {
	b := newBundle(t, "dev")
	b.destroyAtEnd(t)
	b.deploy(t)
	url := b.app(t, "corbel-dev").URL
	noSuchResource := strings.ReplaceAll(b.read(t, "resources/app.yml"), "value_from: sql-warehouse", "value_from: no-such-resource")
	for name, tt := range map[string]struct {
		file, content string
		want          []string
	}{
		"a broken app.yaml":             {app("app.yaml"), "command: [\n", []string{"app.yaml"}},
		"an app that exits at once":     {app("start.sh"), "echo there is no such plugin: sparkle\nexit 3\n", []string{"there is no such plugin: sparkle"}},
		"a damaged upload":              {app("programs.tar.zst.00"), "hello", []string{"the checksum of programs.tar.zst.00", "deploy again"}},
		"a configuration that is wrong": {app("config/corbel.dev.yaml"), "sever: {}\n", []string{"unknown key sever"}},
		"a setting from no resource":    {"resources/app.yml", noSuchResource, []string{"no-such-resource", "which the app does not have"}},
		"a file that is too large":      {app("large.bin"), strings.Repeat("x", 10<<20+1), []string{"large.bin"}},
	} {
		t.Run(name, func(t *testing.T) {
			broken := newBundle(t, "dev")
			broken.write(t, tt.file, tt.content)
			broken.bundle(t, "deploy")
			out, err := broken.try(t, "bundle", "run", "-t", "dev", "corbel")
			if err == nil {
				t.Fatalf("it runs: %s", out)
			}
			log := out + shared.page(t, url+"/logz")
			for _, want := range tt.want {
				if !strings.Contains(log, want) {
					t.Errorf("neither the CLI nor the log says %q: %s", want, out)
				}
			}
			// The version before goes on.
			shared.page(t, url+"/catalog")
		})
	}
}

// TestAnAppThatDoesNotListen leaves the CLI to wait while the other tests of this package run: an app has a minute to listen.
func TestAnAppThatDoesNotListen(t *testing.T) {
	b := newBundleFor(t, newWorkspace(t), "dev")
	b.write(t, app("start.sh"), "exec sleep 1000\n")
	b.bundle(t, "deploy")
	var out string
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		out, err = b.try(t, "bundle", "run", "-t", "dev", "corbel")
	}()
	t.Parallel()
	select {
	case <-ended:
	case <-time.After(listenLimit):
		t.Fatal("the CLI waits on")
	}
	if err == nil || !strings.Contains(out, "it must listen on DATABRICKS_APP_PORT") {
		t.Errorf("%v: %s", err, out)
	}
}
