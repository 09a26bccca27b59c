package api

import (
	"net/http"
	"net/url"

	"corbel.example/plugins/unitycatalog/internal/config"
	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

func (a *API) readRows(w http.ResponseWriter, r *http.Request) error {
	request, err := RowRequest(r, a.Preferences)
	if err != nil {
		return err
	}
	page, err := a.Rows.Read(r.Context(), request)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, page)
}

// RowRequest reads what page of rows a request is for: the table from its path, limit, sort, order and page_token from its query.
func RowRequest(r *http.Request, preferences *preference.Reader) (rows.Request, error) {
	query := r.URL.Query()
	size := config.MaxPageSize
	if !query.Has("limit") {
		size = preferences.Of(r.Context()).PageSize
	}
	limit, err := rest.Limit(query, size, config.MaxPageSize)
	if err != nil {
		return rows.Request{}, err
	}
	order, err := order(query)
	if err != nil {
		return rows.Request{}, err
	}
	return rows.Request{
		Catalog: r.PathValue("catalog"), Schema: r.PathValue("schema"), Table: r.PathValue("table"),
		Limit: limit, Order: order, Token: query.Get("page_token"),
	}, nil
}

// order reads ?sort=, a column's name, and ?order=, asc or desc.
func order(query url.Values) (rows.Order, error) {
	o := rows.Order{Column: query.Get("sort")}
	switch query.Get("order") {
	case "", "asc":
	case "desc":
		o.Descending = true
	default:
		return rows.Order{}, fault.New(fault.Invalid, "order must be asc or desc.").WithField("order", "must be asc or desc")
	}
	return o, nil
}
