package warehouse

import "testing"

// TestMergeOfRowsWithoutSource updates some columns of rows that no source row matches: DuckDB
// reads memory that is none of its own when it is to tell what it did with them.
func TestMergeOfRowsWithoutSource(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for range 5 {
		got := l.must(t, admin, "CREATE CATALOG IF NOT EXISTS c", "CREATE SCHEMA IF NOT EXISTS c.s",
			"CREATE OR REPLACE TABLE c.s.t AS SELECT id, concat('a name longer than what fits into a pointer ', id) AS name, concat('and another one beside it ', id) AS other FROM range(3000)",
			"MERGE INTO c.s.t USING (SELECT 7 AS k) s ON t.id = s.k WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE AND id < 10 THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET other = upper(name)")
		if want := "2999|2990|10|0"; got != "3000|2990|10|0" {
			t.Fatalf("counts %s, want %s", got, want)
		}
		if got := l.must(t, admin, "SELECT count(*) FROM c.s.t WHERE other = upper(name) AND name = concat('a name longer than what fits into a pointer ', id)"); got != "2990" {
			t.Fatalf("%s rows are right", got)
		}
	}
}
