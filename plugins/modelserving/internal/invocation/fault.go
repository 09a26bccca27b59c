package invocation

import (
	"errors"
	"net/http"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

// Codes of what is not the caller's fault. The model's:
const (
	CodeModel    = "MODEL_ERROR"          // it answered with an error of its own
	CodeAnswer   = "MODEL_ANSWER_INVALID" // its answer is not what it should be
	CodeTooLarge = "EVENT_TOO_LARGE"      // a piece of its answer is too large
	CodeTimeout  = "MODEL_TIMEOUT"        // it took too long
)

// The platform's:
const (
	CodeNotReady    = "ENDPOINT_NOT_READY"
	CodeUnavailable = "SERVING_UNAVAILABLE"
	CodeLimit       = "REQUEST_LIMIT_EXCEEDED"
	CodeBroken      = "ANSWER_BROKEN"
)

const op = "modelserving.invoke"

// errTimeout is the cause of a context that ends because the model took too long.
var errTimeout = errors.New("the model did not answer in time")

// TimedOut is the fault of a model that took longer than it may.
func TimedOut(limit time.Duration) *fault.Error {
	return fault.Wrap(fault.Timeout, errTimeout, "The model did not answer within "+limit.String()+". Try again, or ask for less.").WithCode(CodeTimeout).WithOp(op)
}

// Broken is the fault of an answer that ends before its end.
func Broken(err error) *fault.Error {
	return fault.Wrap(fault.Unavailable, err, "The model's answer broke off. Try again.").WithCode(CodeBroken).WithOp(op)
}

// Garbage is the fault of an answer that is not what it should be. Its cause never quotes it.
func Garbage(err error) *fault.Error {
	return fault.Wrap(fault.Upstream, err, "The model gave an answer that makes no sense. Try again; if it stays, tell whoever runs the endpoint.").WithCode(CodeAnswer).WithOp(op)
}

func errNotReady(name, state string) *fault.Error {
	return fault.Newf(fault.Unavailable, "The endpoint %s is not ready (%s). Try again when it is.", name, state).WithCode(CodeNotReady).WithOp(op).WithRetryAfter(notReadyRetry)
}

// refusal says whose fault a refused request is.
func refusal(f *fault.Error) *fault.Error {
	f.Op = op
	var cause *apierr.APIError
	if !errors.As(f, &cause) {
		if f.Kind == fault.Unavailable && f.Code == "" {
			f.Code = CodeUnavailable
		}
		return f
	}
	switch status := cause.StatusCode; {
	case status == http.StatusTooManyRequests:
		f.Code = CodeLimit
		f.Message = "The endpoint is getting too many requests. Try again in a moment."
	case f.Kind == fault.NotFound:
		f.Code, f.Message = "ENDPOINT_NOT_FOUND", "There is no such serving endpoint, or you may not know of it."
	case status < http.StatusInternalServerError:
	case repeatable(status):
		if f.Code == "" {
			f.Code = CodeUnavailable
		}
	default:
		f.Kind, f.Code, f.Retryable = fault.Upstream, CodeModel, false
		f.Message = "The model failed."
		if cause.ErrorCode != "" {
			f.Message = "The model failed: " + workspace.Presentable(cause.Message)
		}
	}
	return f
}

// repeatable says whether a status may pass by itself.
func repeatable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}
