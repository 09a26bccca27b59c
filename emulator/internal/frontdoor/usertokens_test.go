package frontdoor_test

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func (b *browser) appToken() string {
	b.t.Helper()
	return b.get("/").seen(b.t).Header.Get("X-Forwarded-Access-Token")
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	b := h.signedIn(t)
	first := b.appToken()
	h.clock.advance(54 * time.Minute)
	if got := b.appToken(); got != first {
		t.Errorf("six minutes before its end the token was replaced by %q", got)
	}
	h.clock.advance(time.Minute)
	second := b.appToken()
	if second == first || h.people.mints() != 2 {
		t.Errorf("five minutes before its end: token %q, %d made", second, h.people.mints())
	}
}

func TestOldTokenServesWhileNoNewOneCanBeMade(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	b := h.signedIn(t)
	first := b.appToken()
	h.people.set(func(p *people) { p.mintErr = errors.New("out of tokens") })
	h.clock.advance(58 * time.Minute)
	if got := b.appToken(); got != first {
		t.Errorf("token %q, want the old one", got)
	}
	h.clock.advance(3 * time.Minute)
	r := b.get("/")
	if p := r.problem(t); p.Status != http.StatusServiceUnavailable || p.Code != "IDENTITY_UNAVAILABLE" || !p.Retryable {
		t.Errorf("with no token at all: %+v", p)
	}
}

func TestManyWaitersGetOneToken(t *testing.T) {
	t.Parallel()
	h := open(t, mirror, nil)
	gate := make(chan struct{})
	h.people.set(func(p *people) { p.mintGate = gate })
	b := h.signedIn(t)
	const waiters = 20
	tokens := make(chan string, waiters)
	for range waiters {
		go func() { tokens <- b.appToken() }()
	}
	close(gate)
	for range waiters {
		if got := <-tokens; got != "600-token-1" {
			t.Errorf("token %q", got)
		}
	}
	if h.people.mints() != 1 {
		t.Errorf("%d tokens made for %d waiters", h.people.mints(), waiters)
	}
}
