// Package store is what users keep: preferences, saved queries, history and notes. Each statement names the user in its WHERE
// clause, beside the policies of the database that would hold without it.
package store

import (
	"strconv"

	"corbel.example/sdk/fault"
)

// AnyVersion writes whatever version is there.
const AnyVersion = -1

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	// Next is the token of the following page, "" on the last.
	Next string
}

// pageOf cuts the item that was read beyond limit, and makes its predecessor the token.
func pageOf[T any](items []T, limit int, token func(T) string) Page[T] {
	if len(items) <= limit {
		return Page[T]{Items: items}
	}
	items = items[:limit]
	return Page[T]{Items: items, Next: token(items[limit-1])}
}

// changed is the fault of a version that is no longer there.
func changed(what string) error {
	return fault.New(fault.Precondition, "The "+what+" was changed in the meantime. Read it again, and repeat your change.").WithCode("VERSION_CONFLICT")
}

func missing(what string) error { return fault.New(fault.NotFound, "There is no such "+what+".") }

func badToken() error {
	return fault.New(fault.Invalid, "page_token is not one that this list has given out.").WithField("page_token", "is not valid")
}

func versionArgument(version int64) *int64 {
	if version == AnyVersion {
		return nil
	}
	return &version
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
