package store

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/database"
)

// Sample is what a user is given to look at. It never takes the place of something of the user's own.
type Sample struct {
	Preferences  Preferences   `json:"preferences"`
	SavedQueries []SampleQuery `json:"saved_queries"`
	Notes        []SampleNote  `json:"notes"`
}

// SampleQuery is a saved query of a Sample, and SampleNote a note. Key is the name that the sample has for it.
type (
	SampleQuery struct {
		Key string `json:"key"`
		QueryText
	}
	SampleNote struct {
		Key string `json:"key"`
		NoteText
	}
)

// SampleCount is how much of a sample a user has.
type SampleCount struct {
	Preferences  int `json:"preferences"`
	SavedQueries int `json:"saved_queries"`
	Notes        int `json:"notes"`
}

// Samples keeps what users have of samples.
type Samples struct{ Database *database.Database }

const countSample = `
SELECT
  (SELECT count(*) FROM corbel.user_preferences p, jsonb_each(p.sample) s
    WHERE p.user_id = $1 AND p.preferences @> jsonb_build_object(s.key, s.value)),
  (SELECT count(*) FROM corbel.saved_queries WHERE user_id = $1 AND sample IS NOT NULL),
  (SELECT count(*) FROM corbel.notes WHERE user_id = $1 AND sample IS NOT NULL)`

// Count says how much of a sample a user has.
func (s Samples) Count(ctx context.Context, user string) (c SampleCount, err error) {
	err = s.Database.Query(ctx, user, countSample, []any{user}, func(rows pgx.Rows) error {
		for rows.Next() {
			if err := rows.Scan(&c.Preferences, &c.SavedQueries, &c.Notes); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

const (
	// addPreferences sets what the user has not chosen.
	addPreferences = `
INSERT INTO corbel.user_preferences AS p (user_id, preferences, sample) VALUES ($1, $2::jsonb, $2::jsonb)
ON CONFLICT (user_id) DO UPDATE
SET preferences = $2::jsonb || p.preferences, version = p.version + 1, updated_at = now(),
    sample = coalesce(p.sample, '{}') || (
      SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each($2::jsonb) WHERE NOT p.preferences ? key)
WHERE p.user_id = $1 AND $2::jsonb || p.preferences <> p.preferences`

	// addQuery leaves out a query whose name is that of one of the user's own, or for which there is no room.
	addQuery = `
INSERT INTO corbel.saved_queries AS q (user_id, sample, name, statement, catalog, schema)
SELECT $1, $2, $3, $4, $5, $6
WHERE NOT EXISTS (SELECT 1 FROM corbel.saved_queries WHERE user_id = $1 AND name = $3 AND sample IS DISTINCT FROM $2)
  AND (SELECT count(*) FROM corbel.saved_queries WHERE user_id = $1) < $7
ON CONFLICT (user_id, sample) DO UPDATE
SET name = $3, statement = $4, catalog = $5, schema = $6, version = q.version + 1, updated_at = now()
WHERE q.user_id = $1 AND (q.name, q.statement, q.catalog, q.schema) IS DISTINCT FROM ($3, $4, $5, $6)`

	addNote = `
INSERT INTO corbel.notes AS n (user_id, sample, title, body)
SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM corbel.notes WHERE user_id = $1) < $5
ON CONFLICT (user_id, sample) DO UPDATE
SET title = $3, body = $4, version = n.version + 1, updated_at = now()
WHERE n.user_id = $1 AND (n.title, n.body) IS DISTINCT FROM ($3, $4)`
)

// Put gives a user what is missing of a sample, all or nothing, and returns what the user has then. It can be repeated.
func (s Samples) Put(ctx context.Context, user string, sample Sample) (c SampleCount, err error) {
	preferences, err := json.Marshal(sample.Preferences)
	if err != nil {
		return c, err
	}
	var batch pgx.Batch
	batch.Queue(addPreferences, user, preferences)
	for _, q := range sample.SavedQueries {
		batch.Queue(addQuery, user, q.Key, q.Name, q.Statement, q.Catalog, q.Schema, MaxSavedQueries)
	}
	for _, n := range sample.Notes {
		batch.Queue(addNote, user, n.Key, n.Title, n.Body, MaxNotes)
	}
	return s.change(ctx, user, &batch)
}

// removePreferences takes back what still is as the sample had set it.
const removePreferences = `
UPDATE corbel.user_preferences
SET preferences = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(preferences)
      WHERE NOT sample @> jsonb_build_object(key, value)),
    sample = NULL, version = version + 1, updated_at = now()
WHERE user_id = $1 AND sample IS NOT NULL`

// Remove takes away what a user has of a sample, and returns how much is left: nothing. It can be repeated.
func (s Samples) Remove(ctx context.Context, user string) (c SampleCount, err error) {
	var batch pgx.Batch
	batch.Queue(removePreferences, user)
	batch.Queue(`DELETE FROM corbel.saved_queries WHERE user_id = $1 AND sample IS NOT NULL`, user)
	batch.Queue(`DELETE FROM corbel.notes WHERE user_id = $1 AND sample IS NOT NULL`, user)
	return s.change(ctx, user, &batch)
}

// change runs statements in one transaction, and counts.
func (s Samples) change(ctx context.Context, user string, batch *pgx.Batch) (c SampleCount, err error) {
	batch.Queue(countSample, user).QueryRow(func(row pgx.Row) error {
		return row.Scan(&c.Preferences, &c.SavedQueries, &c.Notes)
	})
	err = s.Database.Transact(ctx, user, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() })
	return c, err
}
