package lakebase

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"corbel.example/emulator/internal/postgres"
	"corbel.example/emulator/internal/principal"
)

// The one project, its branch and endpoint, and what the older API calls them.
const (
	Project    = "corbel"
	Branch     = "production"
	Endpoint   = "primary"
	DatabaseID = "databricks-postgres"
	Instance   = "corbel"

	ProjectName  = "projects/" + Project
	BranchName   = ProjectName + "/branches/" + Branch
	EndpointName = BranchName + "/endpoints/" + Endpoint
)

const (
	// ScopeLogin is the scope of tokens that are good for logins and for nothing else.
	ScopeLogin = "lakebase.login"

	// defaultTokenLife is the life of such a token.
	defaultTokenLife = time.Hour
)

// Config says how to run a Lakebase.
type Config struct {
	// Listener accepts the clients' connections.
	Listener net.Listener
	// Certificate is the front's.
	Certificate tls.Certificate
	// Dir is the workspace's folder, which must exist.
	Dir string
	// Programs is where PostgreSQL's programs are; see [postgres.Config].
	Programs string
	// TokenLife is how long a credential is good; 0 means an hour.
	TokenLife  time.Duration
	Principals *principal.Directory
	Logger     *slog.Logger

	loginTimeout time.Duration // 0 means loginTimeout
}

// Lakebase is PostgreSQL behind its front. It is safe for concurrent use.
type Lakebase struct {
	server     *postgres.Server
	front      *front
	principals *principal.Directory
	tokenLife  time.Duration
	address    *net.TCPAddr
}

// Open starts a Lakebase. It does not wait for PostgreSQL: logins do. The listener is the
// Lakebase's from now on. [Lakebase.Close] must be called.
func Open(c Config) (*Lakebase, error) {
	address, ok := c.Listener.Addr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("open lakebase: a listener on %s, want TCP", c.Listener.Addr().Network())
	}
	l := &Lakebase{principals: c.Principals, tokenLife: cmp.Or(c.TokenLife, defaultTokenLife), address: address}
	var err error
	l.server, err = postgres.Open(postgres.Config{Dir: c.Dir, Programs: c.Programs, Roles: roles(c.Principals), Logger: c.Logger})
	if err != nil {
		return nil, fmt.Errorf("open lakebase: %w: to do without it set CORBEL_POSTGRES=off", err)
	}
	l.front = newFront(c.Listener, c.Certificate, l.authenticate, l.server, cmp.Or(c.loginTimeout, loginTimeout), c.Logger.With(slog.String("module", "lakebase")))
	return l, nil
}

// roles gives everybody in the workspace a role. The app may create schemas of its own, as the
// resource CAN_CONNECT_AND_CREATE lets it; the others may connect.
func roles(people *principal.Directory) []postgres.Role {
	list := []postgres.Role{{Name: people.App().UserName, Creates: true}}
	for _, u := range people.Users() {
		list = append(list, postgres.Role{Name: u.UserName})
	}
	return list
}

var (
	errNotTheirs = errors.New("the token is another principal's")
	errScope     = errors.New("the token is not for logins")
	errNoRole    = errors.New("the principal has no role")
)

// authenticate checks that the token is the user's own, and good for logins.
func (l *Lakebase) authenticate(user, token string) (string, error) {
	id, err := l.principals.Authenticate(token)
	switch {
	case err != nil:
		return "", err
	case id.Principal.UserName != user:
		return "", errNotTheirs
	case !id.HasScope(ScopeLogin):
		return "", errScope
	}
	if _, ok := l.server.Role(user); !ok {
		return "", errNoRole
	}
	return id.Principal.ID, nil
}

// Admit lets an app's service principal log in, and create schemas of its own.
func (l *Lakebase) Admit(userName string) {
	l.server.AddRole(postgres.Role{Name: userName, Creates: true})
}

// Dismiss ends that: the principal can't log in any more. What it made stays.
func (l *Lakebase) Dismiss(userName string) { l.server.RemoveRole(userName) }

// Credential makes a token with which p can log in. It lives as long as is asked for, at most
// as long as tokens do; 0 asks for nothing.
func (l *Lakebase) Credential(p principal.Principal, life time.Duration) (token string, expires time.Time, err error) {
	if life == 0 || life > l.tokenLife {
		life = l.tokenLife
	}
	return l.principals.Mint(p, []string{ScopeLogin}, life)
}

// PGVersion is the major version as the APIs have it: "PG_VERSION_17"; "" before it is known.
func (l *Lakebase) PGVersion() string {
	if major := l.Major(); major != 0 {
		return "PG_VERSION_" + strconv.Itoa(major)
	}
	return ""
}

// Major is the major version; 0 before it is known.
func (l *Lakebase) Major() int {
	text, _, _ := strings.Cut(l.server.Status().Version, ".")
	major, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return major
}

// Address is where clients connect.
func (l *Lakebase) Address() *net.TCPAddr { return l.address }

// Server is the PostgreSQL behind the front.
func (l *Lakebase) Server() *postgres.Server { return l.server }

// Sessions returns how many sessions clients have.
func (l *Lakebase) Sessions() int { return l.front.count() }

// Close ends all sessions, whose clients are told, and stops PostgreSQL; at once when ctx ends.
func (l *Lakebase) Close(ctx context.Context) error {
	err := l.front.refuseNew()
	err = errors.Join(err, l.server.Close(ctx))
	l.front.close(ctx)
	return err
}
