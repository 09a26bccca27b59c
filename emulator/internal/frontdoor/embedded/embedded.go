// Package embedded shows the embedded workspace's principals to front doors.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"time"

	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/principal"
)

// Directory shows the workspace's principals to a front door.
type Directory struct{ *principal.Directory }

var _ frontdoor.Identities = Directory{}

// Users lists the users, who are all offered on the sign-in page.
func (d Directory) Users() []frontdoor.User {
	var users []frontdoor.User
	for _, p := range d.Directory.Users() {
		users = append(users, userOf(p))
	}
	return users
}

// User finds a user by name.
func (d Directory) User(userName string) (frontdoor.User, bool) {
	p, ok := d.Directory.User(userName)
	return userOf(p), ok
}

// Authenticate tells whose token this is, if it is good for every API.
func (d Directory) Authenticate(_ context.Context, token string) (frontdoor.User, error) {
	id, err := d.Directory.Authenticate(token)
	switch {
	case errors.Is(err, principal.ErrUnauthenticated):
		return frontdoor.User{}, fmt.Errorf("%w: unknown or expired token", frontdoor.ErrUnauthenticated)
	case err != nil:
		return frontdoor.User{}, err
	case !id.HasScope(): // a narrow token must not be traded for a wider one
		return frontdoor.User{}, fmt.Errorf("%w: the token lacks the scope %s", frontdoor.ErrUnauthenticated, principal.ScopeAll)
	}
	return userOf(id.Principal), nil
}

// Mint makes a token for a user or a service principal.
func (d Directory) Mint(_ context.Context, user frontdoor.User, scopes []string, life time.Duration) (frontdoor.Token, error) {
	p, ok := d.Principal(user.UserName)
	if !ok {
		return frontdoor.Token{}, fmt.Errorf("mint token: no principal %q", user.UserName)
	}
	value, expires, err := d.Directory.Mint(p, scopes, life)
	return frontdoor.Token{Value: value, Expires: expires}, err
}

// Principal finds a user or a service principal by its user name.
func (d Directory) Principal(userName string) (principal.Principal, bool) {
	if p, ok := d.Directory.User(userName); ok {
		return p, true
	}
	return d.ServicePrincipalNamed(userName)
}

func userOf(p principal.Principal) frontdoor.User {
	return frontdoor.User{
		ID:          p.ID,
		UserName:    p.UserName,
		DisplayName: p.DisplayName,
		Email:       p.Email,
		About:       about(p),
	}
}

// about says on the sign-in page what a user may do, as the workspace's first
// grants have it.
func about(p principal.Principal) string {
	switch {
	case p.MemberOf(principal.Admins):
		return "Administrator: may see and do everything."
	case p.MemberOf("analysts"):
		return "Analyst: reads some of the sample schemas (of transport.wildlife_strikes only civil flights, without costs), and may create tables in main.samples."
	default:
		return "New here: has been granted nothing yet."
	}
}
