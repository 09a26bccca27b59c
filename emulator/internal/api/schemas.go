package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"corbel.example/emulator/internal/metastore"
)

type schemaInfo struct {
	Name          string `json:"name"`
	CatalogName   string `json:"catalog_name"`
	FullName      string `json:"full_name"`
	SchemaID      string `json:"schema_id"`
	CatalogType   string `json:"catalog_type"`
	SecurableType string `json:"securable_type"`
	audited
}

func describeSchema(s *metastore.Snapshot, c *metastore.Schema) schemaInfo {
	return schemaInfo{
		Name: c.Name, CatalogName: c.Catalog, FullName: c.FullName().String(), SchemaID: c.ID,
		CatalogType: "MANAGED_CATALOG", SecurableType: "SCHEMA", audited: audit(s, c.Details),
	}
}

func (s *server) listSchemas(w http.ResponseWriter, r *http.Request) error {
	catalog, err := required(r, "catalog_name")
	if err != nil {
		return err
	}
	in := metastore.Name{Catalog: strings.ToLower(catalog)}
	snapshot := s.Metastore.Snapshot()
	if err := within(snapshot, caller(r), in); err != nil {
		return err
	}
	var seen []*metastore.Schema
	for _, c := range snapshot.Schemas(in) {
		if snapshot.Visible(caller(r), c.FullName()) {
			seen = append(seen, c)
		}
	}
	cut, next, err := page(r.URL.Query(), seen, func(c *metastore.Schema) string { return c.Name })
	if err != nil {
		return err
	}
	body := struct {
		Schemas []schemaInfo `json:"schemas,omitempty"`
		Next    string       `json:"next_page_token,omitempty"`
	}{Next: next}
	for _, c := range cut {
		body.Schemas = append(body.Schemas, describeSchema(snapshot, c))
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *server) getSchema(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindSchema)
	if err != nil {
		return err
	}
	snapshot := s.Metastore.Snapshot()
	if err := visible(snapshot, caller(r), n); err != nil {
		return err
	}
	c, _ := snapshot.Schema(n)
	writeJSON(w, http.StatusOK, describeSchema(snapshot, c))
	return nil
}

func (s *server) createSchema(w http.ResponseWriter, r *http.Request) error {
	var c create
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return malformed(err)
	}
	if c.Name == "" || c.CatalogName == "" {
		return invalid("Missing required field: name and catalog_name")
	}
	if c.StorageRoot != "" {
		return unserved("storage_root: this workspace keeps all data in its own folder.")
	}
	n := metastore.Name{Catalog: strings.ToLower(c.CatalogName), Schema: strings.ToLower(c.Name)}
	statement := "CREATE SCHEMA " + n.Quoted() + " COMMENT " + literal(c.Comment)
	if len(c.Properties) > 0 {
		statement += " WITH DBPROPERTIES (" + pairs(c.Properties) + ")"
	}
	if err := s.define(r, n, statement); err != nil {
		return err
	}
	return s.writeSchema(w, n)
}

func (s *server) updateSchema(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindSchema)
	if err != nil {
		return err
	}
	var kept map[string]string
	if c, ok := s.Metastore.Snapshot().Schema(n); ok {
		kept = c.Properties
	}
	if n, err = s.update(r, n, kept); err != nil {
		return err
	}
	return s.writeSchema(w, n)
}

func (s *server) deleteSchema(w http.ResponseWriter, r *http.Request) error {
	return s.remove(w, r, metastore.KindSchema)
}

func (s *server) writeSchema(w http.ResponseWriter, n metastore.Name) error {
	snapshot := s.Metastore.Snapshot()
	c, ok := snapshot.Schema(n)
	if !ok { // somebody dropped it meanwhile
		return notFound(n)
	}
	writeJSON(w, http.StatusOK, describeSchema(snapshot, c))
	return nil
}
