package api

import (
	"net/http"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/rest"
)

func (a *API) listSchemas(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Catalog.Schemas(r.Context(), r.PathValue("catalog"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, struct {
		Schemas   []catalog.Schema `json:"schemas"`
		Truncated bool             `json:"truncated"`
	}{found.Items, found.Truncated})
}
