package frontdoor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/emulator/internal/frontdoor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// waitLimit bounds every wait of these tests; none comes near it.
const waitLimit = 20 * time.Second

var (
	ana = frontdoor.User{ID: "600", UserName: "ana@example.com", DisplayName: "Ana Admin", Email: "ana@example.com", About: "Does everything."}
	app = frontdoor.User{ID: "700", UserName: "5b7a4e0e-app", DisplayName: "the app"}
)

// people are the identities of a workspace with one user and one service principal.
type people struct {
	clock *clock

	mu       sync.Mutex
	minted   int
	scopes   []string
	mintErr  error
	mintGate chan struct{} // when set, minting waits until it is closed
}

func (p *people) Users() []frontdoor.User { return []frontdoor.User{ana} }

func (p *people) User(name string) (frontdoor.User, bool) {
	if name == ana.UserName {
		return ana, true
	}
	return frontdoor.User{}, false
}

func (p *people) Authenticate(_ context.Context, token string) (frontdoor.User, error) {
	switch token {
	case "token-of-ana":
		return ana, nil
	case "token-of-app":
		return app, nil
	case "token-of-nobody-knows":
		return frontdoor.User{}, errors.New("directory is out of order")
	}
	return frontdoor.User{}, frontdoor.ErrUnauthenticated
}

func (p *people) Mint(ctx context.Context, u frontdoor.User, scopes []string, life time.Duration) (frontdoor.Token, error) {
	p.mu.Lock()
	gate := p.mintGate
	p.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return frontdoor.Token{}, ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mintErr != nil {
		return frontdoor.Token{}, p.mintErr
	}
	p.minted++
	p.scopes = scopes
	return frontdoor.Token{Value: u.ID + "-token-" + string(rune('0'+p.minted)), Expires: p.clock.Now().Add(life)}, nil
}

func (p *people) set(change func(*people)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *people) mints() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.minted
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// logBuffer collects the log; it is safe for concurrent use.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// line waits for the first log line that contains all of the given texts.
func (b *logBuffer) line(t *testing.T, texts ...string) map[string]any {
	t.Helper()
	var found map[string]any
	eventually(t, "log line with "+strings.Join(texts, ", "), func() bool {
	lines:
		for line := range strings.Lines(b.String()) {
			for _, text := range texts {
				if !strings.Contains(line, text) {
					continue lines
				}
			}
			if err := json.Unmarshal([]byte(line), &found); err != nil {
				t.Fatalf("log line %q: %v", line, err)
			}
			return true
		}
		return false
	})
	return found
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(waitLimit)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("waited %v in vain for: %s", waitLimit, what)
		case <-tick.C:
		}
	}
}

// house is a front door with an app behind it.
type house struct {
	*httptest.Server
	people *people
	clock  *clock
	log    *logBuffer
	config frontdoor.Config
}

// open starts a front door before handler; change adapts its configuration.
func open(t *testing.T, handler http.Handler, change func(*frontdoor.Config)) *house {
	t.Helper()
	upstream := httptest.NewServer(handler)
	t.Cleanup(upstream.Close)
	return openBefore(t, upstream.URL, change)
}

func openBefore(t *testing.T, target string, change func(*frontdoor.Config)) *house {
	t.Helper()
	h := &house{clock: &clock{now: time.Unix(1_800_000_000, 0)}, log: &logBuffer{}}
	h.people = &people{clock: h.clock}
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	h.config = frontdoor.Config{
		Target:      u,
		Identities:  h.people,
		SessionKey:  bytes.Repeat([]byte{7}, 32),
		WorkspaceID: "42",
		Logger:      slog.New(slog.NewJSONHandler(h.log, nil)),
		Now:         h.clock.Now,
	}
	if change != nil {
		change(&h.config)
	}
	door, err := frontdoor.New(h.config)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = httptest.NewServer(door)
	t.Cleanup(door.Close)
	t.Cleanup(h.Server.Close)
	return h
}

// browser is a client that keeps cookies, accepts pages and follows no redirect.
func (h *house) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t: t, house: h, client: &http.Client{
		Jar:           jar,
		Transport:     transport,
		Timeout:       waitLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

type browser struct {
	t      *testing.T
	house  *house
	client *http.Client
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

func (b *browser) do(method, path string, form url.Values, header ...string) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.house.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Error(err)
		return reply{Response: &http.Response{Status: "no request", Header: http.Header{}}}
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Add(header[i], header[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Error(err) // not Fatal: some tests call from several goroutines
		return reply{Response: &http.Response{Status: "no answer", Header: http.Header{}}}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Error(err)
	}
	return reply{Response: res, body: string(body)}
}

func (b *browser) get(path string, header ...string) reply {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, header...)
}

func (b *browser) page(path string) reply {
	b.t.Helper()
	return b.get(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
}

func (b *browser) signIn(next string) reply {
	b.t.Helper()
	r := b.do(http.MethodPost, "/_frontdoor/sign-in", url.Values{"user": {ana.UserName}, "next": {next}}, "Origin", b.house.URL)
	if r.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("sign in: %s\n%s", r.Status, r.body)
	}
	return r
}

// signedIn is a browser in which ana is signed in.
func (h *house) signedIn(t *testing.T) *browser {
	t.Helper()
	b := h.browser(t)
	b.signIn("/")
	return b
}

// seen is what the app saw of a request.
type seen struct {
	Method, URI, Host string
	Header            http.Header
	Trailer           http.Header
	Body              string
}

// mirror is an app that answers with what it saw.
var mirror = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(seen{r.Method, r.RequestURI, r.Host, r.Header, r.Trailer, string(body)}) //nolint:errcheck // a test sees the missing body
})

func (r reply) seen(t *testing.T) seen {
	t.Helper()
	var s seen
	if err := json.Unmarshal([]byte(r.body), &s); err != nil {
		t.Errorf("%s: the app's answer %q: %v", r.Status, r.body, err)
	}
	return s
}

// problem is an RFC 9457 body.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	RequestID                 string `json:"request_id"`
	Retryable                 bool
}

func (r reply) problem(t *testing.T) problem {
	t.Helper()
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("%s: Content-Type %q, want a problem\n%s", r.Status, got, r.body)
	}
	var p problem
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != r.StatusCode || p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
		t.Errorf("problem %+v does not fit status %d and request id %q", p, r.StatusCode, r.Header.Get("X-Request-Id"))
	}
	return p
}
