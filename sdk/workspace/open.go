package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/common"
	"github.com/databricks/databricks-sdk-go/useragent"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

// maxErrorBytes is how much of an error's body is read.
const maxErrorBytes = 64 << 10

// Request is a request whose answer is read as it comes.
type Request struct {
	Method string
	// Path is escaped, with its query if it has one: put names into it with url.PathEscape.
	Path string
	// Header is sent beside what signs the request and its request id. It is not changed.
	Header http.Header
	Body   []byte
}

// Open sends a request as the user in ctx and returns the answer, whatever its status, as soon as its head is there: for answers
// that are streamed, or whose body is not to be decoded. It sends once: whether that may be repeated is the caller's to say. An
// error means that no byte of an answer came; it is a *fault.Error. The caller closes the answer's body; the end of ctx ends it too.
func (w *Workspace) Open(ctx context.Context, request Request) (*http.Response, error) {
	if err := w.requireToken(ctx); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, request.Method, w.origin+request.Path, bytes.NewReader(request.Body))
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "")
	}
	if request.Header != nil {
		r.Header = request.Header.Clone()
	}
	id, _ := identity.FromContext(ctx)
	r.Header.Set("Authorization", "Bearer "+id.AccessToken.Reveal())
	r.Header.Set("User-Agent", useragent.FromContext(ctx))
	response, err := w.once.Do(r)
	if err != nil {
		return nil, Fault(err)
	}
	return response, nil
}

// ResponseFault classifies an answer that Open returned with a status of 400 or more, and closes it. The fault's cause is the
// *apierr.APIError.
func ResponseFault(response *http.Response) *fault.Error {
	defer discard(response)
	failure := &apierr.APIError{StatusCode: response.StatusCode, ResponseWrapper: &common.ResponseWrapper{Response: response}}
	var answer struct {
		ErrorCode string `json:"error_code"`
		Message   string `json:"message"`
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes))
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	failure.ErrorCode, failure.Message = answer.ErrorCode, answer.Message
	if err != nil || answer.Message == "" {
		failure.Message = fmt.Sprintf("answer with status %d", response.StatusCode)
	}
	return ofAPI(failure)
}
