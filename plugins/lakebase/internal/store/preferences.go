package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/database"
)

// PreferenceStore keeps users' preferences.
type PreferenceStore struct{ Database *database.Database }

// Preferences are how a user likes the app. A nil field was not chosen.
type Preferences struct {
	Theme          *string `json:"theme,omitempty"`
	PageSize       *int    `json:"page_size,omitempty"`
	DefaultCatalog *string `json:"default_catalog,omitempty"`
	DefaultSchema  *string `json:"default_schema,omitempty"`
	WarehouseID    *string `json:"warehouse_id,omitempty"`
}

// SavedPreferences are preferences with the version that a writer must know.
type SavedPreferences struct {
	Preferences
	// Version is 0 before anything was saved.
	Version int64
	// UpdatedAt is zero before anything was saved.
	UpdatedAt time.Time
}

const readPreferences = `SELECT preferences, version, updated_at FROM corbel.user_preferences WHERE user_id = $1`

// Get returns a user's preferences: empty ones, version 0, when nothing was saved.
func (s PreferenceStore) Get(ctx context.Context, user string) (SavedPreferences, error) {
	found, _, err := s.read(ctx, user, readPreferences, user)
	return found, err
}

// savePreferences inserts, or else sets what stands for {new}. Of two writers who know the same version one is refused; who
// knows a version other than 0 cannot begin anew where nothing is saved.
const savePreferences = `
INSERT INTO corbel.user_preferences AS p (user_id, preferences)
SELECT $1, jsonb_strip_nulls($2::jsonb)
WHERE $3::bigint IS NULL OR $3 = coalesce((SELECT version FROM corbel.user_preferences WHERE user_id = $1), 0)
ON CONFLICT (user_id) DO UPDATE
SET preferences = jsonb_strip_nulls({new}), version = p.version + 1, updated_at = now()
WHERE p.user_id = $1 AND ($3::bigint IS NULL OR p.version = $3)
RETURNING preferences, version, updated_at`

var (
	replacePreferences = strings.ReplaceAll(savePreferences, "{new}", "$2::jsonb")
	mergePreferences   = strings.ReplaceAll(savePreferences, "{new}", "p.preferences || $2::jsonb")
)

// Replace saves p in place of the preferences that have the given version.
func (s PreferenceStore) Replace(ctx context.Context, user string, p Preferences, version int64) (SavedPreferences, error) {
	document, err := json.Marshal(p)
	if err != nil {
		return SavedPreferences{}, err
	}
	return s.save(ctx, user, replacePreferences, document, version)
}

// Merge applies a patch (RFC 7396) to the preferences that have the given version: null removes.
func (s PreferenceStore) Merge(ctx context.Context, user string, patch json.RawMessage, version int64) (SavedPreferences, error) {
	return s.save(ctx, user, mergePreferences, patch, version)
}

func (s PreferenceStore) save(ctx context.Context, user, sql string, document json.RawMessage, version int64) (SavedPreferences, error) {
	saved, found, err := s.read(ctx, user, sql, user, document, versionArgument(version))
	if err == nil && !found {
		err = changed("preferences")
	}
	return saved, err
}

func (s PreferenceStore) read(ctx context.Context, user, sql string, args ...any) (p SavedPreferences, found bool, err error) {
	err = s.Database.Query(ctx, user, sql, args, func(rows pgx.Rows) error {
		for rows.Next() {
			found = true
			if err := rows.Scan(&p.Preferences, &p.Version, &p.UpdatedAt); err != nil {
				return err
			}
		}
		return nil
	})
	return p, found, err
}
