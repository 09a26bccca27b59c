package statement

import (
	"errors"
	"fmt"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

// State of a statement.
type State string

// The states, as Databricks names them.
const (
	Pending   State = "PENDING"
	Running   State = "RUNNING"
	Succeeded State = "SUCCEEDED"
	Failed    State = "FAILED"
	Canceled  State = "CANCELED"
	Closed    State = "CLOSED"
)

// Codes of statements that have no result.
const (
	CodeCanceled = "STATEMENT_CANCELED"
	CodeClosed   = "STATEMENT_CLOSED"
	// CodeUnknown is that of a statement that is not there, or is another user's.
	CodeUnknown = "STATEMENT_NOT_FOUND"
)

// response is what the Statement Execution API says about a statement.
type response struct {
	ID     string `json:"statement_id"`
	Status struct {
		State State `json:"state"`
		Error struct {
			Code    string `json:"error_code"`
			Message string `json:"message"`
		} `json:"error"`
		SQLState string `json:"sql_state"`
	} `json:"status"`
	Manifest struct {
		Schema struct {
			Columns []Column `json:"columns"`
		} `json:"schema"`
		Chunks     []span `json:"chunks"`
		ChunkCount int    `json:"total_chunk_count"`
		RowCount   int64  `json:"total_row_count"`
		Truncated  bool   `json:"truncated"`
	} `json:"manifest"`
	Result chunk `json:"result"`
}

// chunk is a part of a result. Cells are text or NULL: the SDK's own type would turn NULL into "".
type chunk struct {
	Index     int         `json:"chunk_index"`
	RowOffset int64       `json:"row_offset"`
	Cells     [][]*string `json:"data_array"`
	Next      *int        `json:"next_chunk_index"`
	// Links are where the cells of an external result are.
	Links []link `json:"external_links"`
}

// span is which rows a chunk has.
type span struct {
	Index     int   `json:"chunk_index"`
	RowOffset int64 `json:"row_offset"`
	RowCount  int64 `json:"row_count"`
}

// link is where a chunk can be had for some minutes, by whoever knows it.
type link struct {
	span
	URL  string `json:"external_link"`
	Next *int   `json:"next_chunk_index"`
}

func (r *response) running() bool { return r.Status.State == Pending || r.Status.State == Running }

// outcome returns the result of a statement that has one or is still to get one, and the failure of any other.
func (r *response) outcome() (*Result, error) {
	switch r.Status.State {
	case Pending, Running:
		return &Result{ID: r.ID, State: r.Status.State}, nil
	case Succeeded:
		rows, err := newRows(r.Manifest.Schema.Columns, r.Result.Cells)
		if err != nil {
			return nil, err
		}
		return &Result{
			ID: r.ID, State: Succeeded, Columns: rows.columns, Rows: rows, RowCount: r.Manifest.RowCount,
			ChunkCount: r.Manifest.ChunkCount, NextChunk: r.Result.Next, Truncated: r.Manifest.Truncated,
		}, nil
	case Failed:
		message := r.Status.Error.Message
		return nil, &refusal{failure(r.Status.Error.Code, message, r.Status.SQLState), message[:min(len(message), maxWords)]}
	case Canceled:
		return nil, fault.New(fault.Conflict, "The statement was cancelled.").WithCode(CodeCanceled).WithOrigin(workspace.Origin)
	case Closed:
		return nil, fault.New(fault.Conflict, "The result is no longer kept. Run the statement again.").WithCode(CodeClosed).WithOrigin(workspace.Origin)
	default:
		return nil, nonsense(fmt.Errorf("statement %s is in the unknown state %q", r.ID, r.Status.State))
	}
}

// check refuses an answer that does not say which statement it is about.
func (r *response) check() error {
	if r.ID == "" {
		return nonsense(errors.New("the answer names no statement"))
	}
	return nil
}

func nonsense(err error) *fault.Error {
	return fault.Wrap(fault.Upstream, err, "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator.").WithOrigin(workspace.Origin)
}
