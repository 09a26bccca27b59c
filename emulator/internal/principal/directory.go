package principal

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// appServicePrincipalID is the SCIM id of the app's service principal.
const appServicePrincipalID = "7000000000000001"

// Directory knows every principal of the workspace and every valid token.
// It is safe for concurrent use.
type Directory struct {
	users  []Principal
	groups []Group
	app    Principal
	dir    string
	tokens *tokens
	now    func() time.Time

	mu    sync.RWMutex
	creds *credentials
}

// Open reads the directory kept in dir, an existing folder; at the first start it
// makes the personal tokens and the app's secret. Minted tokens live in memory
// only: after a restart their holders ask for new ones.
func Open(dir string) (*Directory, error) {
	users := sampleUsers()
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.UserName
	}
	creds, err := loadCredentials(dir, names)
	if err != nil {
		return nil, fmt.Errorf("open directory: %w", err)
	}
	d := &Directory{
		users: users,
		app: Principal{
			ID:          appServicePrincipalID,
			UserName:    creds.AppClientID,
			DisplayName: "corbel app",
			Groups:      []string{AllUsers},
			Kind:        ServicePrincipal,
		},
		dir:    dir,
		creds:  creds,
		tokens: newTokens(),
		now:    time.Now,
	}
	d.groups = groupsOf(append(slices.Clone(users), d.ServicePrincipals()...))
	for _, u := range users {
		d.tokens.add(creds.PersonalTokens[u.UserName], Identity{Principal: u, Scopes: []string{ScopeAll}}, d.now())
	}
	return d, nil
}

// Users lists the users, in order of their names.
func (d *Directory) Users() []Principal { return slices.Clone(d.users) }

// User finds a user by name, which is an e-mail address and so compared without case.
func (d *Directory) User(userName string) (Principal, bool) {
	for _, u := range d.users {
		if strings.EqualFold(u.UserName, userName) {
			return u, true
		}
	}
	return Principal{}, false
}

// Groups lists the groups, in order of their names.
func (d *Directory) Groups() []Group { return slices.Clone(d.groups) }

// Group finds a group by its display name.
func (d *Directory) Group(displayName string) (Group, bool) {
	for _, g := range d.groups {
		if strings.EqualFold(g.DisplayName, displayName) {
			return g, true
		}
	}
	return Group{}, false
}

// App returns the service principal as which the app itself acts.
func (d *Directory) App() Principal { return d.app }

// Known reports whether name can be granted something: a user, a group, a service
// principal's application id, or "account users".
func (d *Directory) Known(name string) (canonical string, ok bool) {
	if name == AllAccountUsers {
		return name, true
	}
	if p, ok := d.ServicePrincipalNamed(name); ok {
		return p.UserName, true
	}
	if u, ok := d.User(name); ok {
		return u.UserName, true
	}
	if g, ok := d.Group(name); ok {
		return g.DisplayName, true
	}
	return "", false
}

// PersonalToken returns the personal access token of a user: it never expires
// and is good for every API.
func (d *Directory) PersonalToken(userName string) (string, error) {
	u, ok := d.User(userName)
	if !ok {
		return "", fmt.Errorf("personal token of %q: no such user: the users are %s", userName, d.userNames())
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.creds.PersonalTokens[u.UserName], nil
}

func (d *Directory) userNames() string {
	names := make([]string, len(d.users))
	for i, u := range d.users {
		names[i] = u.UserName
	}
	return strings.Join(names, ", ")
}

// Mint makes a token for p that is good for the given scopes and dies after life,
// which must be positive.
func (d *Directory) Mint(p Principal, scopes []string, life time.Duration) (token string, expires time.Time, err error) {
	if life <= 0 {
		return "", time.Time{}, fmt.Errorf("mint token for %q: a life of %v: must be positive", p.UserName, life)
	}
	now := d.now()
	expires = now.Add(life)
	token = "eyJ" + base64.RawURLEncoding.EncodeToString(randomBytes(32))
	d.tokens.add(token, Identity{Principal: p, Scopes: slices.Clone(scopes), Expires: expires}, now)
	return token, expires, nil
}

// Authenticate returns whose token this is, or [ErrUnauthenticated].
func (d *Directory) Authenticate(token string) (Identity, error) {
	return d.tokens.find(token, d.now())
}

// Revoke makes a token invalid at once. An unknown token is no error.
func (d *Directory) Revoke(token string) { d.tokens.remove(token) }

// RevokeMinted makes every token of a principal invalid that was minted: all that expire.
func (d *Directory) RevokeMinted(userName string) { d.tokens.removeMinted(userName) }
