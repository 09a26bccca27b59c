package fault

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// events serves three events behind the rule, and returns what a client reads of them.
func events(t *testing.T, rule Rule) (text string, took time.Duration, err error) {
	t.Helper()
	s := &Set{}
	if _, err := s.Add(rule); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Inject(func(*http.Request) string { return "" }, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range 3 {
			fmt.Fprintf(w, "data: event %d\n\n", i)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		}
	})))
	defer server.Close()
	started := time.Now()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return string(data), time.Since(started), err
}

func TestFaultsInTheMiddleOfAStream(t *testing.T) {
	t.Parallel()
	const first, second, third = "data: event 0\n\n", "data: event 1\n\n", "data: event 2\n\n"
	for kind, want := range map[Kind]struct {
		text   string
		broken bool
	}{
		Latency:   {first + second + third, false},
		Drop:      {first, true},
		Half:      {first + second[:len(second)/2], true},
		Garbage:   {first + "data: \x00\xff{\"]\n\n" + third, false},
		Oversized: {first + "data: \"" + strings.Repeat("x", 2<<20) + "\"\n\n" + third, false},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			rule := Rule{Kind: kind, After: 1}
			if kind == Latency {
				rule.Latency = "60ms"
			}
			text, took, err := events(t, rule)
			if text != want.text || (err != nil) != want.broken {
				t.Errorf("read %d bytes, error %v: %.60q", len(text), err, text)
			}
			if kind == Latency && took < 60*time.Millisecond {
				t.Errorf("the hang took %v", took)
			}
		})
	}
}

func TestAFaultBehindTheEndOfAStreamDoesNotCome(t *testing.T) {
	t.Parallel()
	if text, _, err := events(t, Rule{Kind: Drop, After: 3}); err != nil || strings.Count(text, "data: ") != 3 {
		t.Errorf("error %v, read %q", err, text)
	}
}

func TestRulesOfStreamsAreChecked(t *testing.T) {
	t.Parallel()
	for _, r := range []Rule{{Kind: RateLimit, After: 1}, {Kind: Drop, After: -1}, {Kind: Oversized}} {
		if _, err := (&Set{}).Add(r); err == nil || !strings.Contains(err.Error(), "after") {
			t.Errorf("rule %+v: error %v", r, err)
		}
	}
}
