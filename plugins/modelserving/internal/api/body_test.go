package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"corbel.example/sdk/fault"
)

// trickle gives a piece every second.
type trickle struct{ piece []byte }

func (r trickle) Read(p []byte) (int, error) {
	<-time.After(time.Second)
	return copy(p, r.piece), nil
}

func TestABodyThatTricklesHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bodies{}
		from := io.MultiReader(bytes.NewReader(make([]byte, 2<<20)), trickle{[]byte("x")})
		_, _, err := b.read(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", from), "ana")
		if f := fault.From(err); f.Code != "BODY_TIMEOUT" || f.Kind != fault.Invalid {
			t.Errorf("got %v", err)
		}
		if b.held != 0 || len(b.users) != 0 {
			t.Errorf("%d places are held by %v", b.held, b.users)
		}
	})
}

func TestBodiesAreReadWhole(t *testing.T) {
	b := &bodies{}
	for _, size := range []int{0, 1, smallBody, smallBody + 1, 3 * smallBody} {
		want := strings.Repeat("y", size)
		got, done, err := b.read(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(want)), "ana")
		if err != nil || string(got) != want {
			t.Fatalf("%d bytes: %d bytes, %v", size, len(got), err)
		}
		if held := b.held; (held == 1) != (size > smallBody) {
			t.Errorf("%d bytes hold %d places", size, held)
		}
		done()
		done()
		if b.held != 0 || len(b.users) != 0 {
			t.Errorf("%d places are held by %v", b.held, b.users)
		}
	}
}
