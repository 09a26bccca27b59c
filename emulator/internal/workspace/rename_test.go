package workspace

import (
	"testing"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/service/catalog"
)

func TestSchemasAndVolumesAreRenamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("at once", func(t *testing.T) { //nolint:paralleltest // the restart comes after it
		s := serve(t, dir)
		rename(t, s.databricks(t, ana))
		checkRenamed(t, s)
	})
	t.Run("after a restart", func(t *testing.T) { //nolint:paralleltest // see above
		checkRenamed(t, serve(t, dir))
	})
}

// rename renames a schema and a volume, and makes others of the old names.
func rename(t *testing.T, c *client.DatabricksClient) {
	t.Helper()
	ctx := t.Context()
	for _, statement := range []string{
		"CREATE SCHEMA main.old", "CREATE TABLE main.old.t AS SELECT 1 AS a", "CREATE FUNCTION main.old.odd(a INT) RETURNS BOOLEAN RETURN a % 2 = 1",
		"CREATE TABLE main.old.filtered AS SELECT explode(array(1, 2, 3)) AS a", "ALTER TABLE main.old.filtered SET ROW FILTER main.old.odd ON (a)",
		"GRANT USE CATALOG ON CATALOG main TO `ben@example.com`", "GRANT USE SCHEMA, SELECT ON SCHEMA main.old TO `ben@example.com`",
	} {
		sql(t, c, statement)
	}
	schemas := catalog.NewSchemas(c)
	renamed, err := schemas.Update(ctx, catalog.UpdateSchema{FullName: "main.old", NewName: "New", Comment: "moved"})
	if err != nil || renamed.FullName != "main.new" || renamed.Comment != "moved" {
		t.Fatalf("renamed: %+v, error %v", renamed, err)
	}
	sql(t, c, "INSERT INTO main.new.t VALUES (2)")
	sql(t, c, "CREATE TABLE main.new.u AS SELECT 5 AS a")
	sql(t, c, "CREATE SCHEMA main.old")
	sql(t, c, "CREATE TABLE main.old.t AS SELECT 'other' AS a")
	volumes := catalog.NewVolumes(c)
	for _, name := range []string{"a", "b"} {
		if _, err := volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "new", Name: name, VolumeType: catalog.VolumeTypeManaged}); err != nil {
			t.Fatal(err)
		}
	}
	volume, err := volumes.Update(ctx, catalog.UpdateVolumeRequestContent{Name: "main.new.a", NewName: "c", Comment: "moved"})
	if err != nil || volume.FullName != "main.new.c" || volume.Comment != "moved" {
		t.Errorf("renamed: %+v, error %v", volume, err)
	}
	if _, err := volumes.Update(ctx, catalog.UpdateVolumeRequestContent{Name: "main.new.c", NewName: "B"}); apiError(t, err).ErrorCode != "VOLUME_ALREADY_EXISTS" {
		t.Errorf("renamed to another: %v", err)
	}
}

func checkRenamed(t *testing.T, s *served) {
	t.Helper()
	c, other := s.databricks(t, ana), s.databricks(t, ben)
	for statement, want := range map[string]string{
		"SELECT sum(a) FROM main.new.t": "3", "SELECT a FROM main.new.u": "5", "SELECT a FROM main.old.t": "other", "SELECT count(*) FROM main.new.filtered": "2", "SELECT main.new.odd(1)": "true",
	} {
		if got := sql(t, c, statement).rows(); got != want {
			t.Errorf("%s: %s, want %s", statement, got, want)
		}
	}
	if got := sql(t, other, "SELECT count(*) FROM main.new.filtered").rows(); got != "2" {
		t.Errorf("ben sees %s", got)
	}
	if class, _ := sqlError(t, other, "SELECT * FROM main.old.t"); class != "INSUFFICIENT_PERMISSIONS 42501" {
		t.Errorf("ben and the new schema of the old name: %s", class)
	}
	if v, err := catalog.NewVolumes(c).ReadByName(t.Context(), "main.new.c"); err != nil || v.Comment != "moved" {
		t.Errorf("volume %+v, error %v", v, err)
	}
}
