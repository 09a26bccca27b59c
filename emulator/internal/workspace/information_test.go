package workspace

import "testing"

// TestInformationSchema checks that nobody learns from it of what they may not see, not
// through somebody else's view either.
func TestInformationSchema(t *testing.T) {
	t.Parallel()
	w := serve(t, t.TempDir())
	owner := w.databricks(t, ana)
	sql(t, owner, "CREATE VIEW samples.science.known AS SELECT * FROM samples.information_schema.tables")
	for _, q := range []struct{ user, sql, rows string }{
		{ana, "SELECT catalog_name FROM system.information_schema.catalogs ORDER BY 1", "main\nsamples"},
		{ben, "SELECT DISTINCT table_schema FROM samples.information_schema.tables ORDER BY 1", "economy\nscience\ntransport"},
		{ben, "SELECT table_name FROM samples.information_schema.tables WHERE table_schema = 'economy'", "country_indicators"},
		{ben, "SELECT DISTINCT table_name FROM system.information_schema.columns WHERE table_schema = 'economy'", "country_indicators"},
		{ben, "SELECT count(*) FROM samples.science.known WHERE table_schema = 'politics'", "0"},
		{cleo, "SELECT count(*) FROM system.information_schema.tables", "0"},
		{cleo, "SELECT count(*) FROM system.information_schema.columns c JOIN system.information_schema.schemata s ON true", "0"},
		{ana, "SELECT full_data_type, is_nullable FROM samples.information_schema.columns WHERE table_name = 'penguins' AND column_name = 'species'", "string|NO"},
	} {
		if got := sql(t, w.databricks(t, q.user), q.sql).rows(); got != q.rows {
			t.Errorf("%s: %s:\n%s\nwant\n%s", q.user, q.sql, got, q.rows)
		}
	}
	if class, _ := sqlError(t, w.databricks(t, cleo), "SELECT * FROM samples.information_schema.tables"); class != "INSUFFICIENT_PERMISSIONS 42501" {
		t.Errorf("a catalog without USE CATALOG: %s", class)
	}
}
