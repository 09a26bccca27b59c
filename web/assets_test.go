package web

import (
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// getAsset returns the answer, nil when there is no such asset.
func getAsset(t *testing.T, method, path, acceptEncoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	if acceptEncoding != "" {
		r.Header.Set("Accept-Encoding", acceptEncoding)
	}
	w := httptest.NewRecorder()
	if !ServeAsset(w, r) {
		return nil
	}
	return w.Result()
}

// What a first visit loads must be small, and what an element loads beside it not too large; these are the budgets, compressed.
func TestAssetsAreSmall(t *testing.T) {
	t.Parallel()
	for name, most := range map[string]int{Stylesheet: 8 << 10, Module: 12 << 10, Icon: 1 << 10, Editor: 130 << 10, Plot: 26 << 10} {
		size := len(assets()[name].gzipped)
		t.Logf("%s: %d bytes compressed, of at most %d", name, size, most)
		if size > most {
			t.Errorf("%s has %d bytes compressed, more than %d", name, size, most)
		}
	}
}

// The core loads the other modules from addresses that are part of it.
func TestModuleNamesWhatItLoads(t *testing.T) {
	t.Parallel()
	for _, name := range []string{Editor, Plot} {
		if !strings.Contains(string(assets()[Module].plain), `"`+Href(name)+`"`) {
			t.Errorf("%s does not name %s: run `make generate`", Module, Href(name))
		}
	}
}

// A digest that does not fit would leave every page without style and script.
func TestDocumentNamesTheDigestOfItsAssets(t *testing.T) {
	t.Parallel()
	document := render(t, func(b *strings.Builder) error {
		shell := sampleShell()
		shell.Assets = []Asset{{Href: "/assets/1/x/x.css", Integrity: "sha384-x", Type: TypeStylesheet}, {Href: "/assets/2/x/x.js", Type: TypeModule}}
		return WritePage(t.Context(), b, shell, Page{Title: "Catalog"})
	})
	found := map[string]string{}
	for _, n := range find(document, func(n *html.Node) bool { return n.Data == "link" || n.Data == "script" }) {
		href, _ := attribute(n, "href")
		src, _ := attribute(n, "src")
		found[href+src], _ = attribute(n, "integrity")
		if _, async := attribute(n, "async"); n.Data == "script" && !async {
			t.Errorf("module %s is not async: it would wait for the end of a streamed page", src)
		}
	}
	want := map[string]string{Href(Icon): "", "/assets/1/x/x.css": "sha384-x", "/assets/2/x/x.js": ""}
	for _, name := range []string{Stylesheet, Module} {
		digest := sha512.Sum384(assets()[name].plain)
		want[Href(name)] = "sha384-" + base64.StdEncoding.EncodeToString(digest[:])
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("assets of the document (-want +got):\n%s", diff)
	}
}

func TestAssetsAreKeptForEver(t *testing.T) {
	t.Parallel()
	for name, contentType := range map[string]string{Stylesheet: "text/css; charset=utf-8", Module: "text/javascript; charset=utf-8", Icon: "image/svg+xml"} {
		response := getAsset(t, http.MethodGet, Href(name), "")
		body, err := io.ReadAll(response.Body)
		if err != nil || len(body) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(body), err)
		}
		for header, want := range map[string]string{
			"Content-Type": contentType, "Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding",
			"Content-Encoding": "", "Etag": "",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %s = %q, want %q", name, header, got, want)
			}
		}
	}
}

func TestAssetsComeCompressed(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"gzip": true, "deflate, gzip;q=0.5, br": true, "*": true, "GZIP": true, "": false, "br": false, "gzip;q=0": false, "gzip;q=x": false, "gzip ; q = 0.1": true,
	} {
		response := getAsset(t, http.MethodGet, Href(Stylesheet), accept)
		if got := response.Header.Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("Accept-Encoding %q: compressed %v, want %v", accept, got, want)
			continue
		}
		reader := response.Body
		if want {
			z, err := gzip.NewReader(reader)
			if err != nil {
				t.Fatal(err)
			}
			reader = z
		}
		body, err := io.ReadAll(reader)
		if err != nil || !strings.Contains(string(body), "databricks-table") {
			t.Errorf("Accept-Encoding %q: not the stylesheet (%d bytes, %v)", accept, len(body), err)
		}
	}
}

func TestAssetsElsewhereAreNotFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/assets/", "/assets/0000000000000000/corbel.css", "/assets/corbel.css", Href(Stylesheet) + "/", Href(Stylesheet) + "x",
		strings.Replace(Href(Stylesheet), Stylesheet, Icon, 1), "/assets/../corbel.css",
	} {
		if response := getAsset(t, http.MethodGet, path, ""); response != nil {
			t.Errorf("GET %s: %s, want none", path, response.Status)
		}
	}
	response := getAsset(t, http.MethodHead, Href(Icon), "")
	if body, err := io.ReadAll(response.Body); err != nil || len(body) != 0 || response.ContentLength <= 0 {
		t.Errorf("HEAD: %d bytes of body, length %d, %v", len(body), response.ContentLength, err)
	}
}

func TestHrefOfNothingPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("Href of an unknown asset returned")
		}
	}()
	Href("missing.css")
}
