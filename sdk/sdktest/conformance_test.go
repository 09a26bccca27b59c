package sdktest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/sdktest"
)

// greeter is a small whole plugin.
type greeter struct {
	config struct {
		Greeting string `json:"greeting"`
	}
	settings plugin.Settings
}

func (g *greeter) Manifest() plugin.Manifest {
	return plugin.Manifest{
		Name: "greeter", Version: "1.0.0", Summary: "Greets.",
		Routes: []plugin.Route{
			{Method: http.MethodGet, Pattern: "/api/greeter/hello"},
			{Method: http.MethodPost, Pattern: "/api/greeter/ask"},
		},
		Calls: []plugin.CallTarget{{Plugin: "other", Method: http.MethodPost}},
	}
}

func (g *greeter) Configure(_ context.Context, s plugin.Settings) plugin.Diagnostics {
	g.settings = s
	return plugin.OfError(s.Decode(&g.config))
}

func (g *greeter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/greeter/hello", func(w http.ResponseWriter, r *http.Request) {
		id, _ := identity.FromContext(r.Context())
		g.settings.Logger.InfoContext(r.Context(), "greeting", "whom", id.User.Name)
		fmt.Fprintf(w, "%s %s", g.config.Greeting, id.User.Name)
	})
	mux.Handle("POST /api/greeter/ask", fault.HandlerFunc(g.ask))
	return mux
}

// ask asks another plugin and passes its answer on.
func (g *greeter) ask(w http.ResponseWriter, r *http.Request) error {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "/api/other/answer?x=1", r.Body)
	if err != nil {
		return err
	}
	resp, err := g.settings.Host.Call(req, "other")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	w.WriteHeader(resp.StatusCode)
	_, err = io.Copy(w, resp.Body)
	return err
}

func TestAPlainPluginConforms(t *testing.T) {
	t.Parallel()
	sdktest.Conformance(t, func() plugin.Plugin { return &greeter{} }, sdktest.Options{Config: []byte(`{"greeting":"Hello"}`)})
}

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestCallReachesAnotherPluginAsTheSameUser(t *testing.T) {
	t.Parallel()
	h := sdktest.Start(t, &greeter{}, sdktest.Options{Call: func(w http.ResponseWriter, r *http.Request, target string) {
		id, _ := identity.FromContext(r.Context())
		body, err := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "%s %s %s %s %s %t %v", target, r.Method, r.RequestURI, id.User.Email, body, correlation.RequestID(r.Context()) != "", err)
	}})
	status, answer := post(t, h.URL+"/api/greeter/ask", "how?")
	if want := "other POST /api/other/answer?x=1 ana@example.com how? true <nil>"; status != http.StatusAccepted || answer != want {
		t.Errorf("status %d\ngot  %s\nwant %s", status, answer, want)
	}
}

func TestLargeBodiesPassThroughACall(t *testing.T) {
	t.Parallel()
	h := sdktest.Start(t, &greeter{}, sdktest.Options{Call: func(w http.ResponseWriter, r *http.Request, _ string) {
		if _, err := io.Copy(w, r.Body); err != nil {
			t.Error(err)
		}
	}})
	body := strings.Repeat("0123456789abcdef", 512<<10) // far over every window
	if status, answer := post(t, h.URL+"/api/greeter/ask", body); status != http.StatusOK || answer != body {
		t.Errorf("status %d, %d bytes of %d", status, len(answer), len(body))
	}
}

func TestAPluginThatIsNotEnabledSaysSo(t *testing.T) {
	t.Parallel()
	h := sdktest.Start(t, &greeter{}, sdktest.Options{})
	status, answer := post(t, h.URL+"/api/greeter/ask", "")
	if status != http.StatusNotFound || !strings.Contains(answer, "NOT_ENABLED") {
		t.Errorf("status %d: %s", status, answer)
	}
	if kind := fault.KindOf(h.LastError()); kind != fault.NotEnabled {
		t.Errorf("kind %s", kind)
	}
}
