// Package credential is the passwords that the app logs in to Lakebase with: OAuth tokens of about an hour.
package credential

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"

	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

const (
	// margin is how long before its end a token is replaced.
	margin = 2 * time.Minute
	// unknownLife is the life of a token that does not name its end.
	unknownLife = 5 * time.Minute
	// leastLife is how long any token is kept: the workspace is not asked more often.
	leastLife = 250 * time.Millisecond
)

// Source gives the password for the next connection. It may be used concurrently.
type Source interface {
	// Token returns a token that should be accepted now.
	Token(ctx context.Context) (secret.String, error)
	// Refuse says that the database did not accept a token, so that the next one is another, if there is one.
	Refuse(token string) (other bool)
	// Close releases what the source holds.
	Close()
}

// Static is a token that somebody configured.
type Static struct{ Value secret.String }

// Token returns the token.
func (s Static) Token(context.Context) (secret.String, error) { return s.Value, nil }

// Refuse returns false: there is no other.
func (Static) Refuse(string) bool { return false }

// Close does nothing.
func (Static) Close() {}

// Target is what tokens are for: an endpoint of Lakebase Autoscaling, or an instance of provisioned Lakebase.
type Target struct{ Endpoint, Instance string }

// Minted fetches tokens as the app and keeps each until shortly before its end. Many waiters share one fetch.
type Minted struct {
	workspace *workspace.Workspace
	target    Target
	tokens    *otter.Cache[struct{}, token]
}

type token struct {
	value secret.String
	end   time.Time
}

// NewMinted returns a source that fetches tokens from w.
func NewMinted(w *workspace.Workspace, target Target) *Minted {
	return &Minted{
		workspace: w, target: target,
		tokens: otter.Must(&otter.Options[struct{}, token]{
			MaximumSize:      1,
			ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[struct{}, token]) time.Duration { return keepFor(time.Until(e.Value.end)) }),
		}),
	}
}

// keepFor is how long to keep a token that lives on for life: short ones are kept for half of it.
func keepFor(life time.Duration) time.Duration {
	return max(life-min(margin, life/2), leastLife)
}

// Token returns the kept token, or fetches one.
func (m *Minted) Token(ctx context.Context) (secret.String, error) {
	t, err := m.tokens.Get(ctx, struct{}{}, otter.LoaderFunc[struct{}, token](m.fetch))
	if err != nil {
		return secret.String{}, fmt.Errorf("fetch a database token: %w", err)
	}
	return t.value, nil
}

// Refuse drops the token, unless it was replaced in the meantime.
func (m *Minted) Refuse(refused string) bool {
	if t, ok := m.tokens.GetIfPresent(struct{}{}); ok && t.value.Reveal() == refused {
		m.tokens.Invalidate(struct{}{})
	}
	return true
}

// Close stops the cache's own work.
func (m *Minted) Close() { m.tokens.StopAllGoroutines() }

// fetch asks POST /api/2.0/postgres/credentials or POST /api/2.0/database/credentials. They differ in how they spell the end.
func (m *Minted) fetch(ctx context.Context, _ struct{}) (token, error) {
	c, err := m.workspace.App(ctx)
	if err != nil {
		return token{}, err
	}
	var answer struct {
		Token          string    `json:"token"`
		ExpireTime     time.Time `json:"expire_time"`
		ExpirationTime time.Time `json:"expiration_time"`
	}
	call := workspace.Call{
		Op: "lakebase.credential", Method: http.MethodPost, Path: "/api/2.0/postgres/credentials",
		Body: map[string]any{"endpoint": m.target.Endpoint}, Answer: &answer,
	}
	if m.target.Endpoint == "" {
		call.Path = "/api/2.0/database/credentials"
		call.Body = map[string]any{"instance_names": []string{m.target.Instance}, "request_id": rand.Text()}
	}
	if err := workspace.Do(ctx, c, call); err != nil {
		return token{}, err
	}
	if answer.Token == "" {
		return token{}, fmt.Errorf("%s answered without a token", call.Path)
	}
	end := answer.ExpireTime
	if end.IsZero() {
		end = answer.ExpirationTime
	}
	if end.IsZero() {
		end = time.Now().Add(unknownLife)
	}
	return token{value: secret.New(answer.Token), end: end}, nil
}
