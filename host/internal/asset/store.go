package asset

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"corbel.example/host/internal/answer"
	"corbel.example/host/internal/mount"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

const (
	// MaxBytes is the largest asset of a plugin, not compressed.
	MaxBytes = 512 << 10
	// keptBytes is the memory for assets, of all plugins together.
	keptBytes = 32 << 20
	// fetchTimeout bounds how long a plugin may take to answer with an asset.
	fetchTimeout = 5 * time.Second
	// hashBytes is how much of the digest stands in an asset's address.
	hashBytes = 8
)

// Table is what the store needs of mount.Table.
type Table interface {
	Assets(plugin string) []mount.Asset
}

type digest = [sha512.Size384]byte

// kept is an asset in memory.
type kept struct {
	file web.File
	size int
}

// Store has the plugins' assets. Its methods may be called concurrently.
type Store struct {
	table   Table
	logger  *slog.Logger
	files   *otter.Cache[digest, kept]
	flights singleflight.Group

	mu sync.RWMutex
	// off has the plugins whose assets are not what their manifests say, each with the generation that was looked at.
	off map[string]uint64
}

// New returns a store.
func New(table Table, logger *slog.Logger) *Store {
	return &Store{table: table, logger: logger, off: map[string]uint64{}, files: otter.Must(&otter.Options[digest, kept]{
		MaximumWeight: keptBytes,
		Weigher:       func(_ digest, k kept) uint32 { return uint32(2 * k.size) }, //nolint:gosec // at most MaxBytes, as it is and compressed
	})}
}

// Of returns what the head of a document names for a plugin's assets of those names. Assets of a plugin that did not keep
// its manifest's word are off: there are none.
func (s *Store) Of(plugin string, names []string) []web.Asset {
	var list []web.Asset
	for _, asset := range s.table.Assets(plugin) {
		for _, name := range names {
			if name == asset.Name && !s.isOff(plugin, asset.Generation) {
				list = append(list, web.Asset{Href: href(plugin, &asset), Integrity: asset.Integrity, Type: asset.ContentType})
			}
		}
	}
	return list
}

// href is where the host serves an asset: a path that changes with its content.
func href(plugin string, asset *mount.Asset) string {
	return web.AssetPrefix + hex.EncodeToString(asset.Digest[:hashBytes]) + "/" + plugin + "/" + asset.Name
}

func (s *Store) isOff(plugin string, generation uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at, ok := s.off[plugin]
	return ok && at == generation
}

// Serve answers a GET or HEAD below web.AssetPrefix: one of the shell's own assets, or of a plugin. The error is a
// *fault.Error, and then nothing has been written.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request) error {
	if web.ServeAsset(w, r) {
		return nil
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, web.AssetPrefix), "/")
	plugin, _, _ := strings.Cut(rest, "/")
	for _, asset := range s.table.Assets(plugin) {
		if href(plugin, &asset) != r.URL.Path || s.isOff(plugin, asset.Generation) {
			continue
		}
		file, err := s.file(r.Context(), plugin, &asset)
		if err != nil {
			return err
		}
		file.Serve(w, r)
		return nil
	}
	return fault.New(fault.NotFound, "")
}

// file returns an asset, from the plugin if the store does not have it.
func (s *Store) file(ctx context.Context, plugin string, asset *mount.Asset) (web.File, error) {
	if k, ok := s.files.GetIfPresent(asset.Digest); ok {
		return k.file, nil
	}
	loaded, err, _ := s.flights.Do(plugin+"/"+asset.Name+"/"+asset.Integrity, func() (any, error) {
		// For all that wait, not only for the one that came first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
		defer cancel()
		return s.load(ctx, plugin, asset)
	})
	if err != nil {
		return web.File{}, err
	}
	return loaded.(web.File), nil
}

// load gets an asset from its plugin and checks it. Nobody's identity goes with it: what everybody gets depends on nobody.
func (s *Store) load(ctx context.Context, plugin string, asset *mount.Asset) (web.File, error) {
	u, err := url.ParseRequestURI(asset.Path)
	if err != nil {
		return web.File{}, fault.Wrap(fault.Internal, err, "")
	}
	a := answer.New(MaxBytes)
	defer a.Release()
	r := (&http.Request{
		Method: http.MethodGet, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody, RequestURI: asset.Path,
	}).WithContext(ctx)
	err = asset.Backend.Forward(a, r, wire.Exchange{RequestID: correlation.RequestID(ctx), Timeout: fetchTimeout})
	if a.TooBig() != nil {
		err = fault.Wrap(fault.Upstream, a.TooBig(), "")
	}
	if err != nil {
		return web.File{}, fault.Wrap(fault.KindOf(err), fmt.Errorf("asset %q of plugin %q: %w", asset.Name, plugin, err), "").WithOrigin(plugin)
	}
	if a.Status() != http.StatusOK {
		return web.File{}, fault.Wrap(fault.Upstream, fmt.Errorf("asset %q of plugin %q: %s answers with status %d", asset.Name, plugin, asset.Path, a.Status()), "").WithOrigin(plugin)
	}
	if got := sha512.Sum384(a.Body()); got != asset.Digest {
		s.turnOff(ctx, plugin, asset, got)
		return web.File{}, fault.Wrap(fault.Upstream, fmt.Errorf("asset %q of plugin %q is not what its manifest says", asset.Name, plugin), "").WithOrigin(plugin)
	}
	file, err := web.NewFile(asset.ContentType+"; charset=utf-8", bytes.Clone(a.Body()))
	if err != nil {
		return web.File{}, fault.Wrap(fault.Internal, err, "")
	}
	s.files.Set(asset.Digest, kept{file, len(a.Body())})
	return file, nil
}

// turnOff leaves a plugin without assets until it is started anew.
func (s *Store) turnOff(ctx context.Context, plugin string, asset *mount.Asset, got digest) {
	s.mu.Lock()
	s.off[plugin] = asset.Generation
	s.mu.Unlock()
	s.logger.ErrorContext(ctx, "plugin's assets are off: one is not what the manifest says: build the plugin with the digest of what it serves",
		slog.String(logging.PluginKey, plugin), slog.String("asset", asset.Name),
		slog.String("manifest", asset.Integrity), slog.String("served", "sha384-"+base64.StdEncoding.EncodeToString(got[:])))
}
