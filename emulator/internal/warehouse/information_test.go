package warehouse

import "testing"

func TestInformationSchemaShowsWhatTheCallerMayKnow(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, admin, "CREATE CATALOG c", "CREATE CATALOG d", "CREATE SCHEMA c.s", "CREATE SCHEMA c.hidden", "CREATE TABLE c.hidden.x (a INT)",
		"CREATE TABLE c.s.seen (a BIGINT NOT NULL COMMENT 'it''s', b ARRAY<INT>)", "CREATE TABLE c.s.unseen (a DECIMAL(5,2))", "CREATE VIEW c.s.v AS SELECT a FROM c.s.seen",
		"GRANT USE CATALOG ON CATALOG c TO bob", "GRANT USE SCHEMA ON SCHEMA c.s TO bob", "GRANT SELECT ON TABLE c.s.seen TO bob", "GRANT SELECT ON TABLE c.s.v TO ann",
		"CREATE VIEW c.s.listed AS SELECT table_name FROM c.information_schema.tables WHERE table_schema = 's'", "GRANT SELECT ON TABLE c.s.listed TO bob")
	for _, q := range []struct{ as, sql, want string }{
		{admin, "SELECT catalog_name, catalog_owner FROM system.information_schema.catalogs ORDER BY 1", "c|admin\nd|admin"},
		{bob, "SELECT catalog_name FROM system.information_schema.catalogs", "c"},
		{ann, "SELECT count(*) FROM system.information_schema.tables", "0"},
		{bob, "SELECT schema_name FROM c.information_schema.schemata", "s"},
		{admin, "SELECT schema_name FROM c.information_schema.schemata ORDER BY 1", "default\nhidden\ns"},
		{bob, "SELECT table_name, table_type, is_insertable_into FROM c.information_schema.tables ORDER BY 1", "listed|VIEW|NO\nseen|MANAGED|YES"},
		{bob, "SELECT table_name FROM c.s.listed ORDER BY 1", "listed\nseen"},
		{bob, "SELECT column_name, ordinal_position, is_nullable, full_data_type, data_type, comment FROM c.information_schema.columns WHERE table_name = 'seen' ORDER BY 2", "a|1|NO|bigint|BIGINT|it's\nb|2|YES|array<int>|ARRAY|NULL"},
		{bob, "SELECT c.column_name FROM c.information_schema.columns AS c JOIN c.information_schema.tables t USING (table_name) WHERE table_name = 'unseen'", ""},
		{admin, "SELECT table_name, view_definition FROM c.information_schema.views WHERE table_name = 'v'", "v|SELECT a FROM c.s.seen"},
		{bob, "SELECT grantee, table_name, privilege_type, inherited_from FROM c.information_schema.table_privileges ORDER BY 2, 3, 4", "bob|listed|SELECT|NONE\nbob|listed|USE CATALOG|CATALOG\nbob|listed|USE SCHEMA|SCHEMA\nbob|seen|SELECT|NONE\nbob|seen|USE CATALOG|CATALOG\nbob|seen|USE SCHEMA|SCHEMA"},
		{bob, "SELECT count(*) FROM c.information_schema.tables WHERE created > TIMESTAMP'2020-01-01'", "2"},
		{bob, "SELECT * FROM d.information_schema.tables", denied},
		{ann, "SELECT * FROM c.information_schema.tables", denied},
		{admin, "SELECT * FROM c.information_schema.nope", "TABLE_OR_VIEW_NOT_FOUND"},
		{admin, "SELECT * FROM nope.information_schema.tables", "NO_SUCH_CATALOG_EXCEPTION"},
		{admin, "CREATE SCHEMA c.information_schema", "SCHEMA_ALREADY_EXISTS"},
	} {
		got, err := l.try(t.Context(), q.as, q.sql)
		if c := class(t, err); c != "" {
			got = c
		}
		if got != q.want {
			t.Errorf("%s: %s\n%s\nwant\n%s (error %v)", q.as, q.sql, got, q.want, err)
		}
	}
}
