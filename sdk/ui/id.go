package ui

import (
	"context"
	"strconv"
	"strings"
	"sync"
)

// ids are the ids of one fragment, with how often each was asked for.
type ids struct {
	mu   sync.Mutex
	used map[string]int
}

type idsKey struct{}

// withIDs returns a context in which ids are unique: one for each fragment.
func withIDs(ctx context.Context) context.Context {
	return context.WithValue(ctx, idsKey{}, &ids{used: map[string]int{}})
}

// uniqueID returns an id made of words, with a number behind it where an element of the fragment has it already. The order
// of a fragment's elements decides, so the same fragment gets the same ids.
func uniqueID(ctx context.Context, words ...string) string {
	base := slug(strings.Join(words, "-"))
	all, ok := ctx.Value(idsKey{}).(*ids)
	if !ok {
		return base
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	for {
		n := all.used[base]
		all.used[base]++
		if n == 0 {
			return base
		}
		numbered := base + "-" + strconv.Itoa(n+1)
		if all.used[numbered] == 0 {
			all.used[numbered]++
			return numbered
		}
	}
}

// idOf returns the id that the author gave, or one made of words.
func idOf(ctx context.Context, given string, words ...string) string {
	if given != "" {
		return uniqueID(ctx, given)
	}
	return uniqueID(ctx, words...)
}

// slug keeps of words what an id can have everywhere, in selectors and in addresses.
func slug(words string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(words) {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') || r == '_' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
			continue
		}
		dash = true
	}
	if b.Len() == 0 {
		return "part"
	}
	return b.String()
}
