package frontdoor_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"corbel.example/emulator/internal/frontdoor"
)

func TestRequestsReachTheAppAsTheyCame(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	for _, target := range []string{"/a//b/", "/a%2Fb/..%2f", "/x/../y", "/?a=1;b=2&c=%zz", "/%E2%82%AC?q=a+b", "//x", "/a?"} {
		got := h.raw(t, "DELETE "+target+" HTTP/1.1\nHost: localhost\nAuthorization: Bearer token-of-ana\nConnection: close\nContent-Length: 4\n\nbody").seen(t)
		if got.URI != target || got.Method != http.MethodDelete || got.Body != "body" {
			t.Errorf("%q reached the app as %s %q with body %q", target, got.Method, got.URI, got.Body)
		}
	}
}

func TestEventsAreFlushedAtOnce(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"text/event-stream", "application/octet-stream"} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			next := make(chan struct{})
			h := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", contentType)
				for i := range 3 {
					fmt.Fprintf(w, "data: %d\n", i)
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Error(err)
					}
					select { // until the client has this one, there is no next one
					case <-next:
					case <-r.Context().Done():
						return
					}
				}
			}), nil)
			res := h.start(t, "/events")
			lines := bufio.NewReader(res.Body)
			for i := range 3 {
				line, err := lines.ReadString('\n')
				if want := fmt.Sprintf("data: %d\n", i); err != nil || line != want {
					t.Fatalf("read %q, %v; want %q", line, err, want)
				}
				next <- struct{}{}
			}
		})
	}
}

func TestAnswersBeginBeforeTheRequestEnds(t *testing.T) {
	t.Parallel()
	h := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		if err := c.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		if err := c.Flush(); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(w, r.Body) // the client sees what is missing
	}), nil)
	body, send := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/echo", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token-of-ana")
	res, err := h.browser(t).client.Do(req) // comes back only if the answer begins before the request has a body
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	go func() {
		_, _ = io.WriteString(send, "after the answer has begun") // a pipe that nobody reads ends with the request
		_ = send.Close()
	}()
	if got, err := io.ReadAll(res.Body); string(got) != "after the answer has begun" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

// start sends a request as ana and returns when the answer has begun.
func (h *house) start(t *testing.T, path string) *http.Response {
	t.Helper()
	b := h.browser(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer token-of-ana")
	res, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func TestDisconnectCancelsTheApp(t *testing.T) {
	t.Parallel()
	canceled := make(chan struct{})
	h := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
		close(canceled)
	}), nil)
	res := h.start(t, "/long")
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-canceled:
	case <-time.After(waitLimit):
		t.Fatal("the app still works for a client that left")
	}
}

func TestDisconnectBeforeTheAnswerIsLogged(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	h := open(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}), nil)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET /gone HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token-of-ana\r\n\r\n")
	<-arrived
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if line := h.log.line(t, `"/gone"`); line["status"] != 499.0 || line["level"] != "INFO" {
		t.Errorf("log line %v", line)
	}
}

func TestFirstRequestsWaitForTheApp(t *testing.T) {
	t.Parallel()
	ready := make(chan struct{})
	h := open(t, mirror, func(c *frontdoor.Config) { c.Ready = ready })
	answered := make(chan reply)
	b := h.browser(t)
	for range 2 {
		go func() { answered <- b.get("/", "Authorization", "Bearer token-of-ana") }()
	}
	select {
	case r := <-answered:
		t.Fatalf("answered before the app was ready: %s", r.Status)
	default:
		close(ready)
	}
	for range 2 {
		if r := <-answered; r.StatusCode != http.StatusOK {
			t.Errorf("after the start: %s", r.Status)
		}
	}
}

func TestAppThatNeverStarts(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, func(c *frontdoor.Config) {
		c.Ready = make(chan struct{})
		c.StartTimeout = time.Millisecond
	})
	r := h.browser(t).get("/healthz")
	if p := r.problem(t); p.Status != http.StatusServiceUnavailable || p.Code != "APP_STARTING" || !p.Retryable || r.Header.Get("Retry-After") == "" {
		t.Errorf("%+v, Retry-After %q", p, r.Header.Get("Retry-After"))
	}
}

func TestNobodyWaitsForAnAppThatEnded(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	h := open(t, mirror, func(c *frontdoor.Config) {
		c.Ready, c.Gone = make(chan struct{}), gone
		c.StartTimeout = time.Hour
	})
	answered := make(chan reply)
	b := h.browser(t)
	go func() { answered <- b.get("/healthz") }()
	close(gone)
	if r := <-answered; r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%s\n%s", r.Status, r.body)
	}
}

func TestAppThatIsDown(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(mirror)
	gone.Close()
	h := openBefore(t, gone.URL, nil)
	b := h.signedIn(t)
	address := strings.TrimPrefix(gone.URL, "http://")

	r := b.get("/api/x")
	p := r.problem(t)
	if p.Status != http.StatusBadGateway || p.Code != "APP_UNAVAILABLE" || !p.Retryable || r.Header.Get("Retry-After") == "" {
		t.Errorf("for programs: %+v, Retry-After %q", p, r.Header.Get("Retry-After"))
	}
	page := b.page("/catalog?x=<script>")
	if page.StatusCode != http.StatusBadGateway || !strings.Contains(page.body, page.Header.Get("X-Request-Id")) ||
		!strings.Contains(page.body, "Try again") || strings.Contains(page.body, "<script>") || page.Header.Get("Retry-After") == "" {
		t.Errorf("for people: %s\n%s", page.Status, page.body)
	}
	if strings.Contains(r.body+page.body, address) {
		t.Errorf("the answer tells the app's address %s", address)
	}
	if line := h.log.line(t, p.RequestID); line["level"] != "WARN" || !strings.Contains(line["error"].(string), "refused") {
		t.Errorf("log line %v", line)
	}
}

func TestAppThatDiesInTheMiddle(t *testing.T) {
	t.Parallel()
	h := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		panic(http.ErrAbortHandler)
	}), nil)
	res := h.start(t, "/half")
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("half an answer passed for a whole one: %q", body)
	}
	if line := h.log.line(t, `"/half"`); line["status"] != 200.0 {
		t.Errorf("log line %v", line)
	}
}

func TestWebSocketsPass(t *testing.T) {
	t.Parallel()
	h := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Forwarded-Email") != ana.Email || r.Header.Get("Upgrade") != "websocket" {
			http.Error(w, "not for you", http.StatusBadRequest)
			return
		}
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(buf, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		if err := buf.Flush(); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(conn, io.LimitReader(buf, 4))
	}), nil)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(waitLimit)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET /ws HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token-of-ana\r\nConnection: Upgrade, X-Forwarded-Email\r\nUpgrade: websocket\r\n\r\n")
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: %v, %v", res, err)
	}
	fmt.Fprint(conn, "ping")
	echo := make([]byte, 4)
	if _, err := io.ReadFull(in, echo); err != nil || string(echo) != "ping" {
		t.Errorf("echo %q, %v", echo, err)
	}
	conn.Close()
	if line := h.log.line(t, `"/ws"`); line["status"] != 101.0 {
		t.Errorf("log line %v", line)
	}
}

func TestEveryRequestLeavesOneLine(t *testing.T) {
	t.Parallel()
	h := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }), nil)
	h.browser(t).get("/tea?secret=1", "Authorization", "Bearer token-of-ana", "X-Request-Id", "line-1")
	line := h.log.line(t, `"line-1"`)
	if line["user_id"] != "600" || line["route"] != "/tea" || line["status"] != 418.0 || line["module"] != "frontdoor" {
		t.Errorf("log line %v", line)
	}
	if _, ok := line["duration_ms"].(float64); !ok {
		t.Errorf("log line %v has no duration_ms", line)
	}
	log := h.log.String()
	if n := strings.Count(log, "line-1"); n != 1 {
		t.Errorf("%d lines:\n%s", n, log)
	}
	if strings.Contains(log, "token") || strings.Contains(log, "secret") {
		t.Errorf("the log tells secrets:\n%s", log)
	}
}
