package page

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/web"
)

// failureOf is a fault as a user sees it.
func (c *Composer) failureOf(f *fault.Error, requestID string, user identity.User) web.Failure {
	failure := web.Failure{Title: titleOf(f.Kind), Message: f.UserMessage(), Code: f.ErrorCode(), RequestID: requestID}
	if c.find != nil && !user.IsZero() {
		failure.RequestHref = c.find(requestID)
	}
	return failure
}

// ServeError answers with the error's page. The user menu and the navigation are those of the identity in r's context.
func (c *Composer) ServeError(w http.ResponseWriter, r *http.Request, f *fault.Error, requestID string) {
	status := f.Kind.Status()
	caller, _ := identity.FromContext(r.Context())
	content := web.ErrorPage{Status: status, Failure: c.failureOf(f, requestID, caller.User)}
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead
	// The page may be one that was never found: only an address of ours becomes a link.
	if href := pageHref(r.URL); safe && (f.Retryable || f.Kind == fault.Internal || f.Kind == fault.Upstream) && markup.IsLocal(href) {
		content.RetryHref = href
	}
	var b bytes.Buffer
	// The error may be that the context has ended.
	if err := web.WriteError(context.WithoutCancel(r.Context()), &b, c.shellFor(r, caller.User), content); err != nil {
		c.logger.ErrorContext(r.Context(), "error page failed", "error", err)
		fault.WriteProblem(w, f, requestID)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Del("Content-Encoding")
	h.Del("ETag")
	setRetryAfter(h, f)
	w.WriteHeader(status)
	// The client may be gone: there is nobody left to tell.
	_, _ = w.Write(b.Bytes())
}
