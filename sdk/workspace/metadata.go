package workspace

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/databricks/databricks-sdk-go/config"
	"github.com/maypok86/otter/v2"
)

const (
	metadataPath    = "/.well-known/databricks-config"
	metadataTimeout = 5 * time.Second
	// metadataTTL and metadataRetry: the description of a workspace does not change, its absence may pass.
	metadataTTL   = 24 * time.Hour
	metadataRetry = time.Minute
	// maxMetadataBytes is the largest description that is read.
	maxMetadataBytes = 1 << 20
)

// metadata is what the workspace says about itself, fetched once for all clients. Few workspaces need it and many do not
// have it, so its absence is no error.
type metadata struct {
	url    string
	client http.Client
	known  *otter.Cache[struct{}, description]
}

// description is nil HostMetadata where the workspace has none; settled says that this will not change.
type description struct {
	host    *config.HostMetadata
	settled bool
}

func newMetadata(origin string, transport http.RoundTripper) *metadata {
	return &metadata{
		url:    origin + metadataPath,
		client: http.Client{Transport: transport, Timeout: metadataTimeout, CheckRedirect: keepRedirect},
		known: otter.Must(&otter.Options[struct{}, description]{
			MaximumSize: 1,
			ExpiryCalculator: otter.ExpiryCreatingFunc(func(e otter.Entry[struct{}, description]) time.Duration {
				if e.Value.settled {
					return metadataTTL
				}
				return metadataRetry
			}),
		}),
	}
}

// get returns nil when the workspace does not describe itself. It fails only with ctx.
func (m *metadata) get(ctx context.Context) (*config.HostMetadata, error) {
	d, err := m.known.Get(ctx, struct{}{}, otter.LoaderFunc[struct{}, description](m.fetch))
	return d.host, err
}

func (m *metadata) fetch(ctx context.Context, _ struct{}) (description, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url, http.NoBody)
	if err != nil {
		return description{}, err
	}
	r.Header.Set("Accept", "application/json")
	response, err := m.client.Do(r)
	if err != nil {
		return description{}, ctx.Err()
	}
	defer discard(response)
	if response.StatusCode != http.StatusOK {
		return description{settled: response.StatusCode < http.StatusInternalServerError && response.StatusCode != http.StatusTooManyRequests}, nil
	}
	var host config.HostMetadata
	if err := json.NewDecoder(http.MaxBytesReader(nil, response.Body, maxMetadataBytes)).Decode(&host); err != nil {
		return description{settled: ctx.Err() == nil}, ctx.Err()
	}
	return description{host: &host, settled: true}, nil
}

func (m *metadata) close() { m.known.StopAllGoroutines() }

// keepRedirect keeps a client from following a redirect, to a sign-in page for instance.
func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
