package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// encode returns a frame as it travels.
func encode(t testing.TB, f *pluginv1.Frame) []byte {
	t.Helper()
	l := &link{}
	if err := l.appendFrame(f, f.SizeVT()); err != nil {
		t.Fatal(err)
	}
	return l.pending
}

// FuzzFrame reads whatever a process may send as frames. What is read must travel back unchanged in meaning.
func FuzzFrame(f *testing.F) {
	f.Add(encode(f, &pluginv1.Frame{ExchangeId: 1, Request: &pluginv1.Request{
		Method: "GET", Target: "/a%2Fb?c", Host: "h", Headers: []*pluginv1.Header{{Name: "Accept", Value: "*/*"}},
		Body: []byte("body"), User: &pluginv1.User{Id: "1"}, TimeoutNanos: 5,
	}}))
	f.Add(encode(f, &pluginv1.Frame{ExchangeId: 2, Response: &pluginv1.Response{Status: 200, Body: []byte("x"), Trailers: []*pluginv1.Header{{Name: "X", Value: "y"}}}}))
	f.Add(encode(f, &pluginv1.Frame{ExchangeId: 3, Response: &pluginv1.Response{Fault: &pluginv1.Fault{Kind: "NOT_FOUND", Fields: []*pluginv1.FieldViolation{{Path: "/a"}}}}}))
	f.Add(encode(f, &pluginv1.Frame{Hello: &pluginv1.Hello{Credits: 7}}))
	f.Add(encode(f, &pluginv1.Frame{ExchangeId: 4, Cancel: &pluginv1.Cancel{}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0})
	f.Add([]byte{3, 0, 0, 0, 0x12, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			frame, err := readFrame(r)
			if err != nil {
				return
			}
			if frame.SizeVT() > MaxFrame { // an empty message costs more when it is written than some writings of it
				continue
			}
			again, err := readFrame(bytes.NewReader(encode(t, frame)))
			if err != nil {
				t.Fatalf("a frame that was read cannot be read again: %v", err)
			}
			if !bytes.Equal(encode(t, frame), encode(t, again)) {
				t.Fatal("a frame changes when it is sent on")
			}
			releaseFrame(again)
			releaseFrame(frame)
		}
	})
}

// FuzzResponse takes whatever a plugin may answer to the client: HTTP must stay HTTP.
func FuzzResponse(f *testing.F) {
	f.Add(int32(200), "Content-Type", "text/html", "X-Trailer", []byte("body"))
	f.Add(int32(99), "Connection", "close", "", []byte{})
	f.Add(int32(204), "Content-Length", "-5", "Content-Length", []byte("not allowed"))
	f.Add(int32(200), "X\r\nInjected", "a\r\nSet-Cookie: b", "Bad Trailer", []byte{0})
	f.Add(int32(-1), "", "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, status int32, name, value, trailer string, body []byte) {
		resp := &pluginv1.Response{
			Status: status, Headers: []*pluginv1.Header{{Name: name, Value: value}}, Body: body,
			Trailers: []*pluginv1.Header{{Name: trailer, Value: value}},
		}
		w := httptest.NewRecorder()
		err := writeResponse(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), resp)
		var aborted *AbortedError
		if err != nil && !errors.As(err, &aborted) {
			if fault.KindOf(err) != fault.Upstream {
				t.Fatalf("kind %s: %v", fault.KindOf(err), err)
			}
			return
		}
		if w.Code < 200 || w.Code > 599 {
			t.Fatalf("status %d", w.Code)
		}
		for name, values := range w.Header() {
			for _, v := range values {
				if isHopByHop(name) && name != "Trailer" || !httpguts.ValidHeaderFieldName(strings.TrimPrefix(name, http.TrailerPrefix)) || !httpguts.ValidHeaderFieldValue(v) {
					t.Fatalf("header %q: %q", name, v)
				}
			}
		}
	})
}

// FuzzRequestHeaders takes whatever headers a client may send to the plugin: its own, and no credentials.
func FuzzRequestHeaders(f *testing.F) {
	f.Add("Accept", "text/html", "close, x-a")
	f.Add("X-Forwarded-Email", "eve@example.com", "keep-alive")
	f.Add("x-forwarded-access-token", "dapi", "")
	f.Add("Cookie", "a=b", "Cookie")
	f.Add("Transfer-Encoding", "chunked", ", ,")
	f.Fuzz(func(t *testing.T, name, value, connection string) {
		h := make(http.Header)
		h.Add(name, value)
		h.Add("Connection", connection)
		list, err := appendRequestHeaders(nil, h)
		if err != nil {
			if len(name)+len(value) < MaxHeaderBytes {
				t.Fatal(err)
			}
			return
		}
		for name, values := range headerFromProto(list) {
			if staysAtBorder(name) {
				t.Fatalf("%q: %q reached the plugin", name, values)
			}
		}
	})
}

// FuzzTarget makes the handler's request of any target.
func FuzzTarget(f *testing.F) {
	for _, target := range []string{"/", "/a%2Fb?c=%zz", "*", "http://evil/", "//x", "/%", "/\x00", ""} {
		f.Add(target, "GET")
	}
	f.Fuzz(func(t *testing.T, target, method string) {
		r := newRequest(t.Context(), &pluginv1.Request{Method: method, Target: target})
		if r.URL == nil || r.RequestURI != target {
			t.Fatalf("request of %q: %+v", target, r)
		}
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
		http.NewServeMux().ServeHTTP(httptest.NewRecorder(), r)
	})
}
