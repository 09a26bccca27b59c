package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/database"
)

const note = "note"

// MaxNotes is how many notes a user can keep.
const MaxNotes = 1000

// NoteText is what a user writes of a note.
type NoteText struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// Note is something that a user has written down.
type Note struct {
	ID string `json:"id"`
	NoteText
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Key returns the note's id and version.
func (n Note) Key() (id string, version int64) { return n.ID, n.Version }

// Notes are users' notes.
type Notes struct{ Database *database.Database }

const noteColumns = `id, title, body, version, created_at, updated_at`

// List returns a page of a user's notes, in no order that means anything.
func (s Notes) List(ctx context.Context, user string, limit int, token string) (Page[Note], error) {
	if token == "" {
		token = firstID
	}
	if !IsID(token) {
		return Page[Note]{}, badToken()
	}
	found, err := s.read(ctx, user, `
SELECT `+noteColumns+` FROM corbel.notes WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`, user, token, limit+1)
	return pageOf(found, limit, func(n Note) string { return n.ID }), err
}

// Get returns one of a user's notes.
func (s Notes) Get(ctx context.Context, user, id string) (Note, error) {
	found, err := s.read(ctx, user, `SELECT `+noteColumns+` FROM corbel.notes WHERE user_id = $1 AND id = $2`, user, id)
	return oneOf(found, err, note)
}

// Create keeps a new note.
func (s Notes) Create(ctx context.Context, user string, n NoteText) (Note, error) {
	found, err := s.read(ctx, user, `
INSERT INTO corbel.notes (user_id, title, body)
SELECT $1, $2, $3 WHERE (SELECT count(*) FROM corbel.notes WHERE user_id = $1) < $4
RETURNING `+noteColumns, user, n.Title, n.Body, MaxNotes)
	if err == nil && len(found) == 0 {
		return Note{}, full("notes", MaxNotes)
	}
	return oneOf(found, err, note)
}

// Update replaces the text of the note that has the given version.
func (s Notes) Update(ctx context.Context, user, id string, n NoteText, version int64) (Note, error) {
	found, err := s.read(ctx, user, `
UPDATE corbel.notes SET title = $3, body = $4, sample = NULL, version = version + 1, updated_at = now()
WHERE user_id = $1 AND id = $2 AND ($5::bigint IS NULL OR version = $5)
RETURNING `+noteColumns, user, id, n.Title, n.Body, versionArgument(version))
	if err == nil && len(found) == 0 {
		return Note{}, notWritten(ctx, s.Database, user, "notes", id, note)
	}
	return oneOf(found, err, note)
}

// Delete deletes the note that has the given version.
func (s Notes) Delete(ctx context.Context, user, id string, version int64) error {
	return remove(ctx, s.Database, user, "notes", id, version, note)
}

func (s Notes) read(ctx context.Context, user, sql string, args ...any) (found []Note, err error) {
	err = s.Database.Query(ctx, user, sql, args, func(rows pgx.Rows) error {
		for rows.Next() {
			var n Note
			if err := rows.Scan(&n.ID, &n.Title, &n.Body, &n.Version, &n.CreatedAt, &n.UpdatedAt); err != nil {
				return err
			}
			found = append(found, n)
		}
		return nil
	})
	return found, err
}
