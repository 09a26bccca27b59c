package sdktest

import (
	"context"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/plugin"
)

const (
	checkTimeout = time.Second
	drainTimeout = 5 * time.Second
)

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	versionForm = regexp.MustCompile(`^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$`)
)

// Conformance checks what every host relies on. newPlugin makes a fresh plugin each time, as a new process would.
func Conformance(t *testing.T, newPlugin func() plugin.Plugin, opts Options) {
	t.Helper()
	t.Run("the manifest is complete and always the same", func(t *testing.T) { manifest(t, newPlugin) })
	t.Run("the manifest crosses the border unchanged", func(t *testing.T) { describe(t, newPlugin(), opts) })
	t.Run("it can be configured again", func(t *testing.T) { reconfigure(t, newPlugin(), opts) })
	t.Run("unknown configuration is refused", func(t *testing.T) { unknownKey(t, newPlugin()) })
	t.Run("a shallow check answers at once", func(t *testing.T) { check(t, newPlugin(), opts) })
	t.Run("every plain GET route answers within its time", func(t *testing.T) { routes(t, newPlugin(), opts) })
	t.Run("a path outside the routes is not found", func(t *testing.T) { stray(t, newPlugin(), opts) })
	t.Run("it drains", func(t *testing.T) { drain(t, newPlugin(), opts) })
}

func manifest(t *testing.T, newPlugin func() plugin.Plugin) {
	m := newPlugin().Manifest()
	if diff := cmp.Diff(m, newPlugin().Manifest()); diff != "" {
		t.Errorf("two plugins of one kind describe themselves differently:\n%s", diff)
	}
	if !nameForm.MatchString(m.Name) {
		t.Errorf("name %q: want lower-case letters, digits and dashes, at most 40, beginning with a letter", m.Name)
	}
	if !versionForm.MatchString(m.Version) {
		t.Errorf("version %q: want a semantic version such as 1.2.0", m.Version)
	}
	if m.Summary == "" {
		t.Error("summary is empty: say in one sentence what the plugin is for")
	}
	if len(m.ConfigSchema) > 0 {
		var schema map[string]any
		if err := json.Unmarshal(m.ConfigSchema, &schema); err != nil {
			t.Errorf("configuration schema: %v", err)
		} else if schema["type"] != "object" {
			t.Errorf("configuration schema: type is %v, want object", schema["type"])
		}
	}
	for _, r := range m.Routes {
		if !strings.HasPrefix(r.Pattern, "/") {
			t.Errorf("route %q: a pattern begins with a slash", r.Pattern)
		}
	}
}

func describe(t *testing.T, p plugin.Plugin, opts Options) {
	h := Start(t, p, opts)
	got, err := h.Client().Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := p.Manifest()
	want.ContractMinor, want.Capabilities = got.ContractMinor, got.Capabilities
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func reconfigure(t *testing.T, p plugin.Plugin, opts Options) {
	h := Start(t, p, opts)
	ds, err := h.Client().Configure(t.Context(), 2, h.opts.Config, slog.LevelInfo)
	if err != nil || ds.HasError() {
		t.Errorf("second Configure: %v %v", err, ds)
	}
}

func unknownKey(t *testing.T, p plugin.Plugin) {
	client := join(t, p, &Host{t: t})
	ds, err := client.Configure(t.Context(), 1, json.RawMessage(`{"no_such_key_anywhere": true}`), slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	if !ds.HasError() {
		t.Error("a configuration with the key no_such_key_anywhere is accepted: decode it with Settings.Decode")
	}
}

func check(t *testing.T, p plugin.Plugin, opts Options) {
	h := Start(t, p, opts)
	ctx, cancel := context.WithTimeout(t.Context(), checkTimeout)
	defer cancel()
	health, err := h.Client().Check(ctx, plugin.Shallow)
	if err != nil {
		t.Fatal(err)
	}
	if health.Status != plugin.Serving && health.Message == "" {
		t.Errorf("%s without a message", health.Status)
	}
}

func routes(t *testing.T, p plugin.Plugin, opts Options) {
	h := Start(t, p, opts)
	fragments := make(map[string]bool)
	for _, f := range p.Manifest().Fragments {
		fragments[f.Path] = true
	}
	for _, r := range p.Manifest().Routes {
		if r.Method != http.MethodGet && r.Method != "" || strings.Contains(r.Pattern, "{") || r.Streaming {
			continue
		}
		status, contentType := h.get(t, r.Pattern)
		if status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
			t.Errorf("GET %s: status %d, although the manifest declares it", r.Pattern, status)
		}
		if media, _, err := mime.ParseMediaType(contentType); fragments[r.Pattern] && status == http.StatusOK && (err != nil || media != "text/html") {
			t.Errorf("GET %s: a fragment of type %q, want text/html", r.Pattern, contentType)
		}
	}
	if n := h.Client().InFlight(); n != 0 {
		t.Errorf("%d exchanges are still under way", n)
	}
}

func stray(t *testing.T, p plugin.Plugin, opts Options) {
	h := Start(t, p, opts)
	if status, _ := h.get(t, "/no/such/path/anywhere"); status < 400 || status > 499 {
		t.Errorf("status %d, want 404", status)
	}
}

func drain(t *testing.T, p plugin.Plugin, opts Options) {
	h := Start(t, p, opts)
	left, err := h.Client().Drain(t.Context(), drainTimeout)
	if err != nil || left != 0 {
		t.Errorf("drain: %d exchanges left, %v", left, err)
	}
	if status, _ := h.get(t, "/"); status != http.StatusServiceUnavailable {
		t.Errorf("a request after draining: status %d, want 503", status)
	}
}

// get gets a path and returns the answer's status and content type.
func (h *Host) get(t *testing.T, path string) (status int, contentType string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type")
}
