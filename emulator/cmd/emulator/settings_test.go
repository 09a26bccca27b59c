package main

import (
	"net/url"
	"os/exec"
	"testing"
)

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestExportLinesSurviveTheShell(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"plain", "with space", `it's "quoted"`, "$HOME `id` $(id)", `back\slash`, "new\nline", ""} {
		script := export("CORBEL_TEST", value) + `printf '%s' "$CORBEL_TEST"`
		got, err := exec.CommandContext(t.Context(), "sh", "-c", script).Output()
		if err != nil || string(got) != value {
			t.Errorf("%q came out as %q, %v", value, got, err)
		}
	}
}

func TestRealWorkspace(t *testing.T) {
	t.Parallel()
	last := running{WorkspaceURL: "http://127.0.0.1:8001"}
	for name, tt := range map[string]struct {
		environ []string
		want    string
	}{
		"no host":              {environ: []string{"DATABRICKS_HOSTS=x"}},
		"empty host":           {environ: []string{"DATABRICKS_HOST="}},
		"real host":            {environ: []string{"DATABRICKS_HOST=https://real.example/"}, want: "https://real.example"},
		"our own of last time": {environ: []string{"DATABRICKS_HOST=http://127.0.0.1:8001"}},
		"the last one counts":  {environ: []string{"DATABRICKS_HOST=a", "DATABRICKS_HOST=b"}, want: "b"},
	} {
		if got := realWorkspace(tt.environ, last); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if got := realWorkspace(nil, running{}); got != "" {
		t.Errorf("at the first start: %q", got)
	}
}
