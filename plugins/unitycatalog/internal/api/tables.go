package api

import (
	"net/http"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/rest"
)

func (a *API) listTables(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Catalog.Tables(r.Context(), r.PathValue("catalog"), r.PathValue("schema"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, struct {
		Tables    []catalog.Table `json:"tables"`
		Truncated bool            `json:"truncated"`
	}{found.Items, found.Truncated})
}

func (a *API) getTable(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Catalog.Table(r.Context(), r.PathValue("catalog"), r.PathValue("schema"), r.PathValue("table"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, found)
}

func (a *API) getPermissions(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Catalog.Permissions(r.Context(), r.PathValue("catalog"), r.PathValue("schema"), r.PathValue("table"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, found)
}
