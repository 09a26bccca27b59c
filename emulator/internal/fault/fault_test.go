package fault

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const body = `{"healthy":true}`

// serve serves a healthy answer behind the rules.
func serve(t *testing.T, rules ...Rule) (url string, s *Set) {
	t.Helper()
	s = &Set{}
	for _, r := range rules {
		if _, err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	healthy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
	server := httptest.NewServer(s.Inject(func(r *http.Request) string { return r.Header.Get("User") }, healthy))
	t.Cleanup(server.Close)
	return server.URL, s
}

// get returns the answer, and the error of asking for it or reading it.
func get(t *testing.T, url, user string) (*http.Response, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User", user)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response, string(data), err
}

func TestEveryFault(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]struct {
		status int
		text   string
		broken bool
	}{
		RateLimit:    {429, "REQUEST_LIMIT_EXCEEDED", false},
		Internal:     {500, "INTERNAL_ERROR", false},
		Unavailable:  {503, "TEMPORARILY_UNAVAILABLE", false},
		ExpiredToken: {403, "Invalid access token.", false},
		Garbage:      {200, "\xff", false},
		Half:         {200, body[:len(body)/2], true},
		Drop:         {0, "", true},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			url, _ := serve(t, Rule{Kind: kind, RetryAfter: 7})
			response, text, err := get(t, url, "")
			if (err != nil) != want.broken {
				t.Fatalf("error %v", err)
			}
			if response == nil {
				return
			}
			if response.StatusCode != want.status || !strings.Contains(text, want.text) || strings.Contains(text, body) {
				t.Errorf("%d %q", response.StatusCode, text)
			}
			if after := response.Header.Get("Retry-After"); kind == RateLimit && after != "7" {
				t.Errorf("Retry-After %q", after)
			}
		})
	}
}

func TestLatencyDelaysTheAnswer(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, Rule{Kind: Latency, Latency: "80ms"})
	started := time.Now()
	if _, text, err := get(t, url, ""); err != nil || text != body {
		t.Errorf("%q, error %v", text, err)
	}
	if took := time.Since(started); took < 80*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestRulesChooseByRouteUserAndCount(t *testing.T) {
	t.Parallel()
	url, s := serve(t,
		Rule{Kind: Internal, Path: "/a/*", User: "ben@example.com", Times: 2},
		Rule{Kind: Unavailable, Method: "post", Path: "/b"},
		Rule{Kind: RateLimit, Path: "/c"})
	for i, want := range []struct {
		path, user string
		status     int
	}{
		{"/a/x", "ana@example.com", 200},
		{"/a/x", "BEN@example.com", 500},
		{"/a", "ben@example.com", 200},
		{"/a/y", "ben@example.com", 500},
		{"/a/y", "ben@example.com", 200}, // twice is enough
		{"/b", "", 200},                  // another method
		{"/c", "", 429},
		{"/c/d", "", 200},
		{"/c", "", 429},
	} {
		response, _, err := get(t, url+want.path, want.user)
		if err != nil || response.StatusCode != want.status {
			t.Errorf("request %d, %s by %q: %v, error %v, want %d", i, want.path, want.user, response.StatusCode, err, want.status)
		}
	}
	if left := s.List(); len(left) != 2 || !s.Remove(left[0].ID) || s.Remove(left[0].ID) {
		t.Errorf("rules %+v", left)
	}
	s.Clear()
	if left := s.List(); len(left) != 0 {
		t.Errorf("after clear: %+v", left)
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	t.Parallel()
	s := &Set{}
	for name, r := range map[string]Rule{
		"kind":             {Kind: "nope"},
		"times":            {Kind: Drop, Times: -1},
		"path":             {Kind: Drop, Path: "api"},
		"no latency":       {Kind: Latency},
		"latency for drop": {Kind: Drop, Latency: "1s"},
		"bad latency":      {Kind: Latency, Latency: "soon"},
		"huge latency":     {Kind: Latency, Latency: "10h"},
	} {
		if _, err := s.Add(r); err == nil {
			t.Errorf("%s: %+v was taken", name, r)
		}
	}
	for range maxRules {
		if _, err := s.Add(Rule{Kind: Drop, Path: "/nowhere"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Add(Rule{Kind: Drop}); err == nil {
		t.Error("the set has no bound")
	}
	if _, err := Read(strings.NewReader(`[{"kind":"drop","color":"red"}]`)); err == nil {
		t.Error("an unknown field was taken")
	}
}
