package api

import (
	"encoding/base64"
	"net/url"
	"strconv"
)

const (
	// defaultPage is the length of a page when max_results is 0; maxPage bounds it.
	defaultPage = 100
	maxPage     = 1000
)

// page cuts a sorted list. Unity Catalog's rules: without max_results everything comes at
// once, 0 means the server's default, a negative value is an error. The token holds the
// name of the last item, so that a list which changes meanwhile skips and repeats nothing.
func page[T any](query url.Values, items []T, name func(T) string) (cut []T, next string, err error) {
	if token := query.Get("page_token"); token != "" {
		after, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return nil, "", invalid("Invalid page token: %q.", token)
		}
		for len(items) > 0 && name(items[0]) <= string(after) {
			items = items[1:]
		}
	}
	if !query.Has("max_results") {
		return items, "", nil
	}
	size, err := strconv.Atoi(query.Get("max_results"))
	if err != nil || size < 0 {
		return nil, "", invalid("max_results must be a number of 0 or more, not %q.", query.Get("max_results"))
	}
	if size == 0 {
		size = defaultPage
	}
	if size = min(size, maxPage); size >= len(items) {
		return items, "", nil
	}
	return items[:size], base64.RawURLEncoding.EncodeToString([]byte(name(items[size-1]))), nil
}
