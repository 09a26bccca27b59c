package principal

import (
	"slices"
	"time"
)

// Kind tells users from service principals.
type Kind int

// The kinds of principal.
const (
	User Kind = iota
	ServicePrincipal
)

func (k Kind) String() string {
	if k == ServicePrincipal {
		return "service principal"
	}
	return "user"
}

// AllUsers is the group that every principal belongs to. In grants Unity
// Catalog calls it "account users"; both names mean the same group.
const (
	AllUsers        = "users"
	AllAccountUsers = "account users"
	Admins          = "admins"
)

// Principal is a user or a service principal of the workspace.
type Principal struct {
	// ID is the numeric SCIM id.
	ID string
	// UserName is an e-mail address, or the application id of a service principal.
	UserName    string
	DisplayName string
	// Email is empty for service principals.
	Email string
	// Groups are the display names of the groups it belongs to, sorted.
	Groups []string
	Kind   Kind
}

// MemberOf reports whether p belongs to the group of that name.
func (p Principal) MemberOf(group string) bool {
	if group == AllAccountUsers {
		return true
	}
	return slices.Contains(p.Groups, group)
}

// Names lists every name under which a grant reaches p: its own, its groups',
// and "account users".
func (p Principal) Names() []string {
	names := make([]string, 0, len(p.Groups)+2)
	names = append(names, p.UserName)
	names = append(names, p.Groups...)
	return append(names, AllAccountUsers)
}

// Group is a named set of principals.
type Group struct {
	ID          string
	DisplayName string
	// Members are the members' user names, sorted.
	Members []string
}

// ScopeAll is the scope of a token that is good for every API.
const ScopeAll = "all-apis"

// Identity is what a valid token says: who, for which APIs, until when.
type Identity struct {
	Principal Principal
	Scopes    []string
	// Expires is zero for a token that does not expire.
	Expires time.Time
}

// HasScope reports whether the token is good for an API that asks for one of
// the given scopes.
func (i Identity) HasScope(anyOf ...string) bool {
	return slices.ContainsFunc(i.Scopes, func(s string) bool {
		return s == ScopeAll || slices.Contains(anyOf, s)
	})
}
