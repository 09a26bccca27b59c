package api

import "net/http"

func (a *API) readRows(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	limit, err := Limit(query, a.PageSize)
	if err != nil {
		return err
	}
	page, err := a.Rows.Read(r.Context(), r.PathValue("catalog"), r.PathValue("schema"), r.PathValue("table"), limit, query.Get("page_token"))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, page)
}
