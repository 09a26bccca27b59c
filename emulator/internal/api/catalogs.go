package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"corbel.example/emulator/internal/metastore"
)

type catalogInfo struct {
	Name          string `json:"name"`
	FullName      string `json:"full_name"`
	ID            string `json:"id"`
	CatalogType   string `json:"catalog_type"`
	SecurableType string `json:"securable_type"`
	IsolationMode string `json:"isolation_mode"`
	audited
}

func describeCatalog(s *metastore.Snapshot, c *metastore.Catalog) catalogInfo {
	return catalogInfo{
		Name: c.Name, FullName: c.Name, ID: c.ID, CatalogType: "MANAGED_CATALOG", SecurableType: "CATALOG",
		IsolationMode: "OPEN", audited: audit(s, c.Details),
	}
}

func (s *server) listCatalogs(w http.ResponseWriter, r *http.Request) error {
	snapshot := s.Metastore.Snapshot()
	var seen []*metastore.Catalog
	for _, c := range snapshot.Catalogs() {
		if snapshot.Visible(caller(r), c.FullName()) {
			seen = append(seen, c)
		}
	}
	cut, next, err := page(r.URL.Query(), seen, func(c *metastore.Catalog) string { return c.Name })
	if err != nil {
		return err
	}
	body := struct {
		Catalogs []catalogInfo `json:"catalogs,omitempty"`
		Next     string        `json:"next_page_token,omitempty"`
	}{Next: next}
	for _, c := range cut {
		body.Catalogs = append(body.Catalogs, describeCatalog(snapshot, c))
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *server) getCatalog(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindCatalog)
	if err != nil {
		return err
	}
	snapshot := s.Metastore.Snapshot()
	if err := visible(snapshot, caller(r), n); err != nil {
		return err
	}
	c, _ := snapshot.Catalog(n)
	writeJSON(w, http.StatusOK, describeCatalog(snapshot, c))
	return nil
}

func (s *server) createCatalog(w http.ResponseWriter, r *http.Request) error {
	var c create
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return malformed(err)
	}
	if c.Name == "" {
		return invalid("Missing required field: name")
	}
	if c.StorageRoot != "" {
		return unserved("storage_root: this workspace keeps all data in its own folder.")
	}
	n := metastore.Name{Catalog: strings.ToLower(c.Name)}
	if err := s.define(r, n, "CREATE CATALOG "+n.Quoted()+" COMMENT "+literal(c.Comment)); err != nil {
		return err
	}
	if len(c.Properties) > 0 {
		if err := s.define(r, n, "ALTER CATALOG "+n.Quoted()+" SET TBLPROPERTIES ("+pairs(c.Properties)+")"); err != nil {
			return err
		}
	}
	return s.writeCatalog(w, n)
}

func (s *server) updateCatalog(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindCatalog)
	if err != nil {
		return err
	}
	var kept map[string]string
	if c, ok := s.Metastore.Snapshot().Catalog(n); ok {
		kept = c.Properties
	}
	if n, err = s.update(r, n, kept); err != nil {
		return err
	}
	return s.writeCatalog(w, n)
}

func (s *server) deleteCatalog(w http.ResponseWriter, r *http.Request) error {
	return s.remove(w, r, metastore.KindCatalog)
}

func (s *server) writeCatalog(w http.ResponseWriter, n metastore.Name) error {
	snapshot := s.Metastore.Snapshot()
	c, ok := snapshot.Catalog(n)
	if !ok { // somebody dropped it meanwhile
		return notFound(n)
	}
	writeJSON(w, http.StatusOK, describeCatalog(snapshot, c))
	return nil
}
