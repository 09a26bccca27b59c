package frontdoor

import (
	"context"
	"errors"
	"time"
)

// ErrUnauthenticated is returned, perhaps wrapped, for a token or a credential
// that the workspace does not accept.
var ErrUnauthenticated = errors.New("not authenticated")

// User is somebody who calls the app.
type User struct {
	// ID is the workspace's id of the user, without the workspace's own.
	ID string
	// UserName is what the user signs in as: an e-mail address, or the
	// application id of a service principal.
	UserName    string
	DisplayName string
	// Email is empty for service principals.
	Email string
	// About says on the sign-in page what this user may do.
	About string
}

// Token is a workspace token of a user.
type Token struct {
	Value   string
	Expires time.Time
}

// Caller is who a request comes from, with the token that the app may use on
// their behalf.
type Caller struct {
	User        User
	AccessToken string
}

// Identities knows the users of a workspace and makes tokens for them. It must
// be safe for concurrent use.
type Identities interface {
	// Users lists those who are offered on the sign-in page, in its order.
	Users() []User
	// User finds one of them by user name.
	User(userName string) (User, bool)
	// Authenticate tells whose workspace token this is. The error is
	// [ErrUnauthenticated] for a token that is not valid for every API.
	Authenticate(ctx context.Context, token string) (User, error)
	// Mint makes a token for user, good for the scopes and for the given life.
	Mint(ctx context.Context, user User, scopes []string, life time.Duration) (Token, error)
}

// Developer is the one user of a front door that signs in by itself, with the
// Databricks credentials that the program was started with. It must be safe for
// concurrent use.
type Developer interface {
	// Caller returns the developer and a token that is valid now. The error is
	// [ErrUnauthenticated] when the workspace refuses the credentials.
	Caller(ctx context.Context) (Caller, error)
}
