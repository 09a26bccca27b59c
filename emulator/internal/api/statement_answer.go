package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"corbel.example/emulator/internal/statement"
	"corbel.example/emulator/internal/warehouse"
)

type statementAnswer struct {
	StatementID string          `json:"statement_id"`
	Status      statementStatus `json:"status"`
	Manifest    *manifest       `json:"manifest,omitempty"`
	Result      *resultData     `json:"result,omitempty"`
}

type statementStatus struct {
	State    statement.State `json:"state"`
	Error    *statementError `json:"error,omitempty"`
	SQLState string          `json:"sql_state,omitempty"`
}

type statementError struct {
	ErrorCode string `json:"error_code"`
	Message   string `json:"message"`
}

type manifest struct {
	Format          statement.Format `json:"format"`
	Schema          manifestSchema   `json:"schema"`
	Chunks          []chunkInfo      `json:"chunks,omitempty"`
	TotalChunkCount int              `json:"total_chunk_count"`
	TotalRowCount   int64            `json:"total_row_count"`
	TotalByteCount  int64            `json:"total_byte_count,omitempty"`
	Truncated       bool             `json:"truncated"`
}

type manifestSchema struct {
	ColumnCount int              `json:"column_count"`
	Columns     []manifestColumn `json:"columns,omitempty"`
}

type manifestColumn struct {
	Name          string `json:"name"`
	Position      int    `json:"position"`
	TypeName      string `json:"type_name"`
	TypeText      string `json:"type_text"`
	TypePrecision *int   `json:"type_precision,omitempty"`
	TypeScale     *int   `json:"type_scale,omitempty"`
}

type chunkInfo struct {
	ChunkIndex int   `json:"chunk_index"`
	RowOffset  int64 `json:"row_offset"`
	RowCount   int64 `json:"row_count"`
	ByteCount  int64 `json:"byte_count,omitempty"`
}

type resultData struct {
	*chunkInfo
	DataArray             json.RawMessage `json:"data_array,omitempty"`
	ExternalLinks         []externalLink  `json:"external_links,omitempty"`
	NextChunkIndex        *int            `json:"next_chunk_index,omitempty"`
	NextChunkInternalLink string          `json:"next_chunk_internal_link,omitempty"`
}

func (s *server) writeStatement(w http.ResponseWriter, r *http.Request, st *statement.Statement) error {
	status := st.Status()
	answer := statementAnswer{StatementID: st.ID, Status: statementStatus{State: status.State}}
	if e := status.Err; e != nil {
		code := "BAD_REQUEST"
		if e.Class == "INTERNAL_ERROR" {
			code = "INTERNAL_ERROR"
		}
		answer.Status.Error = &statementError{code, e.Error()}
		answer.Status.SQLState = e.SQLState
	}
	if status.State == statement.Succeeded {
		answer.Manifest = describeResult(st, status)
		data, err := s.firstChunk(r, st, status)
		if err != nil {
			return err
		}
		answer.Result = data
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

func describeResult(st *statement.Statement, status statement.Status) *manifest {
	m := &manifest{
		Format: st.Request.Format, Schema: manifestSchema{len(status.Columns), describeColumns(status.Columns)},
		TotalChunkCount: len(status.Chunks), TotalRowCount: status.Rows, TotalByteCount: status.Bytes, Truncated: status.Truncated,
	}
	for _, c := range status.Chunks {
		m.Chunks = append(m.Chunks, describeChunk(c))
	}
	return m
}

func describeColumns(columns []warehouse.Column) []manifestColumn {
	list := make([]manifestColumn, len(columns))
	for i, c := range columns {
		list[i] = manifestColumn{Name: c.Name, Position: i, TypeName: c.Type.RESTName(), TypeText: c.Type.String()}
		if c.Type.RESTName() == "DECIMAL" {
			list[i].TypePrecision, list[i].TypeScale = &c.Type.Precision, &c.Type.Scale
		}
	}
	return list
}

func describeChunk(c statement.Chunk) chunkInfo {
	return chunkInfo{c.Index, c.RowOffset, c.RowCount, c.ByteCount}
}

// firstChunk is the chunk that comes with the statement. A result without rows has none.
func (s *server) firstChunk(r *http.Request, st *statement.Statement, status statement.Status) (*resultData, error) {
	if len(status.Chunks) == 0 {
		return &resultData{}, nil
	}
	data, err := s.chunk(r, st, 0)
	if errors.Is(err, statement.ErrNoChunk) { // it has expired meanwhile
		return &resultData{}, nil
	}
	return data, err
}

func (s *server) chunk(r *http.Request, st *statement.Statement, index int) (*resultData, error) {
	status := st.Status()
	if index < 0 || index >= len(status.Chunks) {
		return nil, statement.ErrNoChunk
	}
	c := describeChunk(status.Chunks[index])
	var next *int
	link := ""
	if index+1 < len(status.Chunks) {
		n := index + 1
		next, link = &n, fmt.Sprintf("/api/2.0/sql/statements/%s/result/chunks/%d?row_offset=%d", st.ID, n, status.Chunks[n].RowOffset)
	}
	if st.Request.External {
		return &resultData{ExternalLinks: []externalLink{s.external(r, st, c, next, link)}}, nil
	}
	data, _, err := readChunk(st, index)
	if err != nil {
		return nil, err
	}
	return &resultData{chunkInfo: &c, DataArray: data, NextChunkIndex: next, NextChunkInternalLink: link}, nil
}
