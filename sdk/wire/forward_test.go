package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/secret"
)

// answerError does what a host does with Forward's errors.
func answerError(w http.ResponseWriter, err error) {
	var aborted *AbortedError
	if errors.As(err, &aborted) {
		panic(http.ErrAbortHandler)
	}
	fault.WriteProblem(w, fault.From(err), err.Error())
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, req)
}

func do(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSmallExchangeCrossesWhole(t *testing.T) {
	t.Parallel()
	x := Exchange{
		RequestID: "req-1", Scheme: "https", Timeout: time.Minute, PassAccessToken: true, Locale: "de-DE",
		Identity: identity.Identity{User: identity.User{ID: "7", Email: "ana@example.com", Name: "Ana"}, AccessToken: secret.New("dapi-1")},
	}
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := identity.FromContext(r.Context())
		_, hasDeadline := r.Context().Deadline()
		body, err := io.ReadAll(r.Body)
		w.Header().Add("X-Two", "a")
		w.Header().Add("X-Two", "b")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintf(w, "%s %s %s | %s | %v %v %q %q | %s | %v %v %v | %s", r.Method, r.RequestURI, r.Host, correlation.RequestID(r.Context()),
			ok, id.User, id.AccessToken.Reveal(), body, r.Header.Get("X-Custom"), hasDeadline, err, r.ContentLength, locale.FromContext(r.Context()).Count(1000))
	}))
	front := b.front(t, x)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, front.URL+"/api/a%2Fb/%60c?q=1&q=%32", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Custom", "yes")
	req.Host = "app.example"
	resp := do(t, req)
	want := `POST /api/a%2Fb/%60c?q=1&q=%32 app.example | req-1 | true {7 ana@example.com Ana} "dapi-1" "hello" | yes | true <nil> 5 | 1.000`
	if got := readAll(t, resp.Body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if resp.StatusCode != http.StatusAccepted || resp.ContentLength != int64(len(want)) {
		t.Errorf("status %d, length %d", resp.StatusCode, resp.ContentLength)
	}
	if diff := cmp.Diff([]string{"a", "b"}, resp.Header["X-Two"]); diff != "" {
		t.Error(diff)
	}
	if n := b.InFlight(); n != 0 {
		t.Errorf("%d exchanges in flight at the end", n)
	}
}

func TestCredentialsAndHopByHopStayAtTheBorder(t *testing.T) {
	t.Parallel()
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "X-Secret")
		w.Header().Set("Keep-Alive", "timeout=5")
		io.WriteString(w, strings.Join(slices.Sorted(maps.Keys(r.Header)), " "))
	}))
	front := b.front(t, Exchange{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, front.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Cookie", "Authorization", "X-Forwarded-Email", "X-Forwarded-Access-Token", "Forwarded", "X-Real-Ip", "Te", "Proxy-Authorization", "X-Hop"} {
		req.Header.Set(name, "x")
	}
	req.Header.Set("Connection", "close, X-Hop")
	req.Header.Set("Accept", "a/b")
	resp := do(t, req)
	if got := readAll(t, resp.Body); got != "Accept Accept-Encoding User-Agent" {
		t.Errorf("the plugin saw %q", got)
	}
	if got := resp.Header.Get("Keep-Alive"); got != "" {
		t.Errorf("Keep-Alive of the plugin reached the client: %q", got)
	}
}

func TestResponseBodies(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		size    int
		length  int64 // as announced to the client
	}{
		"none":          {func(http.ResponseWriter, *http.Request) {}, 0, 0},
		"just fits":     {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, InlineBody)) }, InlineBody, InlineBody},
		"one byte over": {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, InlineBody+1)) }, InlineBody + 1, -1},
		"large in one":  {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 5<<20)) }, 5 << 20, -1},
		"large with length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5242880")
			for range 5 << 10 {
				w.Write(make([]byte, 1<<10))
			}
		}, 5 << 20, 5 << 20},
		"flushed": {func(w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				io.WriteString(w, "tick")
				w.(http.Flusher).Flush()
			}
		}, 40, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			front := newBorder(t, tt.handler).front(t, Exchange{Timeout: time.Minute})
			resp := get(t, front.URL)
			if got := len(readAll(t, resp.Body)); got != tt.size {
				t.Errorf("%d bytes, want %d", got, tt.size)
			}
			if resp.ContentLength != tt.length {
				t.Errorf("announced length %d, want %d", resp.ContentLength, tt.length)
			}
		})
	}
}

func TestRequestBodies(t *testing.T) {
	t.Parallel()
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			fault.Fail(w, fault.FromRequest(err), "")
			return
		}
		fmt.Fprint(w, n, r.ContentLength, r.Trailer)
	}))
	front := b.front(t, Exchange{MaxBodyBytes: 1 << 20, Timeout: time.Minute})
	for name, tt := range map[string]struct {
		size    int
		chunked bool
		status  int
	}{
		"small":                {100, false, 200},
		"small chunked":        {100, true, 200},
		"large":                {1 << 20, false, 200},
		"large chunked":        {1 << 20, true, 200},
		"over limit announced": {1<<20 + 1, false, 413},
		"over limit chunked":   {1<<20 + 1, true, 413},
		"far over limit":       {8 << 20, true, 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body io.Reader = bytes.NewReader(make([]byte, tt.size))
			if tt.chunked {
				body = io.MultiReader(body)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, front.URL, body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Expect", "100-continue") // a refusal then comes before the body
			resp := do(t, req)
			if resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d: %s", resp.StatusCode, tt.status, readAll(t, resp.Body))
			}
			if got := readAll(t, resp.Body); tt.status == 200 && !strings.HasPrefix(got, fmt.Sprint(tt.size)) {
				t.Errorf("the plugin read %s bytes, want %d", got, tt.size)
			}
		})
	}
}

func TestFaultCrossesUnchanged(t *testing.T) {
	t.Parallel()
	sent := fault.New(fault.NotFound, "There is no table x.").WithCode("TABLE_OR_VIEW_NOT_FOUND").WithOrigin("databricks").
		WithField("/statement", "unknown table").WithRetryAfter(3 * time.Second)
	b := newBorder(t, fault.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Query().Has("stream") {
			w.Header().Set("X-Seen", "no")
		}
		return sent
	}))
	for _, length := range []int64{0, -1} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?stream=1", strings.NewReader(""))
		r.ContentLength = length
		err := b.Forward(w, r, Exchange{})
		var got *fault.Error
		if !errors.As(err, &got) {
			t.Fatalf("length %d: got %v, want a fault", length, err)
		}
		if diff := cmp.Diff(sent, got); diff != "" {
			t.Error(diff)
		}
		if len(w.Header()) != 0 {
			t.Errorf("headers were written: %v", w.Header())
		}
	}
}

func TestPanicIsAFaultAndTheProcessLives(t *testing.T) {
	t.Parallel()
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/late" {
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
		}
		panic("boom")
	}))
	front := b.front(t, Exchange{})
	resp := get(t, front.URL+"/early")
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(readAll(t, resp.Body), "boom") {
		t.Errorf("status %d", resp.StatusCode)
	}
	resp = get(t, front.URL+"/late")
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("a response that broke off looks whole: %q", body)
	}
	if resp = get(t, front.URL+"/early"); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("third: status %d", resp.StatusCode)
	}
}

func TestClientLeavingCancelsTheHandler(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"collecting", "streaming"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			entered, left := make(chan struct{}), make(chan error, 1)
			b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if mode == "streaming" {
					w.(http.Flusher).Flush()
				}
				close(entered)
				<-r.Context().Done()
				left <- r.Context().Err()
			}))
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan error, 1)
			go func() {
				result <- b.Forward(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), Exchange{})
			}()
			<-entered
			cancel()
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Errorf("the handler's context: %v", err)
			}
			var aborted *AbortedError // what a streamed response that had begun may end with
			if err := <-result; !errors.Is(err, context.Canceled) && !errors.As(err, &aborted) {
				t.Errorf("Forward: %v", err)
			}
		})
	}
}

func TestDeadlineCrossesTheBorder(t *testing.T) {
	t.Parallel()
	left := make(chan error, 1)
	b := newBorder(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		left <- r.Context().Err()
	}))
	err := b.Forward(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), Exchange{Timeout: 30 * time.Millisecond})
	if fault.KindOf(err) != fault.Timeout {
		t.Errorf("Forward: %v, want a timeout", err)
	}
	if err := <-left; err == nil {
		t.Error("the handler's context has not ended")
	}
}

func TestDeathOfThePluginIsLost(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	b := newBorder(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}))
	result := make(chan error, 1)
	go func() {
		result <- b.Forward(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), Exchange{})
	}()
	<-entered
	if err := b.pluginLink.Close(); err != nil {
		t.Fatal(err)
	}
	var lost *LostError
	if err := <-result; !errors.As(err, &lost) || !lost.Sent {
		t.Errorf("got %v, want a LostError of a sent request", err)
	}
	<-b.Done()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("again"))
	if err := b.Forward(httptest.NewRecorder(), r, Exchange{}); !errors.As(err, &lost) || lost.Sent {
		t.Errorf("got %v, want a LostError of an unsent request", err)
	}
	if got := readAll(t, r.Body); got != "again" {
		t.Errorf("the body was not put back: %q", got)
	}
}

func TestHeadHasHeadersAndNoBody(t *testing.T) {
	t.Parallel()
	front := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "12345") })).front(t, Exchange{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, front.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp := do(t, req)
	if resp.ContentLength != 5 || readAll(t, resp.Body) != "" {
		t.Errorf("length %d", resp.ContentLength)
	}
}

func TestTrailersPass(t *testing.T) {
	t.Parallel()
	front := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "body")
		if r.URL.Path == "/stream" {
			w.(http.Flusher).Flush()
		}
		w.Header().Set("X-Sum", "42")
	})).front(t, Exchange{})
	for _, path := range []string{"/frame", "/stream"} {
		resp := get(t, front.URL+path)
		if got := readAll(t, resp.Body); got != "body" {
			t.Errorf("%s: body %q", path, got)
		}
		if got := resp.Trailer.Get("X-Sum"); got != "42" {
			t.Errorf("%s: trailer %q, header %q", path, got, resp.Header.Get("X-Sum"))
		}
	}
}
