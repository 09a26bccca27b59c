package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// The assets by name.
const (
	Stylesheet = "corbel.css"
	Icon       = "icon.svg"
)

// AssetPrefix is the path under which Handler expects to be mounted.
const AssetPrefix = "/assets/"

//go:embed styles
var styles embed.FS

// stylesheetParts make up the stylesheet, in the order of the cascade.
var stylesheetParts = []string{"styles/tokens.css", "styles/base.css", "styles/shell.css", "styles/elements.css"}

// asset is one file, ready to serve.
type asset struct {
	contentType string
	hash        string
	plain       []byte
	gzipped     []byte
}

// assets are made once, from files that are part of the program: failing to make them is a defect of the build.
var assets = sync.OnceValue(func() map[string]asset {
	return map[string]asset{
		Stylesheet: mustAsset("text/css; charset=utf-8", stylesheetParts...),
		Icon:       mustAsset("image/svg+xml", "styles/icon.svg"),
	}
})

func mustAsset(contentType string, files ...string) asset {
	var plain, gzipped bytes.Buffer
	for _, file := range files {
		text, err := styles.ReadFile(file)
		if err != nil {
			panic(fmt.Sprintf("web: embedded file %s: %v", file, err))
		}
		plain.Write(text)
	}
	z, err := gzip.NewWriterLevel(&gzipped, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(plain.Bytes())
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(fmt.Sprintf("web: compress %v: %v", files, err))
	}
	sum := sha256.Sum256(plain.Bytes())
	return asset{contentType: contentType, hash: hex.EncodeToString(sum[:8]), plain: plain.Bytes(), gzipped: gzipped.Bytes()}
}

// Href returns the path of an asset: /assets/<hash of its content>/<name>. It panics when there is no asset of that name.
func Href(name string) string {
	a, ok := assets()[name]
	if !ok {
		panic(fmt.Sprintf("web: no asset %q", name))
	}
	return AssetPrefix + a.hash + "/" + name
}

// ServeAsset answers a GET or HEAD under AssetPrefix. An address whose hash is not that of the current content is not found,
// so that a copy can be kept for ever: then ServeAsset returns false, and the answer is the caller's.
func ServeAsset(w http.ResponseWriter, r *http.Request) (found bool) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, AssetPrefix), "/")
	a, ok := assets()[name]
	if !ok || hash != a.hash {
		return false
	}
	a.serve(w, r)
	return true
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.plain
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = a.gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The client may be gone: there is nobody left to tell.
	_, _ = w.Write(body)
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3) as far as gzip is concerned.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, parameters, _ := strings.Cut(part, ";")
		if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "gzip" && coding != "*" {
			continue
		}
		name, weight, _ := strings.Cut(strings.TrimSpace(parameters), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
			return err == nil && q > 0
		}
		return true
	}
	return false
}
