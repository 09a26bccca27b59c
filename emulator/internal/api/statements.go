package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/statement"
	"corbel.example/emulator/internal/warehouse"
)

const (
	defaultWait = 10 * time.Second
	minWait     = 5 * time.Second
	maxWait     = 50 * time.Second
	// inlineLimit is the largest INLINE result.
	inlineLimit = 25 << 20
	// maxRowLimit is the largest row_limit.
	maxRowLimit = math.MaxInt32
	// cancelWait bounds the wait for a statement that was cancelled.
	cancelWait = 10 * time.Second
)

type disposition string

const (
	inline        disposition = "INLINE"
	externalLinks disposition = "EXTERNAL_LINKS"
)

type executeRequest struct {
	Statement     *string          `json:"statement"`
	WarehouseID   string           `json:"warehouse_id"`
	Catalog       string           `json:"catalog"`
	Schema        string           `json:"schema"`
	Parameters    []parameter      `json:"parameters"`
	WaitTimeout   string           `json:"wait_timeout"`
	OnWaitTimeout string           `json:"on_wait_timeout"`
	Disposition   disposition      `json:"disposition"`
	Format        statement.Format `json:"format"`
	RowLimit      *int64           `json:"row_limit"`
	ByteLimit     *int64           `json:"byte_limit"`
}

type parameter struct {
	Name  string  `json:"name"`
	Value *string `json:"value"`
	Type  string  `json:"type"`
}

func (s *server) executeStatement(w http.ResponseWriter, r *http.Request) error {
	var body executeRequest
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	wait, err := body.check()
	if err != nil {
		return err
	}
	if body.WarehouseID != s.Warehouse.ID {
		return &Error{http.StatusNotFound, "NOT_FOUND", "The warehouse " + body.WarehouseID + " was not found."}
	}
	if err := s.needWarehouse(r, acl.CanUse); err != nil {
		return err
	}
	submitted, err := s.Statements.Submit(body.request(r))
	if errors.Is(err, statement.ErrTooMany) {
		return &Error{http.StatusTooManyRequests, "REQUEST_LIMIT_EXCEEDED", "Too many statements are under way. Try again when some of them have ended."}
	}
	if err != nil {
		return err
	}
	if wait > 0 && !submitted.Wait(r.Context(), wait) && body.OnWaitTimeout == "CANCEL" {
		submitted.Cancel()
		submitted.Wait(r.Context(), cancelWait)
	}
	return s.writeStatement(w, r, submitted)
}

// check fills in defaults and returns how long to wait.
func (b *executeRequest) check() (time.Duration, error) {
	switch {
	case b.Statement == nil:
		return 0, missing("statement")
	case b.WarehouseID == "":
		return 0, missing("warehouse_id")
	}
	// What Databricks doesn't know it ignores, here and in on_wait_timeout.
	if b.Disposition != externalLinks {
		b.Disposition = inline
	}
	if b.Format != statement.ArrowStream && b.Format != statement.CSV {
		b.Format = statement.JSONArray
	}
	switch {
	case b.Disposition == inline && b.Format != statement.JSONArray:
		return 0, invalid("The format field must be JSON_ARRAY when the disposition field is INLINE.")
	case b.RowLimit != nil && (*b.RowLimit < 0 || *b.RowLimit > maxRowLimit):
		return 0, invalid("The row_limit field must be between 0 and %d.", maxRowLimit)
	case b.ByteLimit != nil && (*b.ByteLimit < 1 || b.Disposition == inline && *b.ByteLimit > inlineLimit):
		return 0, invalid("The byte_limit field must be between 1 and %d.", inlineLimit)
	}
	return b.wait()
}

// missing says that a field is not there. The catalog's APIs have another code for it.
func missing(field string) *Error {
	return &Error{http.StatusBadRequest, "BAD_REQUEST", "Missing required field: " + field}
}

func (b *executeRequest) wait() (time.Duration, error) {
	if b.WaitTimeout == "" {
		return defaultWait, nil
	}
	wait, err := time.ParseDuration(b.WaitTimeout)
	if err != nil {
		return 0, invalid("Error while parsing type: duration.")
	}
	if wait != 0 && (wait < minWait || wait > maxWait) {
		return 0, invalid("The wait_timeout field must be 0 seconds (disables wait), or between 5 seconds and 50 seconds.")
	}
	if wait == 0 && b.OnWaitTimeout == "CANCEL" {
		return 0, invalid("The on_wait_timeout field must not be CANCEL when wait_timeout is 0s.")
	}
	return wait, nil
}

func (b *executeRequest) request(r *http.Request) statement.Request {
	req := statement.Request{
		Request: warehouse.Request{Statement: *b.Statement, Principal: caller(r), Catalog: b.Catalog, Schema: b.Schema},
		Format:  b.Format, RowLimit: b.RowLimit, RequestID: requestID(r.Context()),
	}
	if b.ByteLimit != nil {
		req.ByteLimit = *b.ByteLimit
	}
	if b.Disposition == inline {
		req.FailBeyond = inlineLimit
	} else {
		req.External = true
	}
	for _, p := range b.Parameters {
		req.Arguments = append(req.Arguments, dialect.Argument{Name: p.Name, Value: p.Value, Type: p.Type})
	}
	return req
}

// found returns the caller's statement of the path. Statements of others don't exist.
func (s *server) found(r *http.Request) (*statement.Statement, error) {
	id := r.PathValue("id")
	if st, ok := s.Statements.Find(id, caller(r).UserName); ok {
		return st, nil
	}
	return nil, &Error{http.StatusNotFound, "NOT_FOUND", "The statement " + id + " was not found."}
}

func (s *server) getStatement(w http.ResponseWriter, r *http.Request) error {
	st, err := s.found(r)
	if err != nil {
		return err
	}
	return s.writeStatement(w, r, st)
}

func (s *server) cancelStatement(w http.ResponseWriter, r *http.Request) error {
	st, err := s.found(r)
	if err != nil { // Databricks does not tell a statement that is not there from one that has ended
		writeJSON(w, http.StatusOK, struct{}{})
		return nil //nolint:nilerr // see above
	}
	st.Cancel()
	ctx, cancel := context.WithTimeout(r.Context(), cancelWait)
	defer cancel()
	st.Wait(ctx, cancelWait)
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

func (s *server) getChunk(w http.ResponseWriter, r *http.Request) error {
	st, err := s.found(r)
	if err != nil {
		return err
	}
	index, err := strconv.Atoi(r.PathValue("chunk"))
	if err != nil {
		return invalid("The chunk index must be a number, not %q.", r.PathValue("chunk"))
	}
	data, err := s.chunk(r, st, index)
	if errors.Is(err, statement.ErrNoChunk) {
		return &Error{http.StatusNotFound, "NOT_FOUND", "The statement " + st.ID + " has no chunk " + strconv.Itoa(index) + "."}
	}
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, data)
	return nil
}

// readChunk reads a whole chunk; its size is bounded.
func readChunk(st *statement.Statement, index int) (data []byte, c statement.Chunk, err error) {
	reader, c, err := st.Open(index)
	if err != nil {
		return nil, c, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	data, err = io.ReadAll(reader)
	return data, c, err
}
