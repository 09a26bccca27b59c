package frontdoor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// mintTimeout bounds the making of one token.
	mintTimeout = 10 * time.Second

	// maxUserTokens bounds how many users' tokens are kept at once.
	maxUserTokens = 1000
)

// userTokens keeps for each user the token that the app gets on their behalf,
// and replaces it a while before it expires.
type userTokens struct {
	identities  Identities
	scopes      []string
	life        time.Duration
	renewBefore time.Duration
	now         func() time.Time

	mints singleflight.Group // by user id

	mu     sync.Mutex
	tokens map[string]Token // by user id
}

// token returns a token of user that is valid for some time yet. However many
// wait for a new one, one is made.
func (t *userTokens) token(ctx context.Context, user User) (string, error) {
	t.mu.Lock()
	kept, ok := t.tokens[user.ID]
	t.mu.Unlock()
	if ok && t.now().Before(kept.Expires.Add(-t.renewBefore)) {
		return kept.Value, nil
	}
	minted := t.mints.DoChan(user.ID, func() (any, error) {
		// The token is for all who wait, so it outlives the first of them.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mintTimeout)
		defer cancel()
		return t.mint(ctx, user)
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case res := <-minted:
		if res.Err != nil {
			if ok && t.now().Before(kept.Expires) {
				return kept.Value, nil // the old one still does
			}
			return "", res.Err
		}
		return res.Val.(Token).Value, nil
	}
}

func (t *userTokens) mint(ctx context.Context, user User) (Token, error) {
	token, err := t.identities.Mint(ctx, user, t.scopes, t.life)
	if err != nil {
		return Token{}, fmt.Errorf("token for user %s: %w", user.ID, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.tokens) >= maxUserTokens {
		t.dropExpired()
	}
	t.tokens[user.ID] = token
	return token, nil
}

// dropExpired makes room; when nothing has expired it drops everything, since
// what is dropped is only made anew.
func (t *userTokens) dropExpired() {
	now := t.now()
	for id, token := range t.tokens {
		if !now.Before(token.Expires) {
			delete(t.tokens, id)
		}
	}
	if len(t.tokens) >= maxUserTokens {
		clear(t.tokens)
	}
}
