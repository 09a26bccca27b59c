package frontdoor

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// authenticator finds out who sent a request.
type authenticator interface {
	// authenticate returns the caller, one of the errors below, ErrUnauthenticated,
	// or whatever kept it from finding out.
	authenticate(r *http.Request) (*Caller, error)
}

var (
	errNotSignedIn = errors.New("not signed in")
	errCrossSite   = errors.New("request comes from another site")
	// errDeveloperRefused goes with ErrUnauthenticated when the credentials are
	// the program's own and not the request's.
	errDeveloperRefused = errors.New("credentials of the environment refused")
)

// sampleUserAuth accepts a workspace token, or a session of the sign-in page.
type sampleUserAuth struct {
	identities Identities
	sessions   *sessions
	tokens     *userTokens
}

func (a *sampleUserAuth) authenticate(r *http.Request) (*Caller, error) {
	user, err := a.user(r)
	if err != nil {
		return nil, err
	}
	token, err := a.tokens.token(r.Context(), user)
	if err != nil {
		return nil, err
	}
	return &Caller{User: user, AccessToken: token}, nil
}

func (a *sampleUserAuth) user(r *http.Request) (User, error) {
	if token, ok := bearerToken(r.Header); ok {
		user, err := a.identities.Authenticate(r.Context(), token)
		if err != nil {
			return User{}, fmt.Errorf("bearer token: %w", err)
		}
		return user, nil
	}
	name, ok := a.sessions.userName(r)
	if !ok {
		return User{}, errNotSignedIn
	}
	user, ok := a.identities.User(name)
	if !ok { // the session is older than the list of users
		return User{}, errNotSignedIn
	}
	return user, nil
}

func bearerToken(h http.Header) (string, bool) {
	scheme, token, ok := strings.Cut(h.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// developerAuth takes everybody for the developer. No cookie is asked for, so
// nothing tells the developer's own pages from another site's: what a SameSite=Lax
// cookie would do is done here.
type developerAuth struct {
	developer   Developer
	crossOrigin *http.CrossOriginProtection
}

func (a *developerAuth) authenticate(r *http.Request) (*Caller, error) {
	if err := a.crossOrigin.Check(r); err != nil {
		return nil, fmt.Errorf("%w: %w", errCrossSite, err)
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && !topLevelNavigation(r.Header) {
		return nil, errCrossSite
	}
	caller, err := a.developer.Caller(r.Context())
	if errors.Is(err, ErrUnauthenticated) {
		return nil, fmt.Errorf("%w: %w", errDeveloperRefused, err)
	}
	if err != nil {
		return nil, err
	}
	return &caller, nil
}

// topLevelNavigation reports whether the browser opens a page, by a link say.
// Methods that change something were checked before.
func topLevelNavigation(h http.Header) bool {
	return h.Get("Sec-Fetch-Mode") == "navigate" && h.Get("Sec-Fetch-Dest") == "document"
}
