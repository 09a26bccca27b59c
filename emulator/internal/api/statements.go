package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

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
	// cancelWait bounds the wait for a statement that was cancelled.
	cancelWait = 10 * time.Second
)

type disposition string

const (
	inline        disposition = "INLINE"
	externalLinks disposition = "EXTERNAL_LINKS"
)

type executeRequest struct {
	Statement     string           `json:"statement"`
	WarehouseID   string           `json:"warehouse_id"`
	Catalog       string           `json:"catalog"`
	Schema        string           `json:"schema"`
	Parameters    []parameter      `json:"parameters"`
	WaitTimeout   string           `json:"wait_timeout"`
	OnWaitTimeout string           `json:"on_wait_timeout"`
	Disposition   disposition      `json:"disposition"`
	Format        statement.Format `json:"format"`
	RowLimit      int64            `json:"row_limit"`
	ByteLimit     int64            `json:"byte_limit"`
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
	if b.Statement == "" {
		return 0, invalid("Missing required field: statement")
	}
	if b.WarehouseID == "" {
		return 0, invalid("Missing required field: warehouse_id")
	}
	if b.Disposition == "" {
		b.Disposition = inline
	}
	if b.Format == "" {
		b.Format = statement.JSONArray
	}
	switch {
	case b.Disposition != inline && b.Disposition != externalLinks:
		return 0, invalid("disposition must be INLINE or EXTERNAL_LINKS, not %q.", b.Disposition)
	case b.Disposition == inline && b.Format != statement.JSONArray:
		return 0, invalid("The format field must be JSON_ARRAY when the disposition field is INLINE.")
	case b.Format != statement.JSONArray && b.Format != statement.ArrowStream && b.Format != statement.CSV:
		return 0, invalid("format must be JSON_ARRAY, ARROW_STREAM or CSV, not %q.", b.Format)
	case b.OnWaitTimeout != "" && b.OnWaitTimeout != "CONTINUE" && b.OnWaitTimeout != "CANCEL":
		return 0, invalid("on_wait_timeout must be CONTINUE or CANCEL, not %q.", b.OnWaitTimeout)
	case b.RowLimit < 0 || b.ByteLimit < 0:
		return 0, invalid("row_limit and byte_limit must be positive.")
	}
	for i, p := range b.Parameters {
		if p.Name == "" {
			return 0, invalid("Parameter %d has no name: this workspace serves named parameters only.", i+1)
		}
	}
	return b.wait()
}

func (b *executeRequest) wait() (time.Duration, error) {
	if b.WaitTimeout == "" {
		return defaultWait, nil
	}
	wait, err := time.ParseDuration(b.WaitTimeout)
	if err != nil || wait != 0 && (wait < minWait || wait > maxWait) {
		return 0, invalid("The wait_timeout field must be 0s or between 5s and 50s, not %q.", b.WaitTimeout)
	}
	if wait == 0 && b.OnWaitTimeout == "CANCEL" {
		return 0, invalid("The on_wait_timeout field must not be CANCEL when wait_timeout is 0s.")
	}
	return wait, nil
}

func (b *executeRequest) request(r *http.Request) statement.Request {
	req := statement.Request{
		Request: warehouse.Request{Statement: b.Statement, Principal: caller(r), Catalog: b.Catalog, Schema: b.Schema},
		Format:  b.Format, RowLimit: b.RowLimit, ByteLimit: b.ByteLimit, RequestID: requestID(r.Context()),
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
	if err != nil {
		return err
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
