package ui

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"

	"github.com/a-h/templ"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
)

// maxPooled is the largest buffer that is kept for the next fragment.
const maxPooled = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Write answers with a fragment. It is rendered before anything is sent: with an error nothing has been, and the answer can
// still be one. Fragments are made for one user, so nobody else's cache keeps them.
func Write(w http.ResponseWriter, r *http.Request, c Component) error {
	page, _ := buffers.Get().(*bytes.Buffer)
	defer func() {
		if page.Cap() <= maxPooled {
			page.Reset()
			buffers.Put(page)
		}
	}()
	if err := c.Render(withIDs(templ.InitializeContext(r.Context())), page); err != nil {
		return fmt.Errorf("render the fragment of %s: %w", r.URL.Path, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// The client may be gone: there is nobody left to tell.
	_, _ = page.WriteTo(w)
	return nil
}

// View makes a component for a request. It is an http.Handler: an error ends the exchange as a fault, which the host shows as a
// banner in the fragment's place.
type View func(*http.Request) (Component, error)

// ServeHTTP answers with the component.
func (v View) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := v(r)
	if err == nil {
		err = Write(w, r, c)
	}
	if err != nil {
		fault.Fail(w, err, correlation.RequestID(r.Context()))
	}
}

// ThemeHeader is the header by which the answer of a plugin's route chooses the shell's theme: light, dark or system.
const ThemeHeader = "Corbel-Theme"
