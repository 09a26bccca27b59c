package warehouse

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

var (
	// errorClass is how Databricks' messages begin: [TABLE_OR_VIEW_NOT_FOUND] The table ...
	errorClass = regexp.MustCompile(`^\s*\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]\s*`)
	sqlState   = regexp.MustCompile(`\.?\s*\(?SQLSTATE:?\s*[0-9A-Z]{5}\)?`)
	// excerpt begins the copy of the statement that follows some messages.
	excerpt = regexp.MustCompile(`(?s)\s*==\s*SQL\b.*`)
)

// failure is the fault of a statement that did not succeed.
func failure(state, code, message string) *fault.Error {
	if state != "FAILED" {
		return fault.New(fault.Conflict, "The statement was cancelled from elsewhere.").WithCode("STATEMENT_" + state).WithOrigin(workspace.Origin)
	}
	class := ""
	if found := errorClass.FindStringSubmatch(message); found != nil {
		class, message = found[1], message[len(found[0]):]
	}
	message = sqlState.ReplaceAllString(excerpt.ReplaceAllString(message, ""), "")
	f := fault.Wrap(kindOf(class, code, message), errors.New("statement failed: "+class+" "+code), "").WithOrigin(workspace.Origin).WithCode(code)
	if class != "" {
		f.Code = class
	}
	if class != "" || f.Kind == fault.Unprocessable || f.Kind == fault.Forbidden {
		f.Message = workspace.Presentable(message)
	}
	return f
}

func kindOf(class, code, message string) fault.Kind {
	switch {
	case class == "PERMISSION_DENIED", strings.HasPrefix(class, "INSUFFICIENT_PERMISSIONS"), strings.HasPrefix(message, "PERMISSION_DENIED"):
		return fault.Forbidden
	case strings.HasSuffix(class, "_NOT_FOUND"), class == "NO_SUCH_CATALOG_EXCEPTION":
		return fault.NotFound
	case class != "":
		return fault.Unprocessable
	}
	switch code {
	case "RESOURCE_EXHAUSTED", "REQUEST_LIMIT_EXCEEDED":
		return fault.Exhausted
	case "TEMPORARILY_UNAVAILABLE", "WORKSPACE_TEMPORARILY_UNAVAILABLE", "SERVICE_UNDER_MAINTENANCE", "ABORTED":
		return fault.Unavailable
	case "DEADLINE_EXCEEDED":
		return fault.Timeout
	case "INTERNAL_ERROR", "IO_ERROR", "UNKNOWN":
		return fault.Upstream
	default:
		return fault.Unprocessable
	}
}

// passes says whether the same statement may succeed a moment later: the connection was lost, or another one was writing to
// the same table.
func passes(err error) bool {
	f := fault.From(err)
	switch {
	case f.Kind == fault.Canceled, f.Code == "WAREHOUSE_MISSING", f.Code == "WAREHOUSE_NOT_FOUND":
		return false
	case strings.HasPrefix(f.Code, "DELTA_CONCURRENT"), f.Code == "DELTA_METADATA_CHANGED", f.Code == "TABLE_OR_VIEW_ALREADY_EXISTS", f.Code == "SCHEMA_ALREADY_EXISTS":
		return true
	default:
		return f.Kind == fault.Unavailable || f.Kind == fault.Exhausted
	}
}

// errPending says that a statement had not begun when its time was over.
var errPending = errors.New("the statement is still PENDING")

// explain tells the end of a statement's time from that of its run.
func explain(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, errPending):
		return fault.Wrap(fault.Unavailable, err, "The SQL warehouse did not start in time. Set up again in a moment: what is done stays.").WithCode("WAREHOUSE_STARTING")
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.Wrap(fault.Timeout, err, "The SQL warehouse did not answer in time. Set up again in a moment: what is done stays.").WithCode("STATEMENT_TIMEOUT")
	default:
		return context.Cause(ctx)
	}
}

// missing names the way out when it is the warehouse that is not there.
func missing(err error) error {
	f := fault.From(err)
	if f.Kind == fault.NotFound {
		return fault.Wrap(fault.Unavailable, err, "The SQL warehouse of this application does not exist or is not yours to use. Check DATABRICKS_WAREHOUSE_ID.").
			WithCode("WAREHOUSE_NOT_FOUND").WithOrigin(workspace.Origin)
	}
	return err
}
