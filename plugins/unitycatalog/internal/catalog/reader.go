package catalog

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const (
	root = "/api/2.1/unity-catalog/"
	// maxKept is how many list items, and how many tables, are kept for all users together.
	maxKept = 100_000
	// maxKeptTables counts a table for each of its columns.
	maxKeptTables = 100_000
	// maxPages bounds the pages of one list, whatever the workspace says.
	maxPages = 200
)

// Reader reads metadata. It is safe for concurrent use.
type Reader struct {
	workspace *workspace.Workspace
	catalogs  *workspace.Cache[struct{}, List[Catalog]]
	schemas   *workspace.Cache[string, List[Schema]]
	tables    *workspace.Cache[schemaName, List[Table]]
	contents  *workspace.Cache[schemaName, List[Table]]
	table     *workspace.Cache[tableName, Table]
}

type schemaName struct{ catalog, schema string }

type tableName struct{ catalog, schema, table string }

// NewReader returns a Reader that keeps answers for ttl; 0 keeps none.
func NewReader(w *workspace.Workspace, ttl time.Duration) *Reader {
	return &Reader{
		workspace: w,
		catalogs:  workspace.NewCache[struct{}](workspace.CacheSettings[List[Catalog]]{MaxEntries: maxKept, TTL: ttl, Weigh: List[Catalog].weight}),
		schemas:   workspace.NewCache[string](workspace.CacheSettings[List[Schema]]{MaxEntries: maxKept, TTL: ttl, Weigh: List[Schema].weight}),
		tables:    workspace.NewCache[schemaName](workspace.CacheSettings[List[Table]]{MaxEntries: maxKept, TTL: ttl, Weigh: List[Table].weight}),
		contents:  workspace.NewCache[schemaName](workspace.CacheSettings[List[Table]]{MaxEntries: maxKept, TTL: ttl, Weigh: weightOfContents}),
		table:     workspace.NewCache[tableName](workspace.CacheSettings[Table]{MaxEntries: maxKeptTables, TTL: ttl, Weigh: Table.weight}),
	}
}

func (t Table) weight() uint32 {
	return uint32(len(t.Columns)+len(t.Properties)) + 1 //nolint:gosec // bounded by the size of an answer
}

func weightOfContents(l List[Table]) uint32 {
	weight := l.weight()
	for _, t := range l.Items {
		weight += t.weight()
	}
	return weight
}

// Close releases the caches. Reads under way end as they would have.
func (r *Reader) Close() {
	r.catalogs.Close()
	r.schemas.Close()
	r.tables.Close()
	r.contents.Close()
	r.table.Close()
}

// Catalogs returns the catalogs that the user may see, as Unity Catalog orders them. Callers share what is returned.
func (r *Reader) Catalogs(ctx context.Context) (List[Catalog], error) {
	return r.catalogs.Get(ctx, struct{}{}, func(ctx context.Context) (List[Catalog], error) {
		return list[Catalog](ctx, r.workspace, "catalogs", url.Values{})
	})
}

// Schemas returns the schemas of a catalog that the user may see.
func (r *Reader) Schemas(ctx context.Context, catalog string) (List[Schema], error) {
	if err := checkNames(catalog); err != nil {
		return List[Schema]{}, err
	}
	return r.schemas.Get(ctx, catalog, func(ctx context.Context) (List[Schema], error) {
		return list[Schema](ctx, r.workspace, "schemas", url.Values{"catalog_name": {catalog}})
	})
}

// Tables returns the tables of a schema that the user may see, without columns and properties.
func (r *Reader) Tables(ctx context.Context, catalog, schema string) (List[Table], error) {
	if err := checkNames(catalog, schema); err != nil {
		return List[Table]{}, err
	}
	return r.tables.Get(ctx, schemaName{catalog, schema}, func(ctx context.Context) (List[Table], error) {
		tables, err := list[Table](ctx, r.workspace, "tables", url.Values{
			"catalog_name": {catalog}, "schema_name": {schema}, "omit_columns": {"true"}, "omit_properties": {"true"},
		})
		for i := range tables.Items {
			tables.Items[i].Columns, tables.Items[i].Properties = nil, nil
		}
		return tables, err
	})
}

// Contents returns the tables of a schema that the user may see, with the names of their columns and nothing else of them.
func (r *Reader) Contents(ctx context.Context, catalog, schema string) (List[Table], error) {
	if err := checkNames(catalog, schema); err != nil {
		return List[Table]{}, err
	}
	return r.contents.Get(ctx, schemaName{catalog, schema}, func(ctx context.Context) (List[Table], error) {
		tables, err := list[Table](ctx, r.workspace, "tables", url.Values{
			"catalog_name": {catalog}, "schema_name": {schema}, "omit_properties": {"true"},
		})
		for i := range tables.Items {
			t := &tables.Items[i]
			named := Table{Catalog: t.Catalog, Schema: t.Schema, Name: t.Name, Type: t.Type, Comment: t.Comment, Columns: make([]Column, len(t.Columns))}
			for j, c := range t.Columns {
				named.Columns[j] = Column{Name: c.Name, TypeText: c.TypeText}
			}
			*t = named
		}
		return tables, err
	})
}

// Table returns one table with its columns and properties.
func (r *Reader) Table(ctx context.Context, catalog, schema, table string) (Table, error) {
	if err := checkNames(catalog, schema, table); err != nil {
		return Table{}, err
	}
	return r.table.Get(ctx, tableName{catalog, schema, table}, func(ctx context.Context) (Table, error) {
		var found Table
		err := get(ctx, r.workspace, "unitycatalog.table", root+"tables/"+url.PathEscape(catalog+"."+schema+"."+table), nil, &found)
		return found, err
	})
}

// ForgetTable makes the next Table of the same user read anew: a statement has shown that the table has changed.
func (r *Reader) ForgetTable(ctx context.Context, catalog, schema, table string) {
	r.table.Forget(ctx, tableName{catalog, schema, table})
}

// ForgetSchema makes the user's next reads of a schema and its tables new ones: somebody has said that they have changed.
func (r *Reader) ForgetSchema(ctx context.Context, catalog, schema string) {
	name := schemaName{catalog, schema}
	r.schemas.Forget(ctx, catalog)
	r.tables.Forget(ctx, name)
	r.contents.Forget(ctx, name)
	r.table.ForgetAll(ctx, func(t tableName) bool { return t.catalog == catalog && t.schema == schema })
}

// checkNames refuses names that Unity Catalog's paths cannot express: parts are joined with periods there, and no object has
// one in its name.
func checkNames(names ...string) error {
	for _, name := range names {
		switch {
		case !utf8.ValidString(name):
			return fault.New(fault.Invalid, "A name in the address is not valid UTF-8.")
		case name == "" || strings.ContainsRune(name, '.'):
			return fault.Newf(fault.NotFound, "There is nothing named %q: names in Unity Catalog hold no periods.", name)
		}
	}
	return nil
}

// list reads all pages of a listing, up to MaxListed items.
func list[T any](ctx context.Context, w *workspace.Workspace, kind string, query url.Values) (List[T], error) {
	found := List[T]{Items: []T{}}
	query.Set("max_results", "0")
	for range maxPages {
		next := page[T]{kind: kind}
		if err := get(ctx, w, "unitycatalog."+kind, root+kind, query, &next); err != nil {
			return List[T]{}, err
		}
		found.Items = append(found.Items, next.items...)
		if len(found.Items) > MaxListed {
			found.Items, found.Truncated = found.Items[:MaxListed:MaxListed], true
			return found, nil
		}
		if next.token == "" {
			return found, nil
		}
		query.Set("page_token", next.token)
	}
	found.Truncated = true
	return found, nil
}

// page is one page of a listing: its items stand under the name of their kind.
type page[T any] struct {
	kind  string
	items []T
	token string
}

func (p *page[T]) UnmarshalJSON(text []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	if items, ok := raw[p.kind]; ok {
		if err := json.Unmarshal(items, &p.items); err != nil {
			return err
		}
	}
	if token, ok := raw["next_page_token"]; ok {
		return json.Unmarshal(token, &p.token)
	}
	return nil
}

func get(ctx context.Context, w *workspace.Workspace, op, path string, query url.Values, answer any) error {
	c, err := w.User(ctx)
	if err != nil {
		return err
	}
	return PlainDenial(workspace.Do(ctx, c, workspace.Call{Op: op, Method: http.MethodGet, Path: path, Query: query, Answer: answer}))
}
