package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/principal"
)

// directory shows the workspace's principals to the front door.
type directory struct{ *principal.Directory }

var _ frontdoor.Identities = directory{}

func (d directory) Users() []frontdoor.User {
	var users []frontdoor.User
	for _, p := range d.Directory.Users() {
		users = append(users, userOf(p))
	}
	return users
}

func (d directory) User(userName string) (frontdoor.User, bool) {
	p, ok := d.Directory.User(userName)
	return userOf(p), ok
}

func (d directory) Authenticate(_ context.Context, token string) (frontdoor.User, error) {
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

func (d directory) Mint(_ context.Context, user frontdoor.User, scopes []string, life time.Duration) (frontdoor.Token, error) {
	p, ok := d.Directory.User(user.UserName)
	if app := d.App(); app.UserName == user.UserName {
		p, ok = app, true
	}
	if !ok {
		return frontdoor.Token{}, fmt.Errorf("mint token: no principal %q", user.UserName)
	}
	value, expires, err := d.Directory.Mint(p, scopes, life)
	return frontdoor.Token{Value: value, Expires: expires}, err
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
