package api

import (
	"net/http"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

const (
	defaultRowLimit = 1000
	maxRowLimit     = 100_000
)

// query is the body of POST /query.
type query struct {
	Statement  string      `json:"statement"`
	Parameters []parameter `json:"parameters"`
	// Catalog and Schema are where unqualified names are looked up. Without a catalog both are the configured ones.
	Catalog string `json:"catalog"`
	Schema  string `json:"schema"`
	// RowLimit bounds the result.
	RowLimit *int64 `json:"row_limit"`
}

func (q query) request(preferred preference.Choices) (statement.Request, error) {
	if strings.TrimSpace(q.Statement) == "" {
		return statement.Request{}, fault.New(fault.Invalid, "statement is empty.").WithField("/statement", "must be a SQL statement")
	}
	request := statement.Request{SQL: q.Statement, Catalog: q.Catalog, Schema: q.Schema, RowLimit: defaultRowLimit}
	if request.Catalog == "" {
		request.Catalog = preferred.Catalog
		if request.Schema == "" {
			request.Schema = preferred.Schema
		}
	}
	if q.RowLimit != nil {
		if request.RowLimit = *q.RowLimit; request.RowLimit < 1 || request.RowLimit > maxRowLimit {
			return statement.Request{}, rest.OutOfRange("/row_limit", 1, maxRowLimit)
		}
	}
	var err error
	request.Parameters, err = bind(q.Parameters)
	return request, err
}

// query runs a statement and waits for it. With "Prefer: respond-async" (RFC 7240) it answers at once, and the statement
// is to be followed at /statements/{id}; it then runs on when the client leaves.
func (a *API) query(w http.ResponseWriter, r *http.Request) error {
	var body query
	if err := rest.Decode(w, r, maxBody, &body); err != nil {
		return err
	}
	request, err := body.request(a.Preferences.Of(r.Context()))
	if err != nil {
		return err
	}
	if !prefersAsync(r.Header) {
		result, err := a.Runner.Execute(r.Context(), request)
		if err != nil {
			return err
		}
		return rest.Write(w, http.StatusOK, result)
	}
	result, err := a.Runner.Start(r.Context(), request)
	if err != nil {
		return err
	}
	w.Header().Set("Location", Root+"/statements/"+result.ID)
	w.Header().Set("Preference-Applied", "respond-async")
	return rest.Write(w, http.StatusAccepted, result)
}

func prefersAsync(h http.Header) bool {
	for _, line := range h.Values("Prefer") {
		for preference := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(preference, ";")
			if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true
			}
		}
	}
	return false
}
