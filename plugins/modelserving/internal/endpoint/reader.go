package endpoint

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const (
	root = "/api/2.0/serving-endpoints"
	// maxCached is how many lists and endpoints are kept, of all users together.
	maxCached = 5000
	// passing is how long a state is believed that will not last, such as that of an endpoint that is being updated.
	passing = 2 * time.Second
)

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// Settings of a Reader.
type Settings struct {
	// Timeout bounds each read.
	Timeout time.Duration
	// TTL is how long what was read is kept for one user and token.
	TTL    time.Duration
	Logger *slog.Logger
}

// Reader reads endpoints as the calling user. It is safe for concurrent use. What it returns is shared: nobody may change it.
type Reader struct {
	workspace *workspace.Workspace
	settings  Settings
	lists     *workspace.Cache[struct{}, kept[[]Endpoint]]
	endpoints *workspace.Cache[string, kept[*Endpoint]]
}

// kept is something that was read.
type kept[V any] struct {
	value   V
	at      time.Time
	settled bool
}

func (k kept[V]) stale() bool { return !k.settled && time.Since(k.at) > passing }

// NewReader returns a Reader.
func NewReader(w *workspace.Workspace, settings Settings) *Reader {
	return &Reader{
		workspace: w, settings: settings,
		lists:     workspace.NewCache[struct{}](workspace.CacheSettings[kept[[]Endpoint]]{MaxEntries: maxCached, TTL: settings.TTL}),
		endpoints: workspace.NewCache[string](workspace.CacheSettings[kept[*Endpoint]]{MaxEntries: maxCached, TTL: settings.TTL}),
	}
}

// Close stops the caches' clean-up.
func (r *Reader) Close() {
	r.lists.Close()
	r.endpoints.Close()
}

// List returns the endpoints that the user may see, by name.
func (r *Reader) List(ctx context.Context) ([]Endpoint, error) {
	return read(ctx, r.lists, struct{}{}, r.list)
}

// Get returns an endpoint with its schema.
func (r *Reader) Get(ctx context.Context, name string) (*Endpoint, error) {
	if !validName.MatchString(name) {
		return nil, errNoEndpoint(nil)
	}
	return read(ctx, r.endpoints, name, func(ctx context.Context) (kept[*Endpoint], error) { return r.get(ctx, name) })
}

// Forget drops what is known of an endpoint, which has turned out to be out of date.
func (r *Reader) Forget(ctx context.Context, name string) {
	r.endpoints.Forget(ctx, name)
	r.lists.Forget(ctx, struct{}{})
}

func read[K comparable, V any](ctx context.Context, cache *workspace.Cache[K, kept[V]], key K, load func(context.Context) (kept[V], error)) (V, error) {
	found, err := cache.Get(ctx, key, load)
	if err == nil && found.stale() {
		cache.Forget(ctx, key)
		found, err = cache.Get(ctx, key, load)
	}
	return found.value, err
}

func (r *Reader) list(ctx context.Context) (kept[[]Endpoint], error) {
	ctx, stop := context.WithTimeout(ctx, r.settings.Timeout)
	defer stop()
	var found struct {
		Endpoints []answer `json:"endpoints"`
	}
	if err := r.do(ctx, "modelserving.endpoints", root, &found); err != nil {
		return kept[[]Endpoint]{}, err
	}
	all := make([]Endpoint, 0, len(found.Endpoints))
	settled := true
	for i := range found.Endpoints {
		e := found.Endpoints[i].endpoint()
		settled = settled && e.State.settled()
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Endpoint) int { return strings.Compare(a.Name, b.Name) })
	return kept[[]Endpoint]{value: all, at: time.Now(), settled: settled}, nil
}

func (r *Reader) get(ctx context.Context, name string) (kept[*Endpoint], error) {
	ctx, stop := context.WithTimeout(ctx, r.settings.Timeout)
	defer stop()
	path := root + "/" + url.PathEscape(name)
	var found answer
	if err := r.do(ctx, "modelserving.endpoint", path, &found); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = errNoEndpoint(err)
		}
		return kept[*Endpoint]{}, err
	}
	e := found.endpoint()
	schema, settled := r.schema(ctx, path)
	e.Schema = schema
	return kept[*Endpoint]{value: &e, at: time.Now(), settled: settled && e.State.settled()}, nil
}

// schema returns what an endpoint takes, nil where it does not say. settled is false when it may say so later.
func (r *Reader) schema(ctx context.Context, path string) (schema *Schema, settled bool) {
	var document json.RawMessage
	if err := r.do(ctx, "modelserving.schema", path+"/openapi", &document); err != nil {
		r.settings.Logger.DebugContext(ctx, "endpoint without schema", "error", err)
		return nil, !fault.From(err).Retryable && fault.KindOf(err) != fault.Upstream
	}
	schema, err := ParseSchema(document)
	if err != nil {
		r.settings.Logger.WarnContext(ctx, "schema of an endpoint is not understood", "error", err)
	}
	return schema, true
}

func (r *Reader) do(ctx context.Context, op, path string, into any) error {
	c, err := r.workspace.User(ctx)
	if err != nil {
		return err
	}
	return workspace.Do(ctx, c, workspace.Call{Op: op, Method: http.MethodGet, Path: path, Answer: into})
}

func errNoEndpoint(err error) *fault.Error {
	return fault.Wrap(fault.NotFound, err, "There is no such serving endpoint, or you may not know of it.").WithCode("ENDPOINT_NOT_FOUND").WithOp("modelserving.endpoint")
}
