package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// backend answers every path with the same.
type backend struct {
	answer func(w http.ResponseWriter, x wire.Exchange) error
	asked  atomic.Int64
}

func (b *backend) Name() string { return "charts" }

func (b *backend) Forward(w http.ResponseWriter, _ *http.Request, x wire.Exchange) error {
	b.asked.Add(1)
	return b.answer(w, x)
}

func text(s string) func(http.ResponseWriter, wire.Exchange) error {
	return func(w http.ResponseWriter, _ wire.Exchange) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func integrity(s string) string {
	sum := sha512.Sum384([]byte(s))
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

const module = "export const answer = 42;\n"

// mounted is a plugin with one module, which its manifest says is that of the constant.
func mounted(b *backend, generation uint64) mount.Mounted {
	return mount.Mounted{Backend: b, State: mount.Ready, Generation: generation, Manifest: plugin.Manifest{
		Name: "charts", Routes: []plugin.Route{{Method: http.MethodGet, Pattern: "/api/charts/charts.js", Auth: plugin.Anyone}},
		Assets: []plugin.Asset{{Name: "charts.js", ContentType: web.TypeModule, Integrity: integrity(module), Path: "/api/charts/charts.js"}},
	}}
}

func store(t *testing.T, b *backend, log io.Writer) (*Store, *mount.Table) {
	t.Helper()
	table := mount.NewTable(nil)
	if conflicts := table.Set([]mount.Mounted{mounted(b, 1)}); len(conflicts) > 0 {
		t.Fatal(conflicts)
	}
	return New(table, slog.New(slog.NewTextHandler(log, nil))), table
}

func get(t *testing.T, s *Store, path, encoding string) (*httptest.ResponseRecorder, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	return w, s.Serve(w, r)
}

func TestAssetComesFromItsPluginOnce(t *testing.T) {
	t.Parallel()
	b := &backend{answer: text(module)}
	s, _ := store(t, b, io.Discard)
	listed := s.Of("charts", []string{"charts.js", "missing.js"})
	if len(listed) != 1 || listed[0].Integrity != integrity(module) || listed[0].Type != web.TypeModule || !strings.HasSuffix(listed[0].Href, "/charts/charts.js") {
		t.Fatalf("head has %+v", listed)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if w, err := get(t, s, listed[0].Href, ""); err != nil || w.Body.String() != module {
				t.Errorf("%q, %v", w.Body, err)
			}
		})
	}
	group.Wait()
	w, err := get(t, s, listed[0].Href, "gzip")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != module {
		t.Errorf("compressed: %q, %v", body, err)
	}
	if h := w.Header(); !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("header %v", h)
	}
	if n := b.asked.Load(); n != 1 {
		t.Errorf("the plugin was asked %d times", n)
	}
}

func TestAssetThatIsNotWhatTheManifestSays(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	b := &backend{answer: text("alert(1)")}
	s, table := store(t, b, &log)
	href := s.Of("charts", []string{"charts.js"})[0].Href
	if w, err := get(t, s, href, ""); fault.KindOf(err) != fault.Upstream || w.Body.Len() > 0 {
		t.Errorf("%v with %q", err, w.Body)
	}
	for _, want := range []string{"level=ERROR", "plugin=charts", "asset=charts.js", integrity(module), integrity("alert(1)")} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
	if list := s.Of("charts", []string{"charts.js"}); len(list) > 0 {
		t.Errorf("the head still has %+v", list)
	}
	if _, err := get(t, s, href, ""); fault.KindOf(err) != fault.NotFound || b.asked.Load() != 1 {
		t.Errorf("asked again: %v, %d times", err, b.asked.Load())
	}
	// A new process may have the right one.
	b.answer = text(module)
	table.Set([]mount.Mounted{mounted(b, 2)})
	if w, err := get(t, s, href, ""); err != nil || w.Body.String() != module {
		t.Errorf("after a restart: %q, %v", w.Body, err)
	}
}

func TestAssetThatCannotBeHad(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter, wire.Exchange) error
		kind   fault.Kind
	}{
		"down":      {func(http.ResponseWriter, wire.Exchange) error { return fault.New(fault.Unavailable, "") }, fault.Unavailable},
		"too large": {text(strings.Repeat("x", MaxBytes+1)), fault.Upstream},
		"an error": {func(w http.ResponseWriter, _ wire.Exchange) error {
			w.WriteHeader(http.StatusNotFound)
			return nil
		}, fault.Upstream},
		"an identity": {func(_ http.ResponseWriter, x wire.Exchange) error {
			if x.Identity.User.IsZero() && x.Identity.AccessToken.Reveal() == "" {
				return fault.New(fault.Unauthenticated, "")
			}
			return errors.New("somebody's identity went with it")
		}, fault.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &backend{answer: test.answer}
			s, _ := store(t, b, io.Discard)
			href := s.Of("charts", []string{"charts.js"})[0].Href
			if w, err := get(t, s, href, ""); fault.KindOf(err) != test.kind || w.Body.Len() > 0 {
				t.Errorf("%v with %d bytes, want kind %v", err, w.Body.Len(), test.kind)
			}
			b.answer = text(module)
			if w, err := get(t, s, href, ""); err != nil || w.Body.String() != module {
				t.Errorf("the next time: %v", err)
			}
		})
	}
}

func TestAssetsElsewhere(t *testing.T) {
	t.Parallel()
	s, _ := store(t, &backend{answer: text(module)}, io.Discard)
	href := s.Of("charts", []string{"charts.js"})[0].Href
	for _, path := range []string{"/assets/", "/assets/x", "/assets/0000000000000000/charts/charts.js", href + "x", strings.Replace(href, "charts/", "other/", 1)} {
		if _, err := get(t, s, path, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("GET %s: %v", path, err)
		}
	}
	if w, err := get(t, s, web.Href(web.Stylesheet), ""); err != nil || w.Body.Len() == 0 {
		t.Errorf("the shell's stylesheet: %v", err)
	}
}
