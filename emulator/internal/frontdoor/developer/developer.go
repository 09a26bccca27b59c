package developer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/databricks/databricks-sdk-go/config"
	"golang.org/x/sync/singleflight"

	"corbel.example/emulator/internal/frontdoor"
)

const (
	mePath = "/api/2.0/preview/scim/v2/Me"

	// meTimeout bounds one question to the workspace.
	meTimeout = 10 * time.Second

	// retryTimeout is how long the SDK tries again what it asks the workspace by
	// itself: somebody waits for it, without a way to make it stop.
	retryTimeout = 3 * time.Second

	// identityLife is how long the answer is good for. The token may be
	// exchanged for another one's by then.
	identityLife = 10 * time.Minute

	// unknownWorkspace stands for the id of a workspace that does not tell it.
	unknownWorkspace = "0"

	// maxMeSize bounds the answer, in bytes: a user may be in many groups.
	maxMeSize = 4 << 20
)

// Developer is the developer's identity in one workspace. It is safe for
// concurrent use.
type Developer struct {
	cfg    *config.Config
	host   string // with its scheme, without a slash at the end
	client *http.Client

	asks singleflight.Group // by token

	mu    sync.Mutex
	known identity // of the last token: there is one developer
}

var _ frontdoor.Developer = (*Developer)(nil)

type identity struct {
	token       string
	user        frontdoor.User
	workspaceID string
	until       time.Time
}

// New resolves the credentials in cfg, from the environment where it is empty.
// The workspace is not asked yet who the developer is, but may be asked how to
// sign in: that takes no context, and some seconds when the workspace is silent.
func New(cfg *config.Config) (*Developer, error) {
	if cfg.RetryTimeoutSeconds == 0 {
		cfg.RetryTimeoutSeconds = int(retryTimeout.Seconds())
	}
	if cfg.HTTPTimeoutSeconds == 0 {
		cfg.HTTPTimeoutSeconds = int(meTimeout.Seconds())
	}
	if err := cfg.EnsureResolved(); err != nil {
		return nil, fmt.Errorf("databricks credentials: %w", err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	return &Developer{cfg: cfg, host: cfg.CanonicalHostName(), client: &http.Client{Transport: transport, Timeout: meTimeout}}, nil
}

// Close drops the idle connections to the workspace.
func (d *Developer) Close() { d.client.CloseIdleConnections() }

// Caller returns the developer with a token that is valid now.
func (d *Developer) Caller(ctx context.Context) (frontdoor.Caller, error) {
	id, err := d.identity(ctx)
	if err != nil {
		return frontdoor.Caller{}, err
	}
	return frontdoor.Caller{User: id.user, AccessToken: id.token}, nil
}

// WorkspaceID returns the id of the workspace.
func (d *Developer) WorkspaceID(ctx context.Context) (string, error) {
	id, err := d.identity(ctx)
	return id.workspaceID, err
}

// AppEnvironment returns the variables by which the app itself signs in, as
// Databricks Apps would set them: the address, and the credentials of a service
// principal where the developer has them, else a token. The token is the current
// one: expires reports whether it ends by itself.
func (d *Developer) AppEnvironment() (env []string, expires bool, err error) {
	env = []string{"DATABRICKS_HOST=" + d.host}
	if d.cfg.ClientID != "" && d.cfg.ClientSecret != "" {
		return append(env, "DATABRICKS_CLIENT_ID="+d.cfg.ClientID, "DATABRICKS_CLIENT_SECRET="+d.cfg.ClientSecret), false, nil
	}
	token, err := d.token()
	if err != nil {
		return nil, false, err
	}
	return append(env, "DATABRICKS_TOKEN="+token), token != d.cfg.Token, nil
}

func (d *Developer) identity(ctx context.Context) (identity, error) {
	token, err := d.token()
	if err != nil {
		return identity{}, err
	}
	d.mu.Lock()
	known := d.known
	d.mu.Unlock()
	if known.token == token && time.Now().Before(known.until) {
		return known, nil
	}
	asked := d.asks.DoChan(token, func() (any, error) {
		// The answer is for all who wait, so it outlives the first of them.
		return d.ask(context.WithoutCancel(ctx), token)
	})
	select {
	case <-ctx.Done():
		return identity{}, ctx.Err()
	case res := <-asked:
		if res.Err != nil {
			return identity{}, res.Err
		}
		return res.Val.(identity), nil
	}
}

// token returns the current access token; the SDK renews it when it must.
func (d *Developer) token() (string, error) {
	var carrier http.Request
	carrier.Header = http.Header{}
	if err := d.cfg.Authenticate(&carrier); err != nil {
		return "", fmt.Errorf("databricks token: %w", err)
	}
	token, ok := strings.CutPrefix(carrier.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", fmt.Errorf("databricks token: auth type %q has none: use DATABRICKS_TOKEN or OAuth", d.cfg.AuthType)
	}
	return token, nil
}

// me is the part of the SCIM answer that is used.
type me struct {
	ID          string `json:"id"`
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Emails      []struct {
		Value   string `json:"value"`
		Primary bool   `json:"primary"`
	} `json:"emails"`
}

// ask has the workspace tell whose token this is.
func (d *Developer) ask(ctx context.Context, token string) (identity, error) {
	answer, workspaceID, err := d.getMe(ctx, token)
	if err != nil {
		return identity{}, fmt.Errorf("who is signed in at %s: %w", d.host, err)
	}
	id := identity{
		token:       token,
		user:        frontdoor.User{ID: answer.ID, UserName: answer.UserName, DisplayName: answer.DisplayName},
		workspaceID: workspaceID,
		until:       time.Now().Add(identityLife),
	}
	if id.workspaceID == "" {
		id.workspaceID = unknownWorkspace
	}
	for _, e := range answer.Emails {
		if id.user.Email == "" || e.Primary {
			id.user.Email = e.Value
		}
	}
	d.mu.Lock()
	d.known = id
	d.mu.Unlock()
	return id, nil
}

func (d *Developer) getMe(ctx context.Context, token string) (answer me, workspaceID string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.host+mePath, nil)
	if err != nil {
		return me{}, "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	res, err := d.client.Do(req)
	if err != nil {
		return me{}, "", err
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return me{}, "", fmt.Errorf("%w: %s", frontdoor.ErrUnauthenticated, res.Status)
	default:
		return me{}, "", fmt.Errorf("GET %s: %s", mePath, res.Status)
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxMeSize)).Decode(&answer); err != nil {
		return me{}, "", fmt.Errorf("GET %s: %w", mePath, err)
	}
	if answer.ID == "" || answer.UserName == "" {
		return me{}, "", fmt.Errorf("GET %s: the answer names no user", mePath)
	}
	return answer, res.Header.Get("X-Databricks-Org-Id"), nil
}
