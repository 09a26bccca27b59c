package page

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"corbel.example/sdk/identity"
	"corbel.example/sdk/wire"
)

// changes remembers when users last changed something, so that they see it at once. Users who share a place by chance lose a copy by it,
// no more.
type changes struct {
	seed   maphash.Seed
	places [1024]atomic.Int64 // nanoseconds since 1970
}

func newChanges() *changes { return &changes{seed: maphash.MakeSeed()} }

func (c *changes) of(user string) *atomic.Int64 {
	return &c.places[maphash.String(c.seed, user)%uint64(len(c.places))]
}

// Changed says that the exchange's user may have changed something: copies of fragments made before stand in from now on only where plugins fail.
func (c *Composer) Changed(x wire.Exchange) {
	c.changes.of(userOf(x.Identity)).Store(c.now().UnixNano())
}

// isFresh reports whether a user's copy still shows what is there.
func (c *Composer) isFresh(kept *copyOf, ttl time.Duration, user string) bool {
	return c.now().Sub(kept.at) < ttl && kept.at.UnixNano() > c.changes.of(user).Load()
}

// userOf is what tells users apart.
func userOf(id identity.Identity) string {
	if id.User.ID != "" {
		return id.User.ID
	}
	return id.User.Email
}
