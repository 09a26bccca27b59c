package supervisor

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/wire"
)

func faultOf(t *testing.T, err error) *fault.Error {
	t.Helper()
	if err == nil {
		t.Fatal("no error, want a fault")
	}
	return errorAs[*fault.Error](t, err)
}

// TestKilledUnderLoad is the measure of restarts: no safe request is lost, and the plugin serves again at once.
func TestKilledUnderLoad(t *testing.T) {
	const clients, kills = 8, 15
	settings := fastSettings()
	settings.RestartWait, settings.RestartWaitMax = time.Millisecond, time.Millisecond // each kill counts as the first
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	pid := h.serves(t, "one")

	var stop atomic.Bool
	var served, lost atomic.Int64
	var load sync.WaitGroup
	for range clients {
		load.Go(func() {
			for !stop.Load() {
				w, err := h.get(t, "one", "pid")
				if err != nil || w.Code != http.StatusOK {
					lost.Add(1)
					t.Errorf("lost: %d %v", w.Code, err)
				}
				served.Add(1)
			}
		})
	}
	took := make([]time.Duration, kills)
	for i := range took {
		for enough := served.Load() + 10*clients; served.Load() < enough; {
			h.serves(t, "one")
		}
		begun := time.Now()
		kill(t, pid)
		next := pid
		for next == pid {
			next = h.serves(t, "one")
		}
		took[i] = time.Since(begun)
		pid = next
	}
	stop.Store(true)
	load.Wait()
	slices.Sort(took)
	median, slowest := took[kills/2].Round(100*time.Microsecond), took[kills-1].Round(100*time.Microsecond)
	t.Logf("%d requests of %d clients, %d kills: %d lost; SIGKILL -> served by the next process: median %s, slowest %s",
		served.Load(), clients, kills, lost.Load(), median, slowest)
	if !raceEnabled && median > 300*time.Millisecond {
		t.Errorf("serving again after %s, want less than 300 ms", median)
	}
}

func TestReplays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, method string
		contentLen   int64
		sent         bool
		want         bool
	}{
		{"GET that was sent", http.MethodGet, 0, true, true},
		{"HEAD that was sent", http.MethodHead, 0, true, true},
		{"PUT that was sent, body at hand", http.MethodPut, 10, true, true},
		{"PUT that was sent, body gone", http.MethodPut, wire.InlineBody + 1, true, false},
		{"DELETE of unknown length that was sent", http.MethodDelete, -1, true, false},
		{"POST that was sent", http.MethodPost, 0, true, false},
		{"PATCH that was sent", http.MethodPatch, 10, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), test.method, "/", http.NoBody)
			r.ContentLength = test.contentLen
			if got := replayable(r); got != test.want {
				t.Errorf("replayable: %v, want %v", got, test.want)
			}
		})
	}
}

// TestUnsafeRequestIsNotReplayed: the plugin dies while it performs it.
func TestUnsafeRequestIsNotReplayed(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/one/write?die=1", strings.NewReader("row"))
	f := faultOf(t, h.Plugin("one").Forward(httptest.NewRecorder(), r, wire.Exchange{}))
	if f.Kind != fault.Unavailable || f.Retryable || f.RetryAfter != time.Second || f.Origin != "one" {
		t.Errorf("fault: %+v", f)
	}
	w := httptest.NewRecorder()
	r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/one/write", strings.NewReader("row"))
	if err := h.Plugin("one").Forward(w, r, wire.Exchange{}); err != nil || w.Body.String() != "row" {
		t.Errorf("after the restart: %q, %v", w.Body, err)
	}
	if s := h.waitState(t, "one", Ready); s.Restarts != 1 {
		t.Errorf("%d restarts", s.Restarts)
	}
}

// TestReplaysAreBounded: each process dies of the request.
func TestReplaysAreBounded(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	f := faultOf(t, second(h.get(t, "one", "panic")))
	if f.Kind != fault.Unavailable || !f.Retryable {
		t.Errorf("fault: %+v", f)
	}
	if s := h.wait(t, "one", func(s Status) bool { return s.State == Ready && s.Restarts >= 1+maxReplays }); s.Restarts != 1+maxReplays {
		t.Errorf("%d processes died of one request", s.Restarts)
	}
}

func second[A, B any](_ A, b B) B { return b }

func TestWaitForAProcessIsBounded(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.RestartWait, settings.RestartWaitMax = time.Minute, time.Minute
	settings.ReplacementWait = 100 * time.Millisecond
	settings.StartWait = time.Millisecond
	h := startHost(t, settings, faultyPlugin(t, "hangs-in-configure", "slow"), faultyPlugin(t, "exit-at-once", "broken"))

	begun := time.Now()
	f := faultOf(t, second(h.get(t, "slow", "pid")))
	if took := time.Since(begun); f.Kind != fault.Unavailable || !f.Retryable || took < 100*time.Millisecond || took > 2*time.Second {
		t.Errorf("%s after %s", f, took)
	}

	h.wait(t, "broken", func(s Status) bool { return s.State == Failed })
	f = faultOf(t, second(h.get(t, "broken", "pid")))
	if f.Kind != fault.Unavailable || f.RetryAfter < time.Second {
		t.Errorf("fault: %+v", f)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
	err := h.Plugin("slow").Forward(httptest.NewRecorder(), r, wire.Exchange{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled request: %v", err)
	}
}

func TestMaxExchanges(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.MaxExchanges, settings.ExchangeWait = 2, 50*time.Millisecond
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range 2 {
		waiting.Go(func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/one/public/wait", http.NoBody)
			if err := h.Plugin("one").Forward(httptest.NewRecorder(), r, wire.Exchange{}); !errors.Is(err, context.Canceled) {
				t.Errorf("waiting exchange: %v", err)
			}
		})
	}
	for h.Plugin("one").places.used.Load() < 2 {
		<-time.After(time.Millisecond)
	}
	if f := faultOf(t, second(h.get(t, "one", "pid"))); f.Kind != fault.Exhausted || f.RetryAfter != time.Second {
		t.Errorf("fault: %+v", f)
	}
	cancel()
	waiting.Wait()
	h.serves(t, "one")
}

func TestLongExchangesAndSlowClientsLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.MaxExchanges, settings.MaxStreams, settings.ExchangeWait = 1, 1, 50*time.Millisecond
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	waiting.Go(func() { // a streaming route
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/one/public/wait", http.NoBody)
		if err := h.Plugin("one").Forward(httptest.NewRecorder(), r, wire.Exchange{Streaming: true}); !errors.Is(err, context.Canceled) {
			t.Errorf("streaming exchange: %v", err)
		}
	})
	slow, sending := io.Pipe() // a client that announces a small body and does not send it
	waiting.Go(func() {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/one/public/pid", slow)
		r.ContentLength = 10
		if f := faultOf(t, h.Plugin("one").Forward(httptest.NewRecorder(), r, wire.Exchange{})); f.Kind != fault.Invalid {
			t.Errorf("slow body: %+v", f)
		}
	})
	if _, err := sending.Write([]byte("x")); err != nil { // it is being read
		t.Fatal(err)
	}
	for h.Plugin("one").streams.used.Load() < 1 {
		<-time.After(time.Millisecond)
	}
	h.serves(t, "one")
	cancel()
	if err := sending.CloseWithError(io.ErrUnexpectedEOF); err != nil {
		t.Fatal(err)
	}
	waiting.Wait()
}

func TestAccessTokenOnlyWhereTheManifestAsks(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"), faultyPlugin(t, "needs-token", "two"))
	for name, want := range map[string]bool{"one": false, "two": true} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/"+name+"/public/token", http.NoBody)
		w := httptest.NewRecorder()
		x := wire.Exchange{Identity: identity.Identity{User: identity.User{ID: "7"}, AccessToken: secret.New("t0ken")}}
		if err := h.Plugin(name).Forward(w, r, x); err != nil {
			t.Fatal(err)
		}
		if got := w.Body.String() == "t0ken"; got != want {
			t.Errorf("%s got the token: %v (%q), want %v", name, got, w.Body, want)
		}
	}
}

// BenchmarkForward compares the way through Plugin with its wire.Client alone.
func BenchmarkForward(b *testing.B) {
	h := startHost(b, fastSettings(), faultyPlugin(b, "good", "one"))
	p := h.Plugin("one")
	client := p.current.Load().client
	for name, forward := range map[string]func(http.ResponseWriter, *http.Request, wire.Exchange) error{
		"client": client.Forward, "plugin": p.Forward,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/one/public/pid", http.NoBody)
			for b.Loop() {
				if err := forward(httptest.NewRecorder(), r, wire.Exchange{RequestID: "r-1"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
