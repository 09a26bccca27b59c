package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"corbel.example/host/internal/answer"
	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
)

// judge makes an outcome of the answer to a call, an exchange that ended with err.
func (c *Composer) judge(a *answer.Answer, err error, call *call) outcome {
	primary := call.fragment.Primary
	switch {
	case a.TooBig() != nil:
		return unusable(fmt.Errorf("the fragment: %w: show less on one page", a.TooBig()))
	case err != nil:
		return outcome{source: failed, fault: faultOf(err)}
	case a.Status() >= 300 && a.Status() < 400:
		return redirect(a, primary)
	case a.Status() != http.StatusOK && (!primary || a.Status() < 400 || !isHTML(a)):
		return outcome{source: failed, fault: statusFault(a)}
	case !isHTML(a):
		return unusable(fmt.Errorf("the fragment has the content type %q: answer with text/html", a.Header().Get("Content-Type")))
	case a.Header().Get("Content-Encoding") != "":
		return unusable(fmt.Errorf("the fragment has the content encoding %q, which nobody asked for", a.Header().Get("Content-Encoding")))
	}
	content, err := c.clean(call.fragment.Plugin, a.Body(), primary, "")
	if err != nil {
		return unusable(err)
	}
	return outcome{source: fresh, status: a.Status(), content: content}
}

// unusable is the outcome of an answer that cannot be shown.
func unusable(err error) outcome {
	return outcome{source: failed, fault: fault.Wrap(fault.Upstream, err, "")}
}

// faultOf classifies the errors of Backend.Forward.
func faultOf(err error) *fault.Error {
	var lost *wire.LostError
	var aborted *wire.AbortedError
	var known *fault.Error
	switch {
	case errors.As(err, &known) && known.Kind == fault.Timeout:
		return known
	case errors.As(err, &lost):
		return fault.Wrap(fault.Unavailable, err, "")
	case errors.As(err, &aborted):
		return fault.Wrap(fault.Upstream, err, "")
	default:
		return fault.From(err)
	}
}

// redirect takes the redirect of a primary fragment, if it stays in the application.
func redirect(a *answer.Answer, primary bool) outcome {
	location := a.Header().Get("Location")
	switch {
	case a.Status() == http.StatusNotModified || !primary:
		return unusable(fmt.Errorf("the fragment answerPool with status %d: only a primary fragment may redirect", a.Status()))
	case location == "" || location[0] != '/' || !markup.IsLocal(location):
		return unusable(fmt.Errorf("the fragment redirects to %q: only to paths of this application, beginning with a slash", location))
	default:
		return outcome{status: a.Status(), location: location}
	}
}

func isHTML(a *answer.Answer) bool { return a.MediaType() == "text/html" }

// statusFault makes a fault of an error that a plugin has written itself.
func statusFault(a *answer.Answer) *fault.Error {
	kind := fault.Upstream
	for _, k := range fault.Kinds() {
		if k.Status() == a.Status() {
			kind = k
			break
		}
	}
	f := fault.Wrap(kind, fmt.Errorf("the fragment answerPool with status %d", a.Status()), "")
	var problem fault.Problem
	if a.MediaType() == fault.ProblemContentType && json.Unmarshal(a.Body(), &problem) == nil {
		f.Message, f.Code, f.Retryable, f.Fields = problem.Detail, problem.Code, problem.Retryable, problem.Errors
	}
	return f
}
