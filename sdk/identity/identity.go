// Package identity is who calls: the user that the platform's proxy authenticated, and their Databricks token.
// It comes from the host, never from a request's body, query or cookies.
package identity

import (
	"context"

	"corbel.example/sdk/secret"
)

// User is a signed-in user.
type User struct {
	// ID is the identity provider's id: stable, opaque.
	ID string
	// Email is the user's e-mail address, which is also their Databricks user name.
	Email string
	// Name is the preferred user name, for people.
	Name string
}

// IsZero says whether nobody is signed in.
func (u User) IsZero() bool { return u == User{} }

// Identity is a user with what they brought.
type Identity struct {
	User User
	// AccessToken is the user's Databricks token. In a plugin it is empty unless the manifest asks for it.
	AccessToken secret.String
}

type key struct{}

// NewContext returns a context that carries the identity.
func NewContext(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, key{}, &id)
}

// FromContext returns the context's identity; ok is false when nobody is signed in.
func FromContext(ctx context.Context) (id Identity, ok bool) {
	p, _ := ctx.Value(key{}).(*Identity)
	if p == nil {
		return Identity{}, false
	}
	return *p, !p.User.IsZero()
}
