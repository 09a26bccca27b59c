package workspace_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

func dropConnection(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// A reset rather than an orderly end: what the SDK would repeat.
		if err := tcp.SetLinger(0); err != nil {
			panic(err)
		}
	}
	if err := conn.Close(); err != nil {
		panic(err)
	}
}

func TestRepeatsOnlyWhatCannotHaveRunTwice(t *testing.T) {
	t.Parallel()
	status := func(code int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { writeJSON(w, code, `{"error_code":"X_Y","message":"no"}`) }
	}
	for name, tt := range map[string]struct {
		method   string
		failure  func(http.ResponseWriter)
		attempts int32
		kind     fault.Kind // of the failure, when it is not repeated
	}{
		"a read after 503":                  {http.MethodGet, status(503), 2, 0},
		"a read after 502":                  {http.MethodGet, status(502), 2, 0},
		"a read after 429":                  {http.MethodGet, status(429), 2, 0},
		"a read after a lost connection":    {http.MethodGet, dropConnection, 2, 0},
		"a read after 500 is not":           {http.MethodGet, status(500), 1, fault.Upstream},
		"a read after 403 is not":           {http.MethodGet, status(403), 1, fault.Forbidden},
		"a write refused with 429":          {http.MethodPost, status(429), 2, 0},
		"a write after 503 is not":          {http.MethodPost, status(503), 1, fault.Unavailable},
		"a write after 504 is not":          {http.MethodPost, status(504), 1, fault.Timeout},
		"a write whose answer was lost not": {http.MethodPost, dropConnection, 1, fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			var body atomic.Value
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				buffer := make([]byte, 64)
				n, _ := r.Body.Read(buffer)
				body.Store(string(buffer[:n]))
				if attempts.Add(1) == 1 {
					tt.failure(w)
					return
				}
				writeJSON(w, http.StatusOK, `{}`)
			})
			ctx := as(t.Context(), "ana", "a")
			c, err := u.workspace(t).User(ctx)
			if err != nil {
				t.Fatal(err)
			}
			call := workspace.Call{Method: tt.method, Path: "/api/2.0/x"}
			if tt.method == http.MethodPost {
				call.Body = map[string]string{"statement": "INSERT"}
			}
			err = workspace.Do(ctx, c, call)
			if tt.attempts == 1 && (err == nil || fault.KindOf(err) != tt.kind) {
				t.Errorf("got %v, want kind %s", err, tt.kind)
			}
			if tt.attempts > 1 && err != nil {
				t.Errorf("got %v after a retry", err)
			}
			if got := attempts.Load(); got != tt.attempts {
				t.Errorf("%d attempts, want %d", got, tt.attempts)
			}
			// A read on a connection that was kept is repeated by net/http itself.
			logged := strings.Contains(u.logs.String(), `"attempt":2,"status":200`)
			if !strings.Contains(name, "lost") && logged != (tt.attempts == 2) {
				t.Errorf("the second attempt is in the log: %v; the log:\n%s", logged, u.logs.String())
			}
			if tt.method == http.MethodPost && body.Load() != `{"statement":"INSERT"}` {
				t.Errorf("last body was %q", body.Load())
			}
		})
	}
}

func TestAWriteIsRepeatedWhenNoConnectionWasMade(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, `{}`) })
	pool := &http.Transport{}
	var dials atomic.Int32
	pool.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) == 2 { // the first is for host metadata
			return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	pool.DisableKeepAlives = true
	w, err := workspace.New(workspace.Config{Host: u.URL}, workspace.Options{Transport: pool})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	ctx := as(t.Context(), "ana", "a")
	c, err := w.User(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := workspace.Do(ctx, c, workspace.Call{Method: http.MethodPost, Path: "/api/2.0/x", Body: struct{}{}}); err != nil {
		t.Fatal(err)
	}
	if got := len(u.received("/api/2.0/x")); got != 1 {
		t.Errorf("%d requests arrived, want 1", got)
	}
}

func TestALongRetryAfterIsHandedOnAtOnce(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "90")
		writeJSON(w, http.StatusTooManyRequests, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}`)
	})
	start := time.Now()
	f := fault.From(get(as(t.Context(), "ana", "a"), u.workspace(t), "/api/2.0/x", nil))
	if f == nil || f.Kind != fault.Exhausted || f.RetryAfter != 90*time.Second || f.Code != "REQUEST_LIMIT_EXCEEDED" || !f.Retryable {
		t.Errorf("got %#v", f)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	if got := len(u.received("/api/2.0/x")); got != 1 {
		t.Errorf("%d attempts, want 1", got)
	}
}
