package api

import (
	"net/http"
	"strings"

	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// securable reads a full name of a path, which must have the parts of its kind.
func securable(full string, kind metastore.SecurableKind) (metastore.Name, error) {
	n, err := metastore.ParseName(full)
	switch kind {
	case metastore.KindFunction:
		n.Function, n.Table = n.Table, ""
	case metastore.KindVolume:
		n.Volume, n.Table = n.Table, ""
	}
	if err != nil || n.Kind() != kind {
		return n, invalid("%q is not the full name of a %s.", full, strings.ToLower(string(kind)))
	}
	return n, nil
}

// visible checks that the caller may know of n. Whoever may not use what n is in is told
// so, whether n exists or not.
func visible(s *metastore.Snapshot, p principal.Principal, n metastore.Name) error {
	if s.Exists(n) && s.Visible(p, n) {
		return nil
	}
	parent := n.Parent()
	if parent.Kind() != metastore.KindMetastore {
		if !s.Exists(metastore.Name{Catalog: n.Catalog}) {
			return notFound(metastore.Name{Catalog: n.Catalog})
		}
		if err := s.CheckUse(p, parent); err != nil && !s.CanManage(p, parent) {
			return fromMetastore(n, err)
		}
	}
	if !s.Exists(n) {
		return notFound(n)
	}
	lacks := map[metastore.SecurableKind]metastore.Privilege{
		metastore.KindCatalog: metastore.UseCatalog, metastore.KindSchema: metastore.UseSchema, metastore.KindTable: metastore.Select,
		metastore.KindFunction: metastore.Execute, metastore.KindVolume: metastore.ReadVolume,
	}
	return fromMetastore(n, &metastore.DeniedError{Privilege: lacks[n.Kind()], On: n})
}

// within checks that the caller may list what is in the catalog or schema n.
func within(s *metastore.Snapshot, p principal.Principal, n metastore.Name) error {
	if s.Exists(n) && (s.CanManage(p, n) || s.Has(p, metastore.Browse, n)) {
		return nil
	}
	catalog := metastore.Name{Catalog: n.Catalog}
	if !s.Exists(catalog) {
		return notFound(catalog)
	}
	if err := s.CheckUse(p, catalog); err != nil {
		return fromMetastore(n, err)
	}
	if !s.Exists(n) {
		return notFound(n)
	}
	return fromMetastore(n, s.CheckUse(p, n))
}

// listed reads which schema's securables a request lists, and checks that the caller may.
func (s *server) listed(r *http.Request) (*metastore.Snapshot, metastore.Name, error) {
	catalog, err := required(r, "catalog_name")
	if err != nil {
		return nil, metastore.Name{}, err
	}
	schema, err := required(r, "schema_name")
	if err != nil {
		return nil, metastore.Name{}, err
	}
	in := metastore.Name{Catalog: strings.ToLower(catalog), Schema: strings.ToLower(schema)}
	snapshot := s.Metastore.Snapshot()
	return snapshot, in, within(snapshot, caller(r), in)
}

// audited is what all securables say about themselves.
type audited struct {
	Owner       string            `json:"owner,omitempty"`
	Comment     string            `json:"comment,omitempty"`
	Properties  map[string]string `json:"properties,omitempty"`
	MetastoreID string            `json:"metastore_id"`
	CreatedAt   int64             `json:"created_at"`
	CreatedBy   string            `json:"created_by"`
	UpdatedAt   int64             `json:"updated_at"`
	UpdatedBy   string            `json:"updated_by"`
	BrowseOnly  bool              `json:"browse_only,omitempty"`
}

func audit(s *metastore.Snapshot, d metastore.Details) audited {
	return audited{
		Owner: d.Owner, Comment: d.Comment, Properties: d.Properties, MetastoreID: s.ID(),
		CreatedAt: d.Audit.CreatedAt.UnixMilli(), CreatedBy: d.Audit.CreatedBy,
		UpdatedAt: d.Audit.UpdatedAt.UnixMilli(), UpdatedBy: d.Audit.UpdatedBy,
	}
}

// required reads a query parameter that must be there.
func required(r *http.Request, name string) (string, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return "", invalid("Missing required field: %s", name)
	}
	return v, nil
}
