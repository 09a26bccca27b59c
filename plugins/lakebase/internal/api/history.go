package api

import (
	"net/http"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/rest"
)

func (a *API) listHistory(w http.ResponseWriter, r *http.Request) error {
	limit, token, err := listing(r)
	if err != nil {
		return err
	}
	found, err := a.History.List(r.Context(), userOf(r.Context()), limit, token)
	if err != nil {
		return err
	}
	return page(w, "history", found)
}

func (a *API) recordHistory(w http.ResponseWriter, r *http.Request) error {
	var e store.Execution
	if err := rest.Decode(w, r, maxBody, &e); err != nil {
		return err
	}
	if err := checkExecution(e); err != nil {
		return err
	}
	recorded, err := a.History.Record(r.Context(), userOf(r.Context()), e)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusCreated, recorded)
}

func (a *API) clearHistory(w http.ResponseWriter, r *http.Request) error {
	if err := a.History.Clear(r.Context(), userOf(r.Context())); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
