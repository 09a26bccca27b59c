package api

import (
	"net/http"
	"net/url"

	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/sdk/fault"
)

func (a *API) readRows(w http.ResponseWriter, r *http.Request) error {
	request, err := RowRequest(r, a.PageSize)
	if err != nil {
		return err
	}
	page, err := a.Rows.Read(r.Context(), request)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, page)
}

// RowRequest reads what page of rows a request is for: the table from its path, limit, sort, order and page_token from its query.
func RowRequest(r *http.Request, pageSize int) (rows.Request, error) {
	query := r.URL.Query()
	limit, err := limit(query, pageSize)
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
