package api

import (
	"math"
	"net/http"
	"strconv"

	"corbel.example/sdk/rest"
)

func (a *API) getStatement(w http.ResponseWriter, r *http.Request) error {
	result, err := a.Runner.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, result)
}

func (a *API) getChunk(w http.ResponseWriter, r *http.Request) error {
	index, err := strconv.ParseUint(r.PathValue("chunk"), 10, 31)
	if err != nil {
		return rest.OutOfRange("chunk", 0, math.MaxInt32)
	}
	chunk, err := a.Runner.Chunk(r.Context(), r.PathValue("id"), int(index))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, chunk)
}

// cancelStatement answers as soon as the workspace has taken the order: the statement ends a little later.
func (a *API) cancelStatement(w http.ResponseWriter, r *http.Request) error {
	if err := a.Runner.Cancel(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
