package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/sdk/fault"
)

const savedQuery = "saved query"

// MaxSavedQueries is how many queries a user can save.
const MaxSavedQueries = 1000

// QueryText is what a user writes of a saved query.
type QueryText struct {
	Name      string `json:"name"`
	Statement string `json:"statement"`
	// Catalog and Schema are where the statement looks up names; "" for the app's own.
	Catalog string `json:"catalog,omitempty"`
	Schema  string `json:"schema,omitempty"`
}

// SavedQuery is a query that a user has saved.
type SavedQuery struct {
	ID string `json:"id"`
	QueryText
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Key returns the query's id and version.
func (q SavedQuery) Key() (id string, version int64) { return q.ID, q.Version }

// Queries are users' saved queries.
type Queries struct{ Database *database.Database }

const queryColumns = `id, name, statement, catalog, schema, version, created_at, updated_at`

// List returns a page of a user's queries by name.
func (s Queries) List(ctx context.Context, user string, limit int, token string) (Page[SavedQuery], error) {
	found, err := s.read(ctx, user, `
SELECT `+queryColumns+` FROM corbel.saved_queries WHERE user_id = $1 AND name > $2 ORDER BY name LIMIT $3`, user, token, limit+1)
	return pageOf(found, limit, func(q SavedQuery) string { return q.Name }), err
}

// Get returns one of a user's queries.
func (s Queries) Get(ctx context.Context, user, id string) (SavedQuery, error) {
	found, err := s.read(ctx, user, `
SELECT `+queryColumns+` FROM corbel.saved_queries WHERE user_id = $1 AND id = $2`, user, id)
	return oneOf(found, err, savedQuery)
}

// Create saves a new query.
func (s Queries) Create(ctx context.Context, user string, q QueryText) (SavedQuery, error) {
	found, err := s.read(ctx, user, `
INSERT INTO corbel.saved_queries (user_id, name, statement, catalog, schema)
SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM corbel.saved_queries WHERE user_id = $1) < $6
RETURNING `+queryColumns, user, q.Name, q.Statement, q.Catalog, q.Schema, MaxSavedQueries)
	if err == nil && len(found) == 0 {
		return SavedQuery{}, full("saved queries", MaxSavedQueries)
	}
	return oneOf(found, taken(err, q.Name), savedQuery)
}

// Update replaces the text of the query that has the given version.
func (s Queries) Update(ctx context.Context, user, id string, q QueryText, version int64) (SavedQuery, error) {
	found, err := s.read(ctx, user, `
UPDATE corbel.saved_queries SET name = $3, statement = $4, catalog = $5, schema = $6, sample = NULL, version = version + 1, updated_at = now()
WHERE user_id = $1 AND id = $2 AND ($7::bigint IS NULL OR version = $7)
RETURNING `+queryColumns, user, id, q.Name, q.Statement, q.Catalog, q.Schema, versionArgument(version))
	if err == nil && len(found) == 0 {
		return SavedQuery{}, notWritten(ctx, s.Database, user, "saved_queries", id, savedQuery)
	}
	return oneOf(found, taken(err, q.Name), savedQuery)
}

// Delete deletes the query that has the given version.
func (s Queries) Delete(ctx context.Context, user, id string, version int64) error {
	return remove(ctx, s.Database, user, "saved_queries", id, version, savedQuery)
}

func (s Queries) read(ctx context.Context, user, sql string, args ...any) (found []SavedQuery, err error) {
	err = s.Database.Query(ctx, user, sql, args, func(rows pgx.Rows) error {
		for rows.Next() {
			var q SavedQuery
			if err := rows.Scan(&q.ID, &q.Name, &q.Statement, &q.Catalog, &q.Schema, &q.Version, &q.CreatedAt, &q.UpdatedAt); err != nil {
				return err
			}
			found = append(found, q)
		}
		return nil
	})
	return found, err
}

// taken explains the violation of the names' uniqueness.
func taken(err error, name string) error {
	if database.Violates(err, "saved_queries_name") {
		return fault.Wrap(fault.Conflict, err, "You have a saved query "+name+" already. Choose another name.").
			WithCode("NAME_TAKEN").WithField("/name", "is the name of another saved query")
	}
	return err
}
