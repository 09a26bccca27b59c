package workspace_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

func TestFaultClassifiesAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer  http.HandlerFunc
		kind    fault.Kind
		code    string
		message string
	}{
		"denied": {
			answerWith(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have USE CATALOG on Catalog 'x'."}`),
			fault.Forbidden, "PERMISSION_DENIED", "User does not have USE CATALOG on Catalog 'x'.",
		},
		"expired token": {
			answerWith(401, `{"error_code":"UNAUTHENTICATED","message":"token dapi0123456789abcdef0123456789abcdef is expired"}`),
			fault.Unauthenticated, "UNAUTHENTICATED", "Databricks does not accept your session any more. Sign in again.",
		},
		"expired token, as the API's gateway says it": {
			answerWith(403, `{"error_code":403,"message":"Invalid access token."}`),
			fault.Unauthenticated, "UNAUTHENTICATED", "Databricks does not accept your session any more. Sign in again.",
		},
		"absent": {
			answerWith(404, `{"error_code":"TABLE_DOES_NOT_EXIST","message":"Table 'a.b.c' does not exist."}`),
			fault.NotFound, "TABLE_DOES_NOT_EXIST", "Table 'a.b.c' does not exist.",
		},
		"absent with status 400": {
			answerWith(400, `{"error_code":"CATALOG_DOES_NOT_EXIST","message":"Catalog 'a' does not exist."}`),
			fault.NotFound, "CATALOG_DOES_NOT_EXIST", "Catalog 'a' does not exist.",
		},
		"wrong": {
			answerWith(400, `{"error_code":"INVALID_PARAMETER_VALUE","message":"max_results\n must  be positive"}`),
			fault.Invalid, "INVALID_PARAMETER_VALUE", "max_results must be positive",
		},
		"message with addresses": {
			answerWith(400, `{"error_code":"BAD_REQUEST","message":"see https://adb-1.2.azuredatabricks.net/x and /api/2.1/y at 10.0.0.1:443 on a.cloud.databricks.com with Bearer abc.def"}`),
			fault.Invalid, "BAD_REQUEST", "see (hidden) and (hidden) at (hidden) on (hidden) with (hidden)",
		},
		"conflict":          {answerWith(409, `{"error_code":"ALREADY_EXISTS","message":"it exists"}`), fault.Conflict, "ALREADY_EXISTS", "it exists"},
		"defect":            {answerWith(500, `{"error_code":"INTERNAL_ERROR","message":"at com.databricks.Foo"}`), fault.Upstream, "INTERNAL_ERROR", "A service behind this page gave no usable answer."},
		"gateway's page":    {answerWith(403, `<html>blocked by proxy at 10.1.2.3</html>`), fault.Forbidden, "FORBIDDEN", "You do not have permission to do this."},
		"not JSON":          {answerWith(200, `{"rows": [1, 2`), fault.Upstream, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"another type":      {answerWith(200, `{"rows": "seven"}`), fault.Upstream, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"sign-in page":      {answerWith(200, `<!doctype html><title>Sign in</title>`), fault.Upstream, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"nothing":           {answerWith(200, ``), fault.Upstream, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"half-sent":         {halfSent, fault.Unavailable, "UNAVAILABLE", "Databricks' answer broke off. Try again in a moment."},
		"endless":           {endless, fault.Upstream, "UPSTREAM", "Databricks' answer is too large. Ask for less."},
		"unknown operation": {answerWith(501, `{"error_code":"NOT_IMPLEMENTED","message":"no"}`), fault.NotImplemented, "NOT_IMPLEMENTED", "This is not supported."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, tt.answer)
			var answer struct{ Rows []int }
			err := get(as(t.Context(), "ana", "token-of-ana"), u.workspace(t), "/api/2.0/x", &answer)
			f := fault.From(err)
			if f == nil {
				t.Fatal("no error")
			}
			if f.Kind != tt.kind || f.ErrorCode() != tt.code || f.UserMessage() != tt.message {
				t.Errorf("got %s, %q, %q\nwant %s, %q, %q", f.Kind, f.ErrorCode(), f.UserMessage(), tt.kind, tt.code, tt.message)
			}
			if f.Origin != workspace.Origin || f.Op != "test.get" {
				t.Errorf("origin %q, op %q", f.Origin, f.Op)
			}
			if strings.Contains(f.Error(), "token-of-ana") {
				t.Errorf("the error holds the token: %s", f.Error())
			}
		})
	}
}

func TestFaultOfContexts(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	w := u.workspace(t)

	ctx, cancel := context.WithTimeout(as(t.Context(), "ana", "a"), 50*time.Millisecond)
	defer cancel()
	if err := get(ctx, w, "/api/2.0/x", nil); fault.KindOf(err) != fault.Timeout {
		t.Errorf("deadline: %v", err)
	}

	ctx, cancel = context.WithCancel(as(t.Context(), "ana", "a"))
	stop := context.AfterFunc(t.Context(), cancel)
	defer stop()
	errs := make(chan error, 1)
	go func() { errs <- get(ctx, w, "/api/2.0/y", nil) }()
	for len(u.received("/api/2.0/y")) == 0 {
		select {
		case err := <-errs:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-errs; fault.KindOf(err) != fault.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

func TestFaultOfUnreachableWorkspace(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, nil)
	u.Close()
	ctx, cancel := context.WithTimeout(as(t.Context(), "ana", "a"), 10*time.Second)
	defer cancel()
	f := fault.From(get(ctx, u.workspace(t), "/api/2.0/x", nil))
	if f == nil || f.Kind != fault.Unavailable || !f.Retryable || strings.Contains(f.UserMessage(), "127.0.0.1") {
		t.Errorf("got %v", f)
	}
	if !strings.Contains(f.Error(), "connection refused") {
		t.Errorf("the operator does not learn why: %v", f)
	}
}

func TestFaultKeepsWhatTheSDKQuotesOutOfLogs(t *testing.T) {
	t.Parallel()
	f := workspace.Fault(errors.New("failed to unmarshal response body: invalid character. This is likely a bug in the Databricks SDK for Go: > POST /x secret-parameter"))
	if f.Kind != fault.Upstream || strings.Contains(f.Error(), "secret-parameter") {
		t.Errorf("got %v", f)
	}
	if workspace.Fault(nil) != nil {
		t.Error("nil became a fault")
	}
	known := fault.New(fault.NotFound, "gone")
	if workspace.Fault(known) != known {
		t.Error("a fault was classified again")
	}
}

func answerWith(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, status, body) }
}

func halfSent(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	if _, err := io.WriteString(w, `{"rows": [1,`); err != nil {
		panic(err)
	}
	if err := http.NewResponseController(w).Flush(); err != nil {
		panic(err)
	}
	panic(http.ErrAbortHandler)
}

func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	block := []byte(strings.Repeat(" ", 1<<20))
	for r.Context().Err() == nil {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}
