package principal

import (
	"crypto/sha256"
	"errors"
	"maps"
	"sync"
	"time"
)

// ErrUnauthenticated is returned for a token that is unknown, revoked or expired.
// It does not say which: a caller without a valid token learns nothing.
var ErrUnauthenticated = errors.New("invalid access token")

// maxMintedTokens bounds the tokens that live at once. When it is reached the
// expired ones go first, then those that expire soonest.
const maxMintedTokens = 10_000

type digest [sha256.Size]byte

// tokens finds identities by the SHA-256 of their token: the time of a look-up
// tells nothing about the tokens that exist.
type tokens struct {
	mu       sync.RWMutex
	byDigest map[digest]Identity
}

func newTokens() *tokens { return &tokens{byDigest: make(map[digest]Identity)} }

func (t *tokens) add(token string, id Identity, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.byDigest) >= maxMintedTokens {
		t.evict(now)
	}
	t.byDigest[sha256.Sum256([]byte(token))] = id
}

func (t *tokens) find(token string, now time.Time) (Identity, error) {
	key := sha256.Sum256([]byte(token))
	t.mu.RLock()
	id, ok := t.byDigest[key]
	t.mu.RUnlock()
	if !ok || expired(id, now) {
		return Identity{}, ErrUnauthenticated
	}
	return id, nil
}

func (t *tokens) remove(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byDigest, sha256.Sum256([]byte(token)))
}

func (t *tokens) removeMinted(userName string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.byDigest, func(_ digest, id Identity) bool {
		return id.Principal.UserName == userName && !id.Expires.IsZero()
	})
}

// evict makes room for one token at least. The caller holds the lock.
func (t *tokens) evict(now time.Time) {
	var (
		soonest   digest
		soonestAt time.Time
	)
	before := len(t.byDigest)
	for key, id := range t.byDigest {
		switch {
		case expired(id, now):
			delete(t.byDigest, key)
		case id.Expires.IsZero():
		case soonestAt.IsZero() || id.Expires.Before(soonestAt):
			soonest, soonestAt = key, id.Expires
		}
	}
	if len(t.byDigest) == before {
		delete(t.byDigest, soonest)
	}
}

func expired(id Identity, now time.Time) bool {
	return !id.Expires.IsZero() && !now.Before(id.Expires)
}
