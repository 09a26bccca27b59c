package workspace

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/maypok86/otter/v2"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

const (
	// tokensPerUser is how many tokens of one user have entries at a time: the current one, and the one before it or that
	// of a second session. A third drops the one used longest ago, so that hourly rotation leaves nothing behind.
	tokensPerUser = 2
	// maxTrackedUsers bounds the memory of who has which tokens; users beyond it only lose the early dropping.
	maxTrackedUsers = 10_000
)

// Cache keeps what callers have read, for each user and token apart: what one caller was shown is never shown to another,
// nor to the same user under another token, whose rights may differ. Concurrent reads of one key by one caller are merged
// into one load; when the caller that loads gives up, another one that waits loads anew.
//
// It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	// Of one type for all K and V: the compiler would make some 200 KB of code for each.
	entries *otter.Cache[entryKey, any]
	tokens  *otter.Cache[string, [tokensPerUser]fingerprint]
	ttl     time.Duration
}

// CacheSettings bound a Cache of values V.
type CacheSettings[V any] struct {
	// MaxEntries of all callers together. Required.
	MaxEntries int
	// Weigh says for how many entries a value counts, such as the length of a list. Nil: each for one.
	Weigh func(V) uint32
	// TTL is how long an entry lives after it was loaded. 0 keeps nothing and merges nothing.
	TTL time.Duration
}

type entryKey struct {
	caller caller
	key    any // a K
}

// caller is one user with one token.
type caller struct {
	user  string
	token fingerprint
}

// fingerprint stands for a token.
type fingerprint [sha256.Size]byte

// NewCache returns an empty cache.
func NewCache[K comparable, V any](settings CacheSettings[V]) *Cache[K, V] {
	c := &Cache[K, V]{ttl: settings.TTL}
	if settings.TTL > 0 {
		options := &otter.Options[entryKey, any]{ExpiryCalculator: otter.ExpiryWriting[entryKey, any](settings.TTL)}
		if settings.Weigh == nil {
			options.MaximumSize = settings.MaxEntries
		} else {
			options.MaximumWeight = uint64(max(settings.MaxEntries, 0))
			options.Weigher = func(_ entryKey, v any) uint32 { return settings.Weigh(valueOf[V](v)) }
		}
		c.entries = otter.Must(options)
		c.tokens = otter.Must(&otter.Options[string, [tokensPerUser]fingerprint]{MaximumSize: maxTrackedUsers})
	}
	return c
}

// Get returns the entry of the caller in ctx for key, or what load returns, which it then keeps. Errors are not kept. load
// runs with ctx or that of another waiting call of the same caller. Without a user in ctx it is a fault of kind
// Unauthenticated.
func (c *Cache[K, V]) Get(ctx context.Context, key K, load func(context.Context) (V, error)) (V, error) {
	id, signedIn := identity.FromContext(ctx)
	if !signedIn {
		var zero V
		return zero, fault.New(fault.Unauthenticated, "").WithOp("workspace.cache")
	}
	if c.ttl <= 0 {
		return load(ctx)
	}
	who := callerOf(id)
	c.noteToken(who)
	v, err := c.entries.Get(ctx, entryKey{who, key}, otter.LoaderFunc[entryKey, any](
		func(ctx context.Context, _ entryKey) (any, error) { return load(ctx) }))
	return valueOf[V](v), err
}

// valueOf is an entry as what it was loaded as; without one, which comes with an error, the zero V.
func valueOf[V any](entry any) V {
	v, _ := entry.(V)
	return v
}

// Forget drops the entry of the caller in ctx for key, which has turned out to be out of date.
func (c *Cache[K, V]) Forget(ctx context.Context, key K) {
	if id, signedIn := identity.FromContext(ctx); signedIn && c.entries != nil {
		c.entries.Invalidate(entryKey{callerOf(id), key})
	}
}

// ForgetAll drops the entries of the caller in ctx whose keys match.
func (c *Cache[K, V]) ForgetAll(ctx context.Context, match func(K) bool) {
	id, signedIn := identity.FromContext(ctx)
	if !signedIn || c.entries == nil {
		return
	}
	who := callerOf(id)
	for k := range c.entries.Keys() {
		if key, ok := k.key.(K); ok && k.caller == who && match(key) {
			c.entries.Invalidate(k)
		}
	}
}

// Close stops the cache's clean-up. The cache can still be used by calls under way.
func (c *Cache[K, V]) Close() {
	if c.entries != nil {
		c.entries.StopAllGoroutines()
	}
}

// noteToken moves the caller's token to the front of the user's tokens and drops the entries of the one that falls out.
func (c *Cache[K, V]) noteToken(who caller) {
	if known, ok := c.tokens.GetIfPresent(who.user); ok && known[0] == who.token {
		return
	}
	var dropped fingerprint
	c.tokens.Compute(who.user, func(known [tokensPerUser]fingerprint, _ bool) ([tokensPerUser]fingerprint, otter.ComputeOp) {
		dropped = fingerprint{}
		previous := who.token
		for i := range known {
			known[i], previous = previous, known[i]
			if previous == who.token {
				return known, otter.WriteOp
			}
		}
		dropped = previous
		return known, otter.WriteOp
	})
	if dropped == (fingerprint{}) {
		return
	}
	gone := caller{user: who.user, token: dropped}
	for k := range c.entries.Keys() {
		if k.caller == gone {
			c.entries.Invalidate(k)
		}
	}
}

func callerOf(id identity.Identity) caller {
	user := id.User.ID
	if user == "" {
		user = id.User.Email
	}
	return caller{user: user, token: sha256.Sum256([]byte(id.AccessToken.Reveal()))}
}
