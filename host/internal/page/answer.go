package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// answer is a ResponseWriter that keeps a plugin's answer in memory, up to a limit.
type answer struct {
	limit  int
	header http.Header
	status int
	body   bytes.Buffer
	tooBig bool
}

var errTooBig = errors.New("the fragment is too large")

// Header returns the answer's header.
func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

// WriteHeader keeps the first final status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

// Write keeps b, and fails beyond the limit, which ends the exchange.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.tooBig = a.tooBig || a.body.Len()+len(b) > a.limit; a.tooBig {
		return 0, errTooBig
	}
	return a.body.Write(b)
}

// outcome judges the answer of an exchange that ended with err.
func (a *answer) outcome(err error, primary bool) outcome {
	switch {
	case a.tooBig:
		return unusable(fmt.Errorf("%w: more than %d bytes: show less on one page", errTooBig, a.limit))
	case err != nil:
		return outcome{fault: faultOf(err)}
	case a.status >= 300 && a.status < 400:
		return a.redirect(primary)
	case a.status != http.StatusOK && (!primary || a.status < 400 || !a.isHTML()):
		return outcome{fault: a.statusFault()}
	case !a.isHTML():
		return unusable(fmt.Errorf("the fragment has the content type %q: answer with text/html", a.Header().Get("Content-Type")))
	case a.Header().Get("Content-Encoding") != "":
		return unusable(fmt.Errorf("the fragment has the content encoding %q, which nobody asked for", a.Header().Get("Content-Encoding")))
	}
	cleaned, err := markup.Clean(a.body.Bytes())
	if err != nil {
		return unusable(err)
	}
	return outcome{status: a.status, markup: web.Markup(cleaned.HTML), heading: cleaned.Heading}
}

// unusable is the outcome of an answer that cannot be shown.
func unusable(err error) outcome { return outcome{fault: fault.Wrap(fault.Upstream, err, "")} }

// faultOf classifies the errors of Backend.Forward.
func faultOf(err error) *fault.Error {
	var lost *wire.LostError
	var aborted *wire.AbortedError
	switch {
	case errors.As(err, &lost):
		return fault.Wrap(fault.Unavailable, err, "")
	case errors.As(err, &aborted):
		return fault.Wrap(fault.Upstream, err, "")
	default:
		return fault.From(err)
	}
}

// redirect takes the redirect of a primary fragment, if it stays in the application.
func (a *answer) redirect(primary bool) outcome {
	location := a.Header().Get("Location")
	switch {
	case a.status == http.StatusNotModified || !primary:
		return unusable(fmt.Errorf("the fragment answers with status %d: only a primary fragment may redirect", a.status))
	case location == "" || location[0] != '/' || !markup.IsLocal(location):
		return unusable(fmt.Errorf("the fragment redirects to %q: only to paths of this application, beginning with a slash", location))
	default:
		return outcome{status: a.status, location: location}
	}
}

func (a *answer) isHTML() bool {
	mediaType, _, err := mime.ParseMediaType(a.Header().Get("Content-Type"))
	return err == nil && mediaType == "text/html"
}

// statusFault makes a fault of an error that a plugin has written itself.
func (a *answer) statusFault() *fault.Error {
	kind := fault.Upstream
	for _, k := range fault.Kinds() {
		if k.Status() == a.status {
			kind = k
			break
		}
	}
	f := fault.Wrap(kind, fmt.Errorf("the fragment answers with status %d", a.status), "")
	var problem fault.Problem
	mediaType, _, err := mime.ParseMediaType(a.Header().Get("Content-Type"))
	if err == nil && mediaType == fault.ProblemContentType && json.Unmarshal(a.body.Bytes(), &problem) == nil {
		f.Message, f.Code, f.Retryable, f.Fields = problem.Detail, problem.Code, problem.Retryable, problem.Errors
	}
	return f
}
