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

// forgetSchema is for who has changed a schema by another way than this plugin.
func (a *API) forgetSchema(w http.ResponseWriter, r *http.Request) error {
	a.Catalog.ForgetSchema(r.Context(), r.PathValue("catalog"), r.PathValue("schema"))
	w.WriteHeader(http.StatusNoContent)
	return nil
}
