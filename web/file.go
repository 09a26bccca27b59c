package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// File is content that is served under an address with its hash, so that a copy can be kept for ever.
type File struct {
	contentType string
	digest      [sha512.Size384]byte
	plain       []byte
	gzipped     []byte
}

// NewFile compresses the content once. The file keeps it.
func NewFile(contentType string, content []byte) (File, error) {
	var gzipped bytes.Buffer
	z, err := gzip.NewWriterLevel(&gzipped, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return File{}, fmt.Errorf("compress: %w", err)
	}
	return File{contentType: contentType, digest: sha512.Sum384(content), plain: content, gzipped: gzipped.Bytes()}, nil
}

// Hash is the part of the content's digest that stands in addresses: 16 hexadecimal digits.
func (f File) Hash() string { return hex.EncodeToString(f.digest[:8]) }

// Integrity is the content's digest as browsers check it.
func (f File) Integrity() string { return "sha384-" + base64.StdEncoding.EncodeToString(f.digest[:]) }

// Serve answers a GET or HEAD request with the file, compressed if the client understands that.
func (f File) Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	body := f.plain
	if AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// The client may be gone: there is nobody left to tell.
	_, _ = w.Write(body)
}

// AcceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3) as far as gzip is concerned.
func AcceptsGzip(header string) bool {
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
