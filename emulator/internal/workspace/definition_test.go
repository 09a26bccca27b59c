package workspace

import (
	"net/http"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/google/go-cmp/cmp"
)

func TestSecurablesAreMadeChangedAndDroppedOverREST(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c, ctx := s.databricks(t, ana), t.Context()
	catalogs, schemas, tables := catalog.NewCatalogs(c), catalog.NewSchemas(c), catalog.NewTables(c)

	made, err := catalogs.Create(ctx, catalog.CreateCatalog{Name: "Shop", Comment: `it's a \ "test"`, Properties: map[string]string{"k": "v'1", "old": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "shop" || made.Owner != ana || made.Comment != `it's a \ "test"` || made.Properties["k"] != "v'1" {
		t.Errorf("catalog %+v", made)
	}
	if _, err := schemas.Create(ctx, catalog.CreateSchema{CatalogName: "shop", Name: "north", Properties: map[string]string{"a": "b"}}); err != nil {
		t.Fatal(err)
	}
	table, err := tables.Create(ctx, catalog.CreateTableRequest{
		CatalogName: "shop", SchemaName: "north", Name: "orders", TableType: catalog.TableTypeManaged, DataSourceFormat: catalog.DataSourceFormatDelta,
		Columns: []catalog.ColumnInfo{
			{Name: "id", TypeText: "bigint", TypeName: catalog.ColumnTypeNameLong, Comment: "key"},
			{Name: "a`b", TypeText: "array<decimal(10,2)>", TypeName: catalog.ColumnTypeNameArray, Position: 1, Nullable: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if table.FullName != "shop.north.orders" || len(table.Columns) != 2 || table.Columns[1].Name != "a`b" || table.Columns[0].Comment != "key" {
		t.Errorf("table %+v", table)
	}
	sql(t, c, "INSERT INTO shop.north.orders VALUES (1, array(1.5))")

	updated, err := catalogs.Update(ctx, catalog.UpdateCatalog{Name: "shop", Comment: "new", Properties: map[string]string{"k": "2"}, Owner: ben})
	if err != nil {
		t.Fatal(err)
	}
	if updated.Owner != ben || updated.Comment != "new" || !cmp.Equal(map[string]string{"k": "2"}, updated.Properties) {
		t.Errorf("catalog %+v", updated)
	}
	if _, err := schemas.Update(ctx, catalog.UpdateSchema{FullName: "shop.north", Comment: "cold"}); err != nil {
		t.Fatal(err)
	}

	if e := apiError(t, schemas.Delete(ctx, catalog.DeleteSchemaRequest{FullName: "shop.north"})); e.ErrorCode != "INVALID_STATE" {
		t.Errorf("schema with a table: %s", e.ErrorCode)
	}
	if err := tables.Delete(ctx, catalog.DeleteTableRequest{FullName: "shop.north.orders"}); err != nil {
		t.Fatal(err)
	}
	if err := schemas.Delete(ctx, catalog.DeleteSchemaRequest{FullName: "shop.north"}); err != nil {
		t.Fatal(err)
	}
	if err := catalogs.Delete(ctx, catalog.DeleteCatalogRequest{Name: "shop", Force: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := catalogs.GetByName(ctx, "shop"); apiError(t, err).ErrorCode != "CATALOG_DOES_NOT_EXIST" {
		t.Errorf("after delete: %v", err)
	}
}

func TestRefusalsOfDefinitions(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	column := []object{{"name": "id", "type_text": "bigint"}}
	for name, r := range map[string]struct {
		user, method, path string
		body               object
		status             int
		code               string
	}{
		"catalog exists":         {ana, "POST", "catalogs", object{"name": "main"}, 400, "CATALOG_ALREADY_EXISTS"},
		"schema exists":          {ana, "POST", "schemas", object{"name": "science", "catalog_name": "samples"}, 400, "SCHEMA_ALREADY_EXISTS"},
		"no such catalog":        {ana, "POST", "schemas", object{"name": "a", "catalog_name": "nope"}, 404, "CATALOG_DOES_NOT_EXIST"},
		"no such schema":         {ana, "DELETE", "schemas/main.nope", nil, 404, "SCHEMA_DOES_NOT_EXIST"},
		"no such table":          {ana, "DELETE", "tables/main.default.nope", nil, 404, "TABLE_DOES_NOT_EXIST"},
		"bad name":               {ana, "POST", "schemas", object{"name": "a.b", "catalog_name": "main"}, 400, "INVALID_PARAMETER_VALUE"},
		"no name":                {ana, "POST", "catalogs", object{}, 400, "INVALID_PARAMETER_VALUE"},
		"malformed":              {ana, "POST", "catalogs", object{"name": 1}, 400, "MALFORMED_REQUEST"},
		"catalog by ben":         {ben, "POST", "catalogs", object{"name": "bens"}, 403, "PERMISSION_DENIED"},
		"schema by ben":          {ben, "POST", "schemas", object{"name": "bens", "catalog_name": "main"}, 403, "PERMISSION_DENIED"},
		"table by cleo":          {cleo, "POST", "tables", object{"name": "t", "catalog_name": "main", "schema_name": "samples", "table_type": "MANAGED", "columns": column}, 403, "PERMISSION_DENIED"},
		"drop by ben":            {ben, "DELETE", "tables/samples.science.penguins", nil, 403, "PERMISSION_DENIED"},
		"comment by ben":         {ben, "PATCH", "catalogs/samples", object{"comment": "mine"}, 403, "PERMISSION_DENIED"},
		"owner by ben":           {ben, "PATCH", "tables/samples.science.penguins", object{"owner": ben}, 403, "PERMISSION_DENIED"},
		"unknown owner":          {ana, "PATCH", "catalogs/samples", object{"owner": "nobody"}, 404, "PRINCIPAL_DOES_NOT_EXIST"},
		"rename":                 {ana, "PATCH", "catalogs/samples", object{"new_name": "arts"}, 501, "NOT_IMPLEMENTED"},
		"rename to another":      {ana, "PATCH", "schemas/samples.science", object{"new_name": "economy"}, 400, "SCHEMA_ALREADY_EXISTS"},
		"rename to bad name":     {ana, "PATCH", "schemas/samples.science", object{"new_name": "a.b"}, 400, "INVALID_PARAMETER_VALUE"},
		"rename to reserved":     {ana, "PATCH", "schemas/samples.science", object{"new_name": "Information_Schema"}, 400, "SCHEMA_ALREADY_EXISTS"},
		"rename by ben":          {ben, "PATCH", "schemas/samples.science", object{"new_name": "bens"}, 403, "PERMISSION_DENIED"},
		"reserved schema":        {ana, "POST", "schemas", object{"name": "information_schema", "catalog_name": "main"}, 400, "SCHEMA_ALREADY_EXISTS"},
		"reserved catalog":       {ana, "POST", "catalogs", object{"name": "System"}, 400, "CATALOG_ALREADY_EXISTS"},
		"external table":         {ana, "POST", "tables", object{"name": "t", "catalog_name": "main", "schema_name": "samples", "table_type": "EXTERNAL", "columns": column}, 501, "NOT_IMPLEMENTED"},
		"injection in the type":  {ana, "POST", "tables", object{"name": "t", "catalog_name": "main", "schema_name": "samples", "table_type": "MANAGED", "columns": []object{{"name": "id", "type_text": "bigint) AS SELECT 1 --"}}}, 400, "INVALID_PARAMETER_VALUE"},
		"injection in the owner": {ana, "PATCH", "catalogs/samples", object{"owner": "ana@example.com` x"}, 404, "PRINCIPAL_DOES_NOT_EXIST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := s.databricks(t, r.user).Do(t.Context(), r.method, uc+r.path, map[string]string{"Content-Type": "application/json"}, nil, r.body, nil)
			if err == nil {
				t.Fatal("it was done")
			}
			if e := apiError(t, err); e.StatusCode != r.status || e.ErrorCode != r.code {
				t.Errorf("%d %s, want %d %s: %s", e.StatusCode, e.ErrorCode, r.status, r.code, e.Message)
			}
		})
	}
}

func TestWritingTakesMoreThanAReadingScope(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	who, _ := s.Directory().User(ana)
	token, _, err := s.Directory().Mint(who, []string{"catalog.catalogs:read", "catalog.schemas:read", "catalog.tables:read", "sql"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	c := s.databricksWith(t, token)
	for _, path := range []string{"catalogs", "schemas", "tables"} {
		err := c.Do(t.Context(), http.MethodPost, uc+path, map[string]string{"Content-Type": "application/json"}, nil, object{"name": "x"}, nil)
		if e := apiError(t, err); e.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, e.StatusCode, e.Message)
		}
	}
}
