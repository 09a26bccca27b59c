package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// rogue is a plugin process whose end of the link the test plays.
func rogue(t *testing.T) (*Client, net.Conn) {
	t.Helper()
	host, far := socketPair(t)
	control, err := grpc.NewClient("passthrough:///nobody", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(host, control)
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), control.Close()); err != nil {
			t.Error(err)
		}
		far.Close()
	})
	return c, far
}

func forward(c *Client, ctx context.Context, x Exchange) error {
	return c.Forward(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), x)
}

func TestRubbishOnTheLinkEndsTheConnectionAndNothingElse(t *testing.T) {
	t.Parallel()
	long := binary.LittleEndian.AppendUint32(nil, MaxFrame+1)
	for name, sent := range map[string][]byte{
		"text":               []byte("panic: runtime error\n"),
		"frame too long":     long,
		"frame of rubbish":   append(binary.LittleEndian.AppendUint32(nil, 4), 0xff, 0xff, 0xff, 0xff),
		"frame of a host":    encode(t, &pluginv1.Frame{ExchangeId: 1, Request: &pluginv1.Request{}}),
		"frame of nothing":   encode(t, &pluginv1.Frame{}),
		"frame broken off":   encode(t, &pluginv1.Frame{ExchangeId: 1, Response: &pluginv1.Response{Body: make([]byte, 99)}})[:50],
		"nothing, then gone": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, far := rogue(t)
			result := make(chan error, 1)
			go func() { result <- forward(c, t.Context(), Exchange{}) }()
			if _, err := readFrame(far); err != nil {
				t.Fatal(err)
			}
			if _, err := far.Write(sent); err != nil {
				t.Fatal(err)
			}
			if name == "frame broken off" || sent == nil {
				far.Close()
			}
			var lost *LostError
			if err := <-result; !errors.As(err, &lost) {
				t.Errorf("got %v, want a LostError", err)
			}
			<-c.Done()
		})
	}
}

func TestAnswersThatNobodyAskedForAreDropped(t *testing.T) {
	t.Parallel()
	c, far := rogue(t)
	for range 3 {
		if _, err := far.Write(encode(t, &pluginv1.Frame{ExchangeId: 99, Response: &pluginv1.Response{Status: 200}})); err != nil {
			t.Fatal(err)
		}
	}
	result := make(chan error, 1)
	go func() { result <- forward(c, t.Context(), Exchange{}) }()
	f, err := readFrame(far)
	if err != nil {
		t.Fatal(err)
	}
	answer := encode(t, &pluginv1.Frame{ExchangeId: f.GetExchangeId(), Response: &pluginv1.Response{Status: 200}})
	if _, err := far.Write(append(answer, answer...)); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func TestSillyAnswersAreTheUpstreamsFault(t *testing.T) {
	t.Parallel()
	many := make([]*pluginv1.Header, MaxHeaders+1)
	for i := range many {
		many[i] = &pluginv1.Header{Name: "X", Value: "y"}
	}
	for name, answer := range map[string]*pluginv1.Response{
		"status 0":         {},
		"status 101":       {Status: 101},
		"status 999":       {Status: 999},
		"too many headers": {Status: 200, Headers: many},
		"headers too long": {Status: 200, Headers: []*pluginv1.Header{{Name: "X", Value: strings.Repeat("y", MaxHeaderBytes)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, far := rogue(t)
			result := make(chan error, 1)
			go func() { result <- forward(c, t.Context(), Exchange{}) }()
			f, err := readFrame(far)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := far.Write(encode(t, &pluginv1.Frame{ExchangeId: f.GetExchangeId(), Response: answer})); err != nil {
				t.Fatal(err)
			}
			if err := <-result; fault.KindOf(err) != fault.Upstream {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAPluginThatNeverAnswersUsesUpItsCreditsAndNoMore(t *testing.T) {
	t.Parallel()
	c, far := rogue(t)
	go func() { _, _ = io.Copy(io.Discard, far) }() // it reads, at least
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range MaxInFlight {
		waiting.Go(func() {
			if err := forward(c, ctx, Exchange{}); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that it was cancelled", err)
			}
		})
	}
	for c.InFlight() < MaxInFlight {
		runtime.Gosched()
	}
	if err := forward(c, t.Context(), Exchange{Timeout: 20 * time.Millisecond}); fault.KindOf(err) != fault.Exhausted {
		t.Errorf("one more: %v, want exhausted", err)
	}
	cancel()
	waiting.Wait()
	// Nobody waits, but the plugin still owes the answers: it gets no further exchange.
	if err := forward(c, t.Context(), Exchange{Timeout: 20 * time.Millisecond}); fault.KindOf(err) != fault.Exhausted {
		t.Errorf("after all left: %v, want exhausted", err)
	}
}

func TestAPluginThatDoesNotReadHoldsUpOnlyItsOwnCallers(t *testing.T) {
	t.Parallel()
	c, _ := rogue(t)
	x := Exchange{Timeout: 50 * time.Millisecond}
	var waiting sync.WaitGroup
	for range 100 { // far more than the socket takes
		waiting.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(strings.Repeat("x", InlineBody)))
			if err := c.Forward(httptest.NewRecorder(), r, x); fault.KindOf(err) != fault.Timeout {
				t.Errorf("got %v, want a timeout", err)
			}
		})
	}
	waiting.Wait()
}

func TestASlowReaderHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/large" {
			io.WriteString(w, "quick")
			return
		}
		for buf := make([]byte, 64<<10); ; written.Add(1) {
			if _, err := w.Write(buf); err != nil {
				return
			}
		}
	}))
	front := b.front(t, Exchange{})
	for range 8 { // eight clients that ask for much and read nothing
		get(t, front.URL+"/large")
	}
	for before := int64(-1); before != written.Load(); { // until flow control holds every writer back
		before = written.Load()
		<-time.After(100 * time.Millisecond)
	}
	for range 100 {
		if got := readAll(t, get(t, front.URL+"/quick").Body); got != "quick" {
			t.Fatalf("got %q", got)
		}
	}
}

func TestOpenStreamsTakeNoPlacesOnTheLink(t *testing.T) {
	t.Parallel()
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "data: hello\n\n")
		if r.URL.Path == "/events" {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	front := b.front(t, Exchange{Timeout: time.Minute})
	first := make([]byte, len("data: hello\n\n"))
	for range MaxInFlight + 10 {
		if _, err := io.ReadFull(get(t, front.URL+"/events").Body, first); err != nil {
			t.Fatal(err)
		}
	}
	if got := readAll(t, get(t, front.URL+"/quick").Body); got != string(first) {
		t.Errorf("beside %d open streams: %q", MaxInFlight+10, got)
	}
}
