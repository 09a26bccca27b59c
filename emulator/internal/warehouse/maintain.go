package warehouse

import (
	"context"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// changeSession answers a statement about the session, which ends with the statement.
func (x *run) changeSession(s dialect.SessionChange) error {
	if s.Key == "" {
		return x.done()
	}
	return x.answer(stringColumns("key", "value"), [][]*string{texts(s.Key, s.Value)})
}

// maintain answers a statement that looks after the storage of a table. There are no files
// here to look after; who may and what there must be is as in Databricks.
func (x *run) maintain(ctx context.Context, s dialect.Maintain) error {
	n := x.table(s.Name)
	refreshes := s.Statement == "REFRESH TABLE" || s.Statement == "UNCACHE TABLE"
	if refreshes {
		if err := x.require(n, metastore.Select); err != nil {
			return err
		}
		return x.done()
	}
	if err := x.require(n, metastore.Select, metastore.Modify); err != nil {
		return err
	}
	t, ok := x.snapshot.Table(n)
	if !ok || t.Kind == metastore.View {
		return dialect.WrongKind(n.Quoted(), "table")
	}
	if _, err := columnsNamed(t, s.Columns); err != nil {
		return err
	}
	switch s.Statement {
	case "REPAIR TABLE":
		if len(t.PartitionedBy) == 0 {
			return dialect.NotAPartitionedTable(s.Statement, n.Quoted())
		}
		return dialect.Unsupported("REPAIR TABLE of a DELTA table")
	case "VACUUM":
		return x.answer(stringColumns("path"), nil)
	case "OPTIMIZE":
		return x.optimize(ctx, t, s)
	}
	return x.done()
}

// optimize answers that no file was rewritten.
func (x *run) optimize(ctx context.Context, t *metastore.Table, s dialect.Maintain) error {
	if s.Where != nil {
		if _, err := x.expression(ctx, s.Where); err != nil {
			return err
		}
	}
	unlock, err := x.writes.lock(ctx, t.FullName())
	if err != nil {
		return err
	}
	defer unlock()
	err = x.consistently(ctx, func() error {
		return x.record(ctx, t, operation{name: "OPTIMIZE", metrics: map[string]int64{"numAddedFiles": 0, "numRemovedFiles": 0}})
	})
	if err != nil {
		return err
	}
	none := "CAST(0 AS BIGINT)"
	return x.stream(ctx, "SELECT CAST(NULL AS VARCHAR) AS path, {'numFilesAdded': "+none+", 'numFilesRemoved': "+none+", 'partitionsOptimized': "+none+
		", 'numBatches': "+none+", 'totalConsideredFiles': "+none+", 'totalFilesSkipped': "+none+", 'preserveInsertionOrder': true} AS metrics", nil)
}
