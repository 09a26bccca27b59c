package api

import (
	"net/http"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/rest"
)

func (a *API) listCatalogs(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Catalog.Catalogs(r.Context())
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, struct {
		Catalogs  []catalog.Catalog `json:"catalogs"`
		Truncated bool              `json:"truncated"`
	}{found.Items, found.Truncated})
}
