package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

const (
	// maxText is the longest statement or note, in bytes.
	maxText = 1 << 20
	// MaxName is the longest name or title, in characters.
	MaxName = 200
	// MaxPageSize is the largest preferred page of rows.
	MaxPageSize = 1000
)

// Themes are what the theme can be.
var Themes = []string{"system", "light", "dark"}

// statuses are how a query can end.
var statuses = []string{"SUCCEEDED", "FAILED", "CANCELED"}

// CheckPreferences refuses preferences that make no sense.
func CheckPreferences(p store.Preferences) error {
	if p.Theme != nil && !slices.Contains(Themes, *p.Theme) {
		return refused("theme", "must be system, light or dark")
	}
	if p.PageSize != nil && (*p.PageSize < 1 || *p.PageSize > MaxPageSize) {
		return rest.OutOfRange("/page_size", 1, MaxPageSize)
	}
	return first(
		optionalName("default_catalog", p.DefaultCatalog), optionalName("default_schema", p.DefaultSchema), optionalName("warehouse_id", p.WarehouseID),
	)
}

// CheckQuery refuses a query that cannot be saved.
func CheckQuery(q store.QueryText) error {
	return first(
		name("name", q.Name), notEmpty("statement", q.Statement), text("statement", q.Statement, maxText),
		optionalName("catalog", &q.Catalog), optionalName("schema", &q.Schema),
	)
}

// CheckNote refuses a note that cannot be kept.
func CheckNote(n store.NoteText) error {
	return first(name("title", n.Title), text("body", n.Body, maxText))
}

func checkExecution(e store.Execution) error {
	if !slices.Contains(statuses, e.Status) {
		return refused("status", "must be SUCCEEDED, FAILED or CANCELED")
	}
	return first(
		notEmpty("statement", e.Statement), text("statement", e.Statement, maxText), optionalName("catalog", &e.Catalog), optionalName("schema", &e.Schema),
		text("error", e.Error, maxText), notNegative("row_count", e.RowCount), notNegative("duration_ms", e.DurationMS),
	)
}

func refused(field, message string) error {
	return fault.New(fault.Invalid, field+" "+message+".").WithField("/"+field, message)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// text checks a text that somebody wrote. PostgreSQL has no U+0000.
func text(field, value string, most int) error {
	switch {
	case strings.Contains(value, "\x00"):
		return refused(field, "must not contain the character U+0000")
	case len(value) > most:
		return refused(field, fmt.Sprintf("must not be longer than %d bytes", most))
	default:
		return nil
	}
}

func notEmpty(field, value string) error {
	if strings.TrimSpace(value) == "" {
		return refused(field, "must not be empty")
	}
	return nil
}

// name checks a name or a title.
func name(field, value string) error {
	return first(notEmpty(field, value), optionalName(field, &value))
}

func optionalName(field string, value *string) error {
	switch {
	case value == nil:
		return nil
	case utf8.RuneCountInString(*value) > MaxName:
		return refused(field, fmt.Sprintf("must not be longer than %d characters", MaxName))
	default:
		return text(field, *value, MaxName*utf8.UTFMax)
	}
}

func notNegative(field string, value *int64) error {
	if value != nil && *value < 0 {
		return refused(field, "must not be negative")
	}
	return nil
}
