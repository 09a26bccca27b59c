package warehouse

import (
	"context"
	"fmt"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// keeping is the schema of every catalog's file that holds what the warehouse keeps of
// tables: their history and the sequences of identity columns. The space keeps it apart
// from the schemas of users, whose names have none.
const keeping = "corbel keeping"

// kept is the name of a thing in the schema [keeping] of a catalog.
func kept(catalog, thing string) string {
	return physical(metastore.Name{Catalog: catalog, Schema: keeping, Table: thing})
}

// keep makes what the warehouse keeps in a catalog's file.
func (w *Warehouse) keep(ctx context.Context, catalog string) error {
	for _, statement := range []string{
		"CREATE SCHEMA IF NOT EXISTS " + physical(metastore.Name{Catalog: catalog, Schema: keeping}),
		"CREATE TABLE IF NOT EXISTS " + kept(catalog, "history") + ` ("table" VARCHAR, version BIGINT, "timestamp" TIMESTAMPTZ, user_id VARCHAR, user_name VARCHAR,
			operation VARCHAR, parameters MAP(VARCHAR, VARCHAR), metrics MAP(VARCHAR, VARCHAR), is_blind_append BOOLEAN)`,
	} {
		if _, err := w.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("prepare catalog %q: %w", catalog, err)
		}
	}
	return nil
}

// operation is a version in the history of a table.
type operation struct {
	name       string
	parameters map[string]string
	metrics    map[string]int64
	blind      bool // adds rows without looking at the table
}

// record adds a version to the history of a table. In a transaction it counts only if the
// transaction does. The caller keeps other writers of the table away.
func (x *run) record(ctx context.Context, t *metastore.Table, o operation) error {
	metrics := map[string]string{}
	for name, n := range o.metrics {
		metrics[name] = fmt.Sprint(n)
	}
	history := kept(t.Catalog, "history")
	_, err := x.conn.ExecContext(ctx, fmt.Sprintf(
		"INSERT INTO %s SELECT ?, coalesce(max(version) + 1, 0), now(), ?, ?, ?, %s, %s, ? FROM %s WHERE \"table\" = ?",
		history, mapLiteral(o.parameters), mapLiteral(metrics), history),
		t.ID, x.caller.ID, x.caller.UserName, o.name, o.blind, t.ID)
	if err != nil {
		return fmt.Errorf("record %s of %s: %w", o.name, t.FullName(), err)
	}
	return nil
}

// mapLiteral writes a MAP of strings for DuckDB.
func mapLiteral(m map[string]string) string {
	literal := "CAST(MAP {"
	for i, key := range sortedKeys(m) {
		if i > 0 {
			literal += ", "
		}
		literal += dialect.QuoteString(key) + ": " + dialect.QuoteString(m[key])
	}
	return literal + "} AS MAP(VARCHAR, VARCHAR))"
}

// describeHistory lists the versions of a table, the newest first. What was loaded before
// anybody wrote to it has one, its creation.
func (x *run) describeHistory(ctx context.Context, s dialect.Describe) error {
	n := x.table(s.Name)
	if err := x.require(n, metastore.Select); err != nil {
		return err
	}
	t, ok := x.snapshot.Table(n)
	if !ok || t.Kind == metastore.View {
		return dialect.WrongKind(n.Quoted(), "table")
	}
	history := kept(t.Catalog, "history")
	created := fmt.Sprintf("SELECT 0, CAST(%s AS TIMESTAMPTZ), CAST(NULL AS VARCHAR), %s, 'CREATE TABLE', %s, %s, true WHERE NOT EXISTS (SELECT 1 FROM %s WHERE \"table\" = %[6]s)",
		dialect.QuoteString(t.Audit.CreatedAt.Format("2006-01-02 15:04:05.999999+00")), dialect.QuoteString(t.Audit.CreatedBy), mapLiteral(nil), mapLiteral(nil), history, dialect.QuoteString(t.ID))
	query := fmt.Sprintf(`SELECT version, "timestamp", user_id AS "userId", user_name AS "userName", operation, parameters AS "operationParameters",
		CAST(NULL AS STRUCT("jobId" VARCHAR, "jobName" VARCHAR, "jobRunId" VARCHAR, "runId" VARCHAR, "jobOwnerId" VARCHAR, "triggerType" VARCHAR)) AS job,
		CAST(NULL AS STRUCT("notebookId" VARCHAR)) AS notebook, CAST(NULL AS VARCHAR) AS "clusterId",
		CASE WHEN version > 0 THEN version - 1 END AS "readVersion", 'WriteSerializable' AS "isolationLevel", is_blind_append AS "isBlindAppend",
		metrics AS "operationMetrics", CAST(NULL AS VARCHAR) AS "userMetadata", 'Databricks-Runtime/corbel' AS "engineInfo"
		FROM (SELECT * EXCLUDE ("table") FROM %s WHERE "table" = %s UNION ALL %s) ORDER BY version DESC`, history, dialect.QuoteString(t.ID), created)
	if s.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", s.Limit)
	}
	return x.stream(ctx, query, nil)
}
