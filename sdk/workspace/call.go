package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/httpclient"

	"corbel.example/sdk/fault"
)

// Call is one request to the workspace's REST API.
type Call struct {
	// Op names the call in errors: "unitycatalog.tables".
	Op     string
	Method string
	// Path is escaped: put names into it with url.PathEscape.
	Path  string
	Query url.Values
	// Body is sent as JSON. Nil for none.
	Body any
	// Answer is a pointer that takes the JSON answer. Nil to ignore it.
	Answer any
	// AnswerHeader takes headers of the answer, by name. Nil for none.
	AnswerHeader map[string]*string
}

// Do performs a call with c and returns nil or a *fault.Error. Reads are repeated when they fail for a passing reason,
// within 8 s; other methods only when the workspace cannot have acted on them.
//
// It decodes answers itself: the SDK's decoding errors quote the request with its parameters.
func Do(ctx context.Context, c *client.DatabricksClient, call Call) error {
	path := call.Path
	if len(call.Query) > 0 {
		path += "?" + call.Query.Encode()
	}
	var answer []byte
	options := []httpclient.DoOption{
		httpclient.WithRequestHeaders(map[string]string{"Accept": "application/json"}),
		httpclient.WithRequestData(call.Body), httpclient.WithResponseUnmarshal(&answer),
	}
	for name, value := range call.AnswerHeader {
		options = append(options, httpclient.WithResponseHeader(name, value))
	}
	if err := c.ApiClient().Do(ctx, call.Method, path, options...); err != nil {
		f := Fault(err)
		if f.Kind == fault.Canceled && ctx.Err() == nil {
			// The SDK cancels a call that moves no byte for a while; the caller is still there.
			f = upstreamTimeout(err)
		}
		return f.WithOp(call.Op)
	}
	if call.Answer == nil {
		return nil
	}
	if err := json.Unmarshal(answer, call.Answer); err != nil {
		return garbage(describeGarbage(err, len(answer))).WithOp(call.Op)
	}
	return nil
}

// describeGarbage says what is wrong with an answer, without quoting it.
func describeGarbage(err error, size int) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("answer of %d bytes is not JSON: at byte %d: %w", size, syntax.Offset, err)
	}
	return fmt.Errorf("answer of %d bytes: %w", size, err)
}
