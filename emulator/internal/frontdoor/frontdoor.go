package frontdoor

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

const (
	defaultStartTimeout = 10 * time.Second
	defaultTokenLife    = time.Hour
	defaultRenewBefore  = 5 * time.Minute

	// maxWaiting bounds the requests that wait for the app to start.
	maxWaiting = 256
)

// DefaultScopes are the scopes of the token that the app gets for a user.
func DefaultScopes() []string {
	return []string{
		"sql",
		"catalog.catalogs:read",
		"catalog.schemas:read",
		"catalog.tables:read",
		"serving.serving-endpoints",
		"iam.current-user:read",
		"iam.access-control:read",
	}
}

// Config says where the app is and who may call it.
type Config struct {
	// Backend is where the app is. Without it Target, Ready and Gone say so.
	Backend Backend
	// Target is the app's address. Only scheme and host are used. Required without Backend.
	Target *url.URL
	// Ready is closed when the app answers; until then requests wait. Nil means
	// that it answers already.
	Ready <-chan struct{}
	// Gone is closed when the app has ended for good: then nobody waits for it.
	Gone <-chan struct{}
	// StartTimeout bounds that wait. Default 10 s.
	StartTimeout time.Duration

	// Identities makes people sign in as a user of a workspace. Exactly one of
	// Identities and Developer is required.
	Identities Identities
	// Developer takes every caller for the developer.
	Developer Developer
	// SessionKey signs the session cookies (see [OpenSessionKey]). Required with
	// Identities.
	SessionKey []byte

	// WorkspaceID is the id of the workspace that the users belong to. Required.
	WorkspaceID string
	// Scopes are those of the users' tokens. Default: [DefaultScopes].
	Scopes []string
	// TokenLife is how long a user's token is valid. Default 1 h.
	TokenLife time.Duration
	// RenewBefore is how long before its end a token is replaced. Default 5 min.
	RenewBefore time.Duration

	// Admit says who of those that are signed in may come in. Nil: all, and probes of the
	// app's health without signing in.
	Admit func(User) bool
	// Pages are answered by the front door itself, by their path, to those who may come in.
	Pages map[string]Page

	// AllowedHosts are names, beside those of the loopback interface, under which
	// a browser may reach the front door.
	AllowedHosts []string
	// Logger gets one line for each request. Required.
	Logger *slog.Logger
	// Now is the clock. Default [time.Now].
	Now func() time.Time
}

// Page answers a request of a user.
type Page func(w http.ResponseWriter, r *http.Request, user User)

func (c *Config) setDefaults() {
	if c.Backend == nil && c.Target != nil && c.Target.Host != "" {
		c.Backend = &oneApp{c.Target, c.Ready, c.Gone}
	}
	if c.StartTimeout == 0 {
		c.StartTimeout = defaultStartTimeout
	}
	if len(c.Scopes) == 0 {
		c.Scopes = DefaultScopes()
	}
	if c.TokenLife == 0 {
		c.TokenLife = defaultTokenLife
	}
	if c.RenewBefore == 0 {
		c.RenewBefore = defaultRenewBefore
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

func (c *Config) validate() error {
	switch {
	case c.Backend == nil:
		return errors.New("the target is missing")
	case c.WorkspaceID == "":
		return errors.New("the workspace id is missing")
	case c.Logger == nil:
		return errors.New("the logger is missing")
	case (c.Identities == nil) == (c.Developer == nil):
		return errors.New("exactly one of identities and developer must be given")
	case c.Identities != nil && len(c.SessionKey) != sessionKeySize:
		return fmt.Errorf("the session key has %d bytes, want %d", len(c.SessionKey), sessionKeySize)
	case c.RenewBefore >= c.TokenLife:
		return fmt.Errorf("tokens are renewed %v before their end and live %v", c.RenewBefore, c.TokenLife)
	}
	return nil
}

// FrontDoor is an [http.Handler]: the whole of what the browser talks to.
type FrontDoor struct {
	auth         authenticator
	own          http.Handler
	proxy        *httputil.ReverseProxy
	transport    *http.Transport
	backend      Backend
	admit        func(User) bool
	pages        map[string]Page
	startTimeout time.Duration
	waiting      chan struct{}
	workspaceID  string
	allowedHosts []string
	log          *slog.Logger
}

// New makes a front door. Close it when no request is in flight any more.
func New(c Config) (*FrontDoor, error) {
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("front door: %w", err)
	}
	d := &FrontDoor{
		transport:    newTransport(),
		backend:      c.Backend,
		admit:        c.Admit,
		pages:        c.Pages,
		startTimeout: c.StartTimeout,
		waiting:      make(chan struct{}, maxWaiting),
		workspaceID:  c.WorkspaceID,
		allowedHosts: c.AllowedHosts,
		log:          c.Logger.With(slog.String("module", "frontdoor")),
	}
	if c.Developer != nil {
		d.auth = &developerAuth{developer: c.Developer, crossOrigin: http.NewCrossOriginProtection()}
		d.own = d.ownPages(&developerDesk{})
	} else {
		sessions := newSessions(c.SessionKey, c.Now)
		d.auth = &sampleUserAuth{
			identities: c.Identities,
			sessions:   sessions,
			tokens: &userTokens{
				identities: c.Identities, scopes: c.Scopes, life: c.TokenLife, renewBefore: c.RenewBefore,
				now: c.Now, tokens: make(map[string]Token),
			},
		}
		d.own = d.ownPages(&signInDesk{identities: c.Identities, sessions: sessions, refuse: d.refuse})
	}
	d.proxy = d.newProxy(d.log)
	return d, nil
}

// Close drops the idle connections to the app.
func (d *FrontDoor) Close() { d.transport.CloseIdleConnections() }

// ServeHTTP answers for the front door's own pages and forwards everything else.
func (d *FrontDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{requestID: requestID(r.Header), started: time.Now()}
	r = withVisit(r, v)
	rec := &statusRecorder{ResponseWriter: w}
	// Deferred, because the proxy panics to break off an answer that it can't finish.
	defer func() { logVisit(d.log, r, v, rec.status) }()

	switch {
	case d.admit == nil && probe(r):
		d.forward(rec, r)
	case !hostAllowed(r.Host, d.allowedHosts):
		d.refuse(rec, r, refuseHost, fmt.Errorf("host %q is not allowed", r.Host))
	case ownPath(r.URL.Path):
		d.own.ServeHTTP(rec, r)
	default:
		d.forwardSignedIn(rec, r)
	}
}

// probe reports whether r asks how the app is: that needs no identity, and the
// app is told none.
func probe(r *http.Request) bool {
	return r.URL.RawPath == "" && (r.URL.Path == "/healthz" || r.URL.Path == "/readyz")
}

// ownPath reports whether a path belongs to the front door.
func ownPath(path string) bool {
	return path == ownPrefix || strings.HasPrefix(path, ownPrefix+"/")
}

func (d *FrontDoor) forwardSignedIn(w http.ResponseWriter, r *http.Request) {
	caller, err := d.auth.authenticate(r)
	if err != nil {
		d.turnAway(w, r, err)
		return
	}
	visitOf(r).caller = caller
	if d.admit != nil && !d.admit(caller.User) {
		d.refuse(w, r, refuseUser, fmt.Errorf("user %s may not use the app", caller.User.ID))
		return
	}
	if page, ok := d.pages[r.URL.Path]; ok {
		w.Header().Set(requestIDHeader, visitOf(r).requestID)
		page(w, r, caller.User)
		return
	}
	d.forward(w, r)
}

// turnAway answers for somebody who could not be authenticated.
func (d *FrontDoor) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errNotSignedIn) && r.Method == http.MethodGet && wantsPage(r):
		visitOf(r).cause = err
		redirect(w, r, signInURL(r.URL.RequestURI()))
	case errors.Is(err, errNotSignedIn):
		d.refuse(w, r, refuseUnauthenticated, err)
	case errors.Is(err, errCrossSite):
		d.refuse(w, r, refuseCrossSite, err)
	case errors.Is(err, errDeveloperRefused):
		d.refuse(w, r, refuseDeveloper, err)
	case errors.Is(err, ErrUnauthenticated):
		d.refuse(w, r, refuseToken, err)
	default:
		d.refuse(w, r, refuseIdentity, err)
	}
}

func (d *FrontDoor) forward(w http.ResponseWriter, r *http.Request) {
	target, release, err := d.acquire(r.Context())
	switch {
	case errors.Is(err, ErrStopped):
		d.refuse(w, r, refuseStopped, err)
		return
	case errors.Is(err, ErrStarting), errors.Is(err, errEnded), r.Context().Err() != nil:
		d.refuse(w, r, refuseStarting, err)
		return
	case err != nil:
		d.refuse(w, r, refuseEnded, err)
		return
	}
	defer release()
	visitOf(r).target = target
	// The app may answer before it has the whole request. Without this the server takes the rest of the request from under the proxy
	// once the answer begins; reading on, the proxy would break off the answer.
	_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 can do that anyway
	d.proxy.ServeHTTP(w, r)
}
