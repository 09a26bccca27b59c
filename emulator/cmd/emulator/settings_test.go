package main

import (
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/pflag"
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

func TestSettingsOfServing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		environ   []string
		arguments []string
		rate      float64
		limit     uint16
		problem   string
	}{
		"defaults":              {rate: 20},
		"of the environment":    {environ: []string{"CORBEL_TOKENS_PER_SECOND=0", "CORBEL_SERVING_RATE_LIMIT=3"}, limit: 3},
		"the flag wins":         {environ: []string{"CORBEL_TOKENS_PER_SECOND=7"}, arguments: []string{"--tokens-per-second=2.5"}, rate: 2.5},
		"a negative rate":       {environ: []string{"CORBEL_TOKENS_PER_SECOND=-1"}, problem: "must be from 0 to 10000 (CORBEL_TOKENS_PER_SECOND"},
		"a rate of no number":   {environ: []string{"CORBEL_TOKENS_PER_SECOND=NaN"}, problem: "must be from 0 to 10000"},
		"a rate that is text":   {environ: []string{"CORBEL_TOKENS_PER_SECOND=fast"}, problem: "want a number"},
		"a limit that is lower": {environ: []string{"CORBEL_SERVING_RATE_LIMIT=-1"}, problem: "want a number from 0 to 65535"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &settings{}
			flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
			s.workspaceFlags(flags, 0)
			s.logFlags(flags)
			if err := flags.Parse(tt.arguments); err != nil {
				t.Fatal(err)
			}
			err := s.resolve(flags, tt.environ)
			if tt.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tt.problem) {
					t.Errorf("error %v, want %q", err, tt.problem)
				}
				return
			}
			if err != nil || s.tokensPerSecond != tt.rate || s.requestsPerMinute != tt.limit {
				t.Errorf("%v tokens a second, %d requests a minute, error %v", s.tokensPerSecond, s.requestsPerMinute, err)
			}
		})
	}
}
