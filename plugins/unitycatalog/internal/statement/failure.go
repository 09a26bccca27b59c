package statement

import (
	"errors"
	"regexp"
	"strings"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

var (
	// errorClass is how Databricks' messages begin: [TABLE_OR_VIEW_NOT_FOUND] The table ...
	errorClass = regexp.MustCompile(`^\s*\[([A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*)\]\s*`)
	sqlState   = regexp.MustCompile(`\.?\s*\(?SQLSTATE:?\s*([0-9A-Z]{5})\)?`)
	// excerpt begins the copy of the statement, and plan that of the query plan, which follow some messages.
	excerpt = regexp.MustCompile(`(?s)\s*(?:==\s*SQL\b|;\s*line \d+ pos \d+;\s*\n|\n\s*'?[A-Z]\w+ \[).*`)
)

// refusal is the fault of a statement with the warehouse's own words: they name a place in the text.
type refusal struct {
	fault *fault.Error
	words string
}

func (r *refusal) Error() string { return r.fault.Error() }
func (r *refusal) Unwrap() error { return r.fault }

// maxWords is how much of the warehouse's words is kept.
const maxWords = 8 << 10

// Words returns what the warehouse itself said when it refused a statement; "" for other errors. They are not for users: they may
// quote addresses and the plan.
func Words(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return r.words
	}
	return ""
}

// failure is the fault of a statement that the warehouse refused or could not finish. Its code is Databricks' error class:
//
//   - a catalog, schema, table or view that is not there is NotFound;
//   - a missing privilege is Forbidden;
//   - trouble of the warehouse's own is Unavailable, Exhausted or Upstream;
//   - anything else, from a syntax error to a division by zero, is Unprocessable: the statement was understood to be wrong.
func failure(code, message, state string) *fault.Error {
	class := ""
	if found := errorClass.FindStringSubmatch(message); found != nil {
		class, message = found[1], message[len(found[0]):]
	}
	message = excerpt.ReplaceAllString(message, "")
	if found := sqlState.FindStringSubmatch(message); found != nil {
		state, message = found[1], sqlState.ReplaceAllString(message, "")
	}
	cause := errors.New(strings.TrimSpace("statement failed: " + class + " " + code + " " + state))
	f := fault.Wrap(failureKind(class, code, state), cause, "").WithCode(class).WithOrigin(workspace.Origin).WithOp("unitycatalog.statement")
	if f.Code == "" {
		f.Code = code
	}
	if class == "" && f.Kind != fault.Unprocessable {
		return f // the warehouse's own trouble: its text is not about the statement
	}
	f.Message = workspace.Presentable(message)
	if f.Message != "" && state != "" {
		f.Message = strings.TrimSuffix(f.Message, ".") + " (SQLSTATE " + state + ")."
	}
	return f
}

func failureKind(class, code, state string) fault.Kind {
	switch {
	case state == "42501", class == "PERMISSION_DENIED", strings.HasPrefix(class, "INSUFFICIENT_PERMISSIONS"):
		return fault.Forbidden
	case state == "42P01", class == "TABLE_OR_VIEW_NOT_FOUND", class == "SCHEMA_NOT_FOUND", class == "CATALOG_NOT_FOUND", class == "NO_SUCH_CATALOG_EXCEPTION":
		return fault.NotFound
	case class != "":
		return fault.Unprocessable
	}
	switch code {
	case "UNAUTHENTICATED":
		return fault.Unauthenticated
	case "RESOURCE_EXHAUSTED", "REQUEST_LIMIT_EXCEEDED", "MAX_CHILD_NODE_SIZE_EXCEEDED":
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
