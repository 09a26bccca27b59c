package sqlpage

import (
	"encoding/base64"
	"math"
	"net/http"
	"strconv"

	"corbel.example/plugins/unitycatalog/internal/csv"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

// download answers with a whole result as CSV. It is read as it is sent, so it takes no more memory than a row.
func (p *Pages) download(w http.ResponseWriter, r *http.Request) error {
	m, err := p.finished(r)
	if err != nil {
		return err
	}
	rows := p.Runner.Scan(r.Context(), m, 0)
	defer rows.Close()
	h := w.Header()
	h.Set("Content-Type", csv.ContentType)
	h.Set("Content-Disposition", `attachment; filename="result.csv"`)
	h.Set("Cache-Control", "no-store")
	if _, err := csv.Write(w, m.Columns, rows); err != nil {
		// What has been sent looks whole; a connection that breaks does not.
		fault.Fail(w, err, "")
		panic(http.ErrAbortHandler)
	}
	return nil
}

// finished is the result that the path names.
func (p *Pages) finished(r *http.Request) (*statement.Manifest, error) {
	m, err := p.Runner.Describe(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if m.State != statement.Succeeded {
		return nil, fault.New(fault.Conflict, "The statement has no result yet. Try again when it has succeeded.").WithCode("STATEMENT_RUNNING")
	}
	return m, nil
}

// cell answers with one value as it is. It is nothing for a browser to show: who wrote it is not known.
func (p *Pages) cell(w http.ResponseWriter, r *http.Request) error {
	row, err := strconv.ParseInt(r.PathValue("row"), 10, 64)
	if err != nil {
		return rest.OutOfRange("row", 0, math.MaxInt64)
	}
	column, err := strconv.Atoi(r.PathValue("column"))
	if err != nil {
		return rest.OutOfRange("column", 0, math.MaxInt32)
	}
	m, err := p.finished(r)
	if err != nil {
		return err
	}
	return p.Grid.Whole(r.Context(), m, row, column, func(value []byte, ok bool) error {
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		name, kind := "value.txt", "text/plain; charset=utf-8"
		if m.Columns[column].TypeName == "BINARY" {
			if raw, err := base64.StdEncoding.DecodeString(string(value)); err == nil {
				name, kind, value = "value.bin", "application/octet-stream", raw
			}
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
		h.Set("Cache-Control", "no-store")
		_, _ = w.Write(value) // the client may be gone: there is nobody left to tell
		return nil
	})
}
