package workspace

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/httpclient"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

const (
	// maxUserClients is how many users' clients are kept, least used dropped first.
	maxUserClients = 1000
	// userClientTTL is how long a user's client is kept. It outlives no token by much: tokens live one hour.
	userClientTTL = time.Hour
	// requestsPerSecond bounds each client. The SDK's own 15 is below one person's page loads.
	requestsPerSecond = 200
	// inactivityTimeout ends a call that moves no byte; a statement may wait 30 s before its first.
	inactivityTimeout = 60 * time.Second
	// meTTL is how long a user's own record is kept.
	meTTL = 5 * time.Minute
)

// Options are what a Workspace needs beside its Config. The zero value is usable.
type Options struct {
	// Logger gets one debug line for each attempt at a call. Default: slog.Default().
	Logger *slog.Logger
	// UserScopes are named in the answer to a user whose token is missing, so that an administrator knows what to switch on.
	UserScopes []string
	// Transport performs the calls. Default: a pooled http.Transport that honours the proxy environment.
	Transport http.RoundTripper
}

// Workspace makes clients. It is safe for concurrent use.
type Workspace struct {
	config  Config
	origin  string
	options Options

	transport http.RoundTripper // repeats what is safe
	once      http.Client       // repeats nothing
	metadata  *metadata
	users     *Cache[struct{}, *client.DatabricksClient]
	me        *Cache[struct{}, Me]
	app       appCredentials
}

// New returns a Workspace. It makes no call: an unreachable workspace is found out by the first use.
func New(cfg Config, options Options) (*Workspace, error) {
	origin, err := cfg.origin()
	if err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	introduce()
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	if options.Transport == nil {
		options.Transport = newPool()
	}
	once := &transport{next: options.Transport, logger: options.Logger}
	w := &Workspace{
		config: cfg, origin: origin, options: options,
		transport: &retrier{next: once},
		once:      http.Client{Transport: once, CheckRedirect: keepRedirect},
		metadata:  newMetadata(origin, once),
		users:     NewCache[struct{}](CacheSettings[*client.DatabricksClient]{MaxEntries: maxUserClients, TTL: userClientTTL}),
		me:        NewCache[struct{}](CacheSettings[Me]{MaxEntries: maxUserClients, TTL: meTTL}),
	}
	w.app = newAppCredentials(cfg, origin, w.transport)
	return w, nil
}

// Close releases idle connections. Calls under way end as they would have.
func (w *Workspace) Close() {
	w.users.Close()
	w.me.Close()
	w.metadata.close()
	w.app.close()
	if t, ok := w.options.Transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// User returns a client that acts as the user in ctx, with that user's own token and no other. Without a token it returns
// a fault of kind Unauthenticated.
func (w *Workspace) User(ctx context.Context) (*client.DatabricksClient, error) {
	if err := w.requireToken(ctx); err != nil {
		return nil, err
	}
	c, err := w.users.Get(ctx, struct{}{}, func(ctx context.Context) (*client.DatabricksClient, error) {
		id, _ := identity.FromContext(ctx)
		return w.newClient(ctx, &config.Config{
			AuthType:    "pat",
			Credentials: config.PatCredentials{},
			Token:       id.AccessToken.Reveal(),
		})
	})
	if err != nil {
		return nil, Fault(err)
	}
	return c, nil
}

func (w *Workspace) requireToken(ctx context.Context) error {
	id, signedIn := identity.FromContext(ctx)
	if !signedIn {
		return fault.New(fault.Unauthenticated, "").WithOp("workspace.user")
	}
	if id.AccessToken.IsZero() {
		return errNoUserToken(w.options.UserScopes)
	}
	return nil
}

// newClient completes cfg, which has the credentials, and returns its client. The environment and configuration files of
// the machine are not consulted.
func (w *Workspace) newClient(ctx context.Context, cfg *config.Config) (*client.DatabricksClient, error) {
	meta, err := w.metadata.get(ctx)
	if err != nil {
		return nil, err
	}
	cfg.Host = w.origin
	cfg.Loaders = []config.Loader{noLoader{}}
	cfg.HTTPTransport = w.transport
	cfg.HTTPTimeoutSeconds = int(inactivityTimeout / time.Second)
	cfg.RetryTimeoutSeconds = int(retryBudget / time.Second)
	cfg.RateLimitPerSecond = requestsPerSecond
	cfg.HostMetadataResolver = func(context.Context, string) (*config.HostMetadata, error) { return meta, nil }
	settings, err := config.HTTPClientConfigFromConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("configure Databricks client: %w", err)
	}
	// The transport repeats what is safe; the SDK would repeat statements too.
	settings.ErrorRetriable = func(context.Context, error) bool { return false }
	settings.TransientErrors = nil
	return client.NewWithClient(cfg, httpclient.NewApiClient(settings))
}

// noLoader keeps the SDK from filling a configuration from the environment: another credential there would win over the
// user's, or stop the client with "more than one authorization method configured".
type noLoader struct{}

func (noLoader) Name() string                   { return "corbel" }
func (noLoader) Configure(*config.Config) error { return nil }
