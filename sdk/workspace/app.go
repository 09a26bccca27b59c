package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/config/credentials"
	"github.com/maypok86/otter/v2"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"corbel.example/sdk/fault"
)

const (
	discoveryPath = "/oidc/.well-known/oauth-authorization-server"
	appScope      = "all-apis"
	// tokenMargin is how long before its end a token is replaced.
	tokenMargin = 2 * time.Minute
	// tokenTTL is the life of a token that does not name its own, and the least life of any.
	tokenTTL    = 5 * time.Minute
	minTokenTTL = time.Second
)

// HasApp says whether the app has credentials of its own.
func (w *Workspace) HasApp() bool { return w.config.ClientID != "" || !w.config.Token.IsZero() }

// App returns a client that acts as the app: its service principal, or the configured token. Never serve a user with it.
func (w *Workspace) App(ctx context.Context) (*client.DatabricksClient, error) {
	if !w.HasApp() {
		return nil, &fault.Error{
			Kind: fault.Unavailable, Code: "APP_CREDENTIALS_MISSING", Op: "workspace.app",
			Message: "The application has no Databricks credentials of its own. Set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or DATABRICKS_TOKEN.",
		}
	}
	c, err := w.app.clients.Get(ctx, struct{}{}, otter.LoaderFunc[struct{}, *client.DatabricksClient](
		func(ctx context.Context, _ struct{}) (*client.DatabricksClient, error) {
			return w.newClient(ctx, w.app.config())
		}))
	if err != nil {
		return nil, Fault(err)
	}
	return c, nil
}

// appCredentials are how the app proves who it is. It is a config.CredentialsStrategy of the SDK, in place of the SDK's own
// for service principals: that one fetches tokens outside the caller's context and may hold it up for a minute.
type appCredentials struct {
	static    string
	principal clientcredentials.Config
	origin    string
	http      *http.Client

	clients *otter.Cache[struct{}, *client.DatabricksClient]
	tokens  *otter.Cache[struct{}, *oauth2.Token]
}

func newAppCredentials(cfg Config, origin string, transport http.RoundTripper) appCredentials {
	return appCredentials{
		static: cfg.Token.Reveal(),
		principal: clientcredentials.Config{
			ClientID:     cfg.ClientID,
			ClientSecret: cfg.ClientSecret.Reveal(),
			AuthStyle:    oauth2.AuthStyleInHeader,
			Scopes:       []string{appScope},
		},
		origin:  origin,
		http:    &http.Client{Transport: transport, Timeout: inactivityTimeout, CheckRedirect: keepRedirect},
		clients: otter.Must(&otter.Options[struct{}, *client.DatabricksClient]{MaximumSize: 1}),
		tokens: otter.Must(&otter.Options[struct{}, *oauth2.Token]{
			MaximumSize:      1,
			ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[struct{}, *oauth2.Token]) time.Duration { return tokenLife(e.Value) }),
		}),
	}
}

func tokenLife(t *oauth2.Token) time.Duration {
	if t.Expiry.IsZero() {
		return tokenTTL
	}
	return max(time.Until(t.Expiry)-tokenMargin, minTokenTTL)
}

func (a *appCredentials) close() { a.tokens.StopAllGoroutines() }

func (a *appCredentials) config() *config.Config {
	if a.principal.ClientID == "" {
		return &config.Config{AuthType: "pat", Credentials: config.PatCredentials{}, Token: a.static}
	}
	return &config.Config{AuthType: a.Name(), Credentials: a}
}

// Name is the SDK's name of this way to sign in.
func (a *appCredentials) Name() string { return "oauth-m2m" }

// Configure returns what signs the SDK's requests.
func (a *appCredentials) Configure(context.Context, *config.Config) (credentials.CredentialsProvider, error) {
	return credentials.CredentialsProviderFn(func(r *http.Request) error {
		token, err := a.tokens.Get(r.Context(), struct{}{}, otter.LoaderFunc[struct{}, *oauth2.Token](a.fetch))
		if err != nil {
			return fmt.Errorf("sign in as service principal %s: %w", a.principal.ClientID, err)
		}
		token.SetAuthHeader(r)
		return nil
	}), nil
}

func (a *appCredentials) fetch(ctx context.Context, _ struct{}) (*oauth2.Token, error) {
	endpoint, err := a.tokenEndpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the token endpoint: %w", err)
	}
	principal := a.principal
	principal.TokenURL = endpoint
	return principal.Token(context.WithValue(ctx, oauth2.HTTPClient, a.http))
}

// tokenEndpoint asks the workspace where its tokens are (RFC 8414).
func (a *appCredentials) tokenEndpoint(ctx context.Context) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.origin+discoveryPath, http.NoBody)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "application/json")
	response, err := a.http.Do(r)
	if err != nil {
		return "", err
	}
	defer discard(response)
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%w: %s answered %s", errDiscovery, discoveryPath, response.Status)
	}
	var found struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, response.Body, maxMetadataBytes)).Decode(&found); err != nil {
		return "", fmt.Errorf("%w: %w", errDiscovery, err)
	}
	u, err := url.Parse(found.TokenEndpoint)
	if err != nil || (u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname()))) {
		return "", fmt.Errorf("%w: token endpoint %q is not https", errDiscovery, found.TokenEndpoint)
	}
	return found.TokenEndpoint, nil
}

// errDiscovery marks an answer that does not say where tokens are.
var errDiscovery = errors.New("the workspace does not name its token endpoint")
