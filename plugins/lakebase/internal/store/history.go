package store

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/database"
)

// Execution is a query that was run.
type Execution struct {
	Statement string `json:"statement"`
	Catalog   string `json:"catalog,omitempty"`
	Schema    string `json:"schema,omitempty"`
	// Status is SUCCEEDED, FAILED or CANCELED.
	Status string `json:"status"`
	// Error is the error class of a query that failed.
	Error      string `json:"error,omitempty"`
	RowCount   *int64 `json:"row_count,omitempty"`
	DurationMS *int64 `json:"duration_ms,omitempty"`
}

// HistoryEntry is an Execution that was recorded.
type HistoryEntry struct {
	ID string `json:"id"`
	Execution
	ExecutedAt time.Time `json:"executed_at"`
}

// History is what users have run.
type History struct {
	Database *database.Database
	// Limit is how many entries each user keeps.
	Limit int
}

const historyColumns = `id, statement, catalog, schema, status, error, row_count, duration_ms, executed_at`

// List returns a page of what a user has run, newest first.
func (s History) List(ctx context.Context, user string, limit int, token string) (Page[HistoryEntry], error) {
	before := int64(math.MaxInt64)
	if token != "" {
		var err error
		if before, err = strconv.ParseInt(token, 10, 64); err != nil {
			return Page[HistoryEntry]{}, badToken()
		}
	}
	found, err := s.read(ctx, user, `
SELECT `+historyColumns+` FROM corbel.query_history WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, user, before, limit+1)
	return pageOf(found, limit, func(e HistoryEntry) string { return e.ID }), err
}

// Record adds to a user's history, and lets go what is beyond the limit.
func (s History) Record(ctx context.Context, user string, e Execution) (HistoryEntry, error) {
	found, err := s.read(ctx, user, `
WITH beyond AS (
  DELETE FROM corbel.query_history WHERE user_id = $1 AND id <= (
    SELECT id FROM corbel.query_history WHERE user_id = $1 ORDER BY id DESC OFFSET $9 LIMIT 1)
)
INSERT INTO corbel.query_history (user_id, statement, catalog, schema, status, error, row_count, duration_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING `+historyColumns,
		user, e.Statement, e.Catalog, e.Schema, e.Status, e.Error, e.RowCount, e.DurationMS, max(0, s.Limit-1))
	return oneOf(found, err, "history entry")
}

// Clear forgets what a user has run.
func (s History) Clear(ctx context.Context, user string) error {
	return s.Database.Query(ctx, user, `DELETE FROM corbel.query_history WHERE user_id = $1`, []any{user}, func(pgx.Rows) error { return nil })
}

func (s History) read(ctx context.Context, user, sql string, args ...any) (found []HistoryEntry, err error) {
	err = s.Database.Query(ctx, user, sql, args, func(rows pgx.Rows) error {
		for rows.Next() {
			var e HistoryEntry
			var id int64
			err := rows.Scan(&id, &e.Statement, &e.Catalog, &e.Schema, &e.Status, &e.Error, &e.RowCount, &e.DurationMS, &e.ExecutedAt)
			if err != nil {
				return err
			}
			e.ID = formatID(id)
			found = append(found, e)
		}
		return nil
	})
	return found, err
}
