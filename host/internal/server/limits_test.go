package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"corbel.example/host/internal/config"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// count answers with the size of the body.
func count(w http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w, n)
	return err
}

func TestBodySize(t *testing.T) {
	t.Parallel()
	o := api(plugin.Route{Pattern: "/api/hello/default"}, count)
	o.manifest.Routes = append(o.manifest.Routes,
		plugin.Route{Pattern: "/api/hello/small", MaxBodyBytes: 10}, plugin.Route{Pattern: "/api/hello/large", MaxBodyBytes: 5000})
	h := start(t, o)
	for path, limit := range map[string]int{"default": 1000, "small": 10, "large": 5000} {
		for _, size := range []int{0, 1, limit - 1, limit, limit + 1, 10 * limit} {
			for _, known := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s %d bytes, length known %v", path, size, known), func(t *testing.T) {
					t.Parallel()
					var body io.Reader = strings.NewReader(strings.Repeat("x", size))
					if !known {
						body = io.MultiReader(body)
					}
					a := h.send(t, http.MethodPost, "/api/hello/"+path, body, signedIn...)
					if size <= limit {
						if a.StatusCode != http.StatusOK || a.body != strconv.Itoa(size) {
							t.Errorf("%s: %s", a.Status, a.body)
						}
						return
					}
					if p := a.problem(t); a.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(p.Detail, strconv.Itoa(limit)) {
						t.Errorf("%s: %+v", a.Status, p)
					}
				})
			}
		}
	}
}

// dial opens a connection and sends text.
func dial(t *testing.T, h *host, text string) net.Conn {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A client that is still sending must be able to read why it should stop: a connection that is closed with bytes unread is
// reset, and the answer may be lost with it.
func TestRefusalReachesAClientThatStillSends(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{Pattern: "/api/hello/small", MaxBodyBytes: 10}, count))
	conn := dial(t, h, "POST /api/hello/small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n"+strings.Repeat("x", 64<<10))
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("the connection broke: %v", err)
	}
	if !strings.HasPrefix(string(answer), "HTTP/1.1 4") {
		t.Errorf("the answer is %.100q", answer)
	}
}

func TestSlowBodies(t *testing.T) {
	t.Parallel()
	const idle, whole = 100 * time.Millisecond, 400 * time.Millisecond
	slow := func(s *config.Server) { s.ReadTimeout, s.RequestTimeout = idle, whole }
	for name, test := range map[string]struct {
		path    string
		backend backend
		drip    bool // a byte now and then
		want    string
		took    time.Duration
	}{
		"nothing comes":             {"/api/hello/x", count, false, "400 Bad Request", idle},
		"a byte now and then":       {"/api/hello/x", count, true, "400 Bad Request", whole},
		"nobody reads it":           {"/api/hello/x", greet, false, "200 OK", 0},
		"nobody reads it of health": {"/healthz", greet, false, "405 Method Not Allowed", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := api(plugin.Route{Auth: plugin.Anyone}, test.backend)
			o.settings = slow
			h := start(t, o)
			begun := time.Now()
			conn := dial(t, h, "POST "+test.path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nx")
			if test.drip {
				stop := make(chan struct{})
				defer func() { <-stop }()
				go func() {
					defer close(stop)
					for range 500 {
						if _, err := conn.Write([]byte("x")); err != nil {
							return
						}
						<-time.After(idle / 4)
						if time.Since(begun) > 5*whole {
							return
						}
					}
				}()
			}
			// The answer comes, and then the connection ends: neither waits for the rest of the body.
			all, err := io.ReadAll(conn)
			if !strings.HasPrefix(string(all), "HTTP/1.1 "+test.want) {
				t.Errorf("answer is %q, %v", all, err)
			}
			if took := time.Since(begun); took < test.took || took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			conn.Close()
		})
	}
}

func TestStreamingBodyHasNoEnd(t *testing.T) {
	t.Parallel()
	const idle = 200 * time.Millisecond
	o := api(plugin.Route{Auth: plugin.Anyone, Streaming: true}, func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		if x.Timeout != 0 {
			return fmt.Errorf("timeout is %s", x.Timeout)
		}
		// It answers while it reads.
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			if _, err := fmt.Fprintln(w, lines.Text()); err != nil {
				return err
			}
			if err := http.NewResponseController(w).Flush(); err != nil {
				return err
			}
		}
		return lines.Err()
	})
	o.settings = func(s *config.Server) { s.ReadTimeout, s.RequestTimeout = idle, idle }
	h := start(t, o)
	reader, writer := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/api/hello/x", reader)
	if err != nil {
		t.Fatal(err)
	}
	go func() { fmt.Fprintln(writer, "first") }()
	resp, err := h.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answers := bufio.NewScanner(resp.Body)
	for i := range 6 {
		if !answers.Scan() {
			t.Fatalf("no answer %d: %v", i, answers.Err())
		}
		<-time.After(idle / 2)
		fmt.Fprintln(writer, i)
	}
	writer.Close()
	if !answers.Scan() || answers.Text() != "5" || answers.Scan() {
		t.Errorf("last answer is %q, %v", answers.Text(), answers.Err())
	}
}

func TestAnswersBeginBeforeTheBodyEnds(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{Auth: plugin.Anyone}, func(w http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		_, err := io.Copy(w, r.Body)
		return err
	}))
	reader, writer := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/api/hello/x", reader)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h.Client().Do(r) // comes back only if the answer begins before there is a body
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	go func() {
		fmt.Fprint(writer, "after the answer has begun")
		writer.Close()
	}()
	if got, err := io.ReadAll(resp.Body); string(got) != "after the answer has begun" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

// What is left of a body that nobody has read is no request, however late it comes.
func TestRestOfABodyIsNoRequest(t *testing.T) {
	t.Parallel()
	const idle = 100 * time.Millisecond
	for name, route := range map[string]plugin.Route{"plain": {Auth: plugin.Anyone}, "streaming": {Auth: plugin.Anyone, Streaming: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := api(route, greet)
			o.settings = func(s *config.Server) { s.ReadTimeout = idle }
			conn := dial(t, start(t, o), "POST /api/hello/x HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
			answers := bufio.NewReader(conn)
			first, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, first.Body); err != nil {
				t.Fatal(err)
			}
			first.Body.Close()
			<-time.After(2 * idle)
			fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") // fails when the connection is closed, as it should be
			if second, err := http.ReadResponse(answers, nil); err == nil {
				second.Body.Close()
				t.Errorf("the body's rest is answered with %s", second.Status)
			}
		})
	}
}

func TestReaderThatTakesNothing(t *testing.T) {
	t.Parallel()
	done := make(chan error, 1)
	o := api(plugin.Route{Auth: plugin.Anyone, Streaming: true}, func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
		piece := make([]byte, 1<<20)
		for {
			if _, err := w.Write(piece); err != nil {
				done <- err
				return &wire.AbortedError{Err: err}
			}
		}
	})
	o.settings = func(s *config.Server) { s.WriteTimeout = 200 * time.Millisecond }
	dial(t, start(t, o), "GET /api/hello/x HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-done:
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("error is %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the write still waits")
	}
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	a := h.get(t, "/api/hello/x", as("Connection", "keep-alive, Upgrade", "Upgrade", "websocket")...)
	if p := a.problem(t); p.Status != http.StatusNotImplemented || p.Code != "UPGRADE" {
		t.Errorf("problem is %+v", p)
	}
}

func TestManyHeaders(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	var headers []string
	for range 101 {
		headers = append(headers, "X-Many", "x")
	}
	if p := h.get(t, "/api/hello/x", headers...).problem(t); p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("problem is %+v", p)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	o := api(plugin.Route{}, func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		entered <- struct{}{}
		<-leave
		return greet(w, r, x)
	})
	o.settings = func(s *config.Server) { s.MaxConcurrentRequests = 1 }
	h := start(t, o)
	first := make(chan int, 1)
	go func() { first <- h.get(t, "/api/hello/x", signedIn...).StatusCode }()
	<-entered
	a := h.get(t, "/api/hello/x", signedIn...)
	if p := a.problem(t); p.Status != 503 || p.Code != "BUSY" || !p.Retryable || a.Header.Get("Retry-After") != "1" {
		t.Errorf("problem is %+v", p)
	}
	if a := h.get(t, "/healthz"); a.StatusCode != http.StatusOK {
		t.Errorf("health: %s", a.Status)
	}
	close(leave)
	if got := <-first; got != http.StatusOK {
		t.Errorf("first request: %d", got)
	}
	go func() { <-entered }()
	if a := h.get(t, "/api/hello/x", signedIn...); a.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %s", a.Status)
	}
}

func TestClientThatLeaves(t *testing.T) {
	t.Parallel()
	o := api(plugin.Route{Auth: plugin.Anyone}, func(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		<-r.Context().Done()
		return r.Context().Err()
	})
	h := start(t, o)
	conn := dial(t, h, "GET /api/hello/x HTTP/1.1\r\nHost: x\r\nX-Request-Id: left\r\n\r\n")
	conn.Close()
	if line := h.log.find(t, "left"); line["status"] != 499.0 || line["code"] != fault.Canceled.String() || line["level"] != "INFO" {
		t.Errorf("line is %v", line)
	}
}
