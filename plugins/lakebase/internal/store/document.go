package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/sdk/fault"
)

// firstID is before every id.
const firstID = "00000000-0000-0000-0000-000000000000"

// IsID says whether text can be the id of a saved query or a note.
func IsID(text string) bool {
	var id pgtype.UUID
	return len(text) == len(firstID) && id.Scan(text) == nil
}

func oneOf[T any](found []T, err error, what string) (one T, _ error) {
	switch {
	case err != nil:
		return one, err
	case len(found) == 0:
		return one, missing(what)
	default:
		return found[0], nil
	}
}

func full(what string, most int) error {
	return fault.Newf(fault.Conflict, "You have %d %s, which is the most. Delete some first.", most, what).WithCode("LIMIT_REACHED")
}

// remove deletes a row of the table that has the given version. Table names are ours.
func remove(ctx context.Context, d *database.Database, user, table, id string, version int64, what string) error {
	n, err := count(ctx, d, user, `
WITH gone AS (DELETE FROM corbel.`+table+` WHERE user_id = $1 AND id = $2 AND ($3::bigint IS NULL OR version = $3) RETURNING 1)
SELECT count(*) FROM gone`, user, id, versionArgument(version))
	if err == nil && n == 0 {
		return notWritten(ctx, d, user, table, id, what)
	}
	return err
}

// notWritten says why nothing was written: there is no such row, or it has another version.
func notWritten(ctx context.Context, d *database.Database, user, table, id, what string) error {
	n, err := count(ctx, d, user, `SELECT count(*) FROM corbel.`+table+` WHERE user_id = $1 AND id = $2`, user, id)
	switch {
	case err != nil:
		return err
	case n == 0:
		return missing(what)
	default:
		return changed(what)
	}
}

// count runs a statement that answers with a number.
func count(ctx context.Context, d *database.Database, user, sql string, args ...any) (n int64, err error) {
	err = d.Query(ctx, user, sql, args, func(rows pgx.Rows) error {
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
