package workspace_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

func TestOpenSendsOnceAsTheUserAndGivesTheAnswerAsItComes(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stream" {
			writeJSON(w, http.StatusServiceUnavailable, `{}`)
			return
		}
		_, _ = io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, "second")
	})
	w := u.workspace(t)
	ctx := correlation.NewContext(as(t.Context(), "ana", "token-of-ana"), "request-1")
	answer, err := w.Open(ctx, workspace.Request{Method: http.MethodPost, Path: "/stream", Header: http.Header{"Accept": {"text/event-stream"}}, Body: []byte("body")})
	if err != nil {
		t.Fatal(err)
	}
	begin := make([]byte, len("first"))
	if _, err := io.ReadFull(answer.Body, begin); err != nil || string(begin) != "first" {
		t.Errorf("%q, %v", begin, err)
	}
	close(more)
	if rest, err := io.ReadAll(answer.Body); err != nil || string(rest) != "second" {
		t.Errorf("%q, %v", rest, err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	seen := u.received("/stream")[0].Header
	for name, want := range map[string]string{"Authorization": "Bearer token-of-ana", "Accept": "text/event-stream", correlation.Header: "request-1"} {
		if got := seen.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	refused, err := w.Open(ctx, workspace.Request{Method: http.MethodGet, Path: "/refused"})
	if err != nil || refused.StatusCode != http.StatusServiceUnavailable || len(u.received("/refused")) != 1 {
		t.Errorf("a refused request: %v, sent %d times", err, len(u.received("/refused")))
	}
	if kind := workspace.ResponseFault(refused).Kind; kind != fault.Unavailable {
		t.Error(kind)
	}
	if _, err := w.Open(t.Context(), workspace.Request{Method: http.MethodGet, Path: "/"}); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("without a user: %v", err)
	}
}

func TestResponseFaultKeepsWhatDatabricksSays(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/limit":
			w.Header().Set("Retry-After", "3")
			writeJSON(w, http.StatusTooManyRequests, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slowly"}`)
		case "/half":
			writeJSON(w, http.StatusBadRequest, `{"error_code":"BAD`)
		default:
			writeJSON(w, http.StatusInternalServerError, `{"error_code":"INTERNAL_ERROR","message":"division by zero"}`)
		}
	})
	w := u.workspace(t)
	for path, want := range map[string]struct {
		kind  fault.Kind
		code  string
		wait  time.Duration
		cause string
	}{
		"/limit": {fault.Exhausted, "REQUEST_LIMIT_EXCEEDED", 3 * time.Second, "slowly"},
		"/half":  {fault.Invalid, "", 0, "answer with status 400"},
		"/model": {fault.Upstream, "INTERNAL_ERROR", 0, "division by zero"},
	} {
		answer, err := w.Open(as(t.Context(), "ana", "t"), workspace.Request{Method: http.MethodGet, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		f := workspace.ResponseFault(answer)
		var cause *apierr.APIError
		if !errors.As(f, &cause) || cause.Message != want.cause || f.Kind != want.kind || f.Code != want.code || f.RetryAfter != want.wait {
			t.Errorf("%s: %+v", path, f)
		}
	}
}
