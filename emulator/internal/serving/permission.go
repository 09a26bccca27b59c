package serving

import (
	"maps"

	"corbel.example/emulator/internal/principal"
)

// Permission is what somebody may do with an endpoint. Each holds the ones before it.
type Permission int

// The permissions.
const (
	NoPermission Permission = iota
	CanView
	CanQuery
	CanManage
)

var permissionNames = map[Permission]string{CanView: "CAN_VIEW", CanQuery: "CAN_QUERY", CanManage: "CAN_MANAGE"}

// Permissions lists the permissions, lowest first.
func Permissions() []Permission { return []Permission{CanView, CanQuery, CanManage} }

func (p Permission) String() string {
	if name, ok := permissionNames[p]; ok {
		return name
	}
	return "NO_PERMISSION"
}

// ParsePermission returns the permission of that name.
func ParsePermission(name string) (Permission, bool) {
	for p, n := range permissionNames {
		if n == name {
			return p, true
		}
	}
	return NoPermission, false
}

// Permission returns the highest permission that somebody has, themselves or by a group.
// Administrators manage every endpoint.
func (e *Endpoint) Permission(p principal.Principal) Permission {
	if p.MemberOf(principal.Admins) {
		return CanManage
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	highest := NoPermission
	for _, name := range p.Names() {
		highest = max(highest, e.grants[name])
	}
	return highest
}

// Grants returns who was given which permission, by the name of the user, group or service principal.
func (e *Endpoint) Grants() map[string]Permission {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.grants)
}

// Grant gives permissions to principals by name, beside those that there are, or instead of them all.
func (e *Endpoint) Grant(grants map[string]Permission, instead bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := map[string]Permission{}
	if !instead {
		maps.Copy(next, e.grants)
	}
	maps.Copy(next, grants)
	e.grants = next
}
