package trace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/host/internal/trace"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/secret"
)

func all(*trace.Line) bool { return true }

// in is the context of a user's request.
func in(t testing.TB, request, user string) context.Context {
	ctx := correlation.NewContext(t.Context(), request)
	return identity.NewContext(ctx, identity.Identity{User: identity.User{ID: user}})
}

func logger(s *trace.Store, w io.Writer) *slog.Logger {
	return slog.New(s.Handler(logging.New(w, logging.Options{})))
}

func messages(lines []trace.Line) (list []string) {
	for _, l := range lines {
		list = append(list, l.Message)
	}
	return list
}

func TestRequestIsFoundByItsID(t *testing.T) {
	t.Parallel()
	s := trace.New(trace.Settings{})
	var out bytes.Buffer
	log := logger(s, &out)
	log.InfoContext(in(t, "r-1", "ana"), "request", "plugin", "hello", "duration_ms", 12.5, "error", errors.New("no such table"), "took", time.Second)
	log.InfoContext(in(t, "r-2", "ben"), "request")
	log.Info("of no request")
	found, more := s.Request("r-1", all)
	if len(found) != 1 || more {
		t.Fatalf("%d lines, more %v", len(found), more)
	}
	l := found[0]
	want := trace.Line{
		At: l.At, Message: "request", Plugin: "hello", RequestID: "r-1", UserID: "ana",
		Attrs: []trace.Attr{{Key: "duration_ms", Value: "12.5"}, {Key: "error", Value: "no such table"}, {Key: "took", Value: "1s"}},
	}
	if diff := cmp.Diff(want, l); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	if l.Duration() != 12500*time.Microsecond || time.Since(l.At) > time.Minute {
		t.Errorf("at %v, duration %v", l.At, l.Duration())
	}
	if n := strings.Count(out.String(), "\n"); n != 3 {
		t.Errorf("%d lines logged, want 3", n)
	}
	for _, id := range []string{"", "r", "r-11"} {
		if found, _ := s.Request(id, all); len(found) > 0 {
			t.Errorf("%q finds %v", id, found)
		}
	}
}

// A plugin's lines come with attributes that say whose they are.
func TestPluginsLinesAreOfTheirRequestAndInTheirTail(t *testing.T) {
	t.Parallel()
	s := trace.New(trace.Settings{})
	log := logger(s, io.Discard)
	hello := slog.New(log.Handler().WithAttrs([]slog.Attr{slog.String("plugin", "hello")}))
	hello.Info("one", "request_id", "r-1", "user_id", "ana", slog.Group("query", "rows", 3))
	hello.Warn("two")
	slog.New(s.Unlogged().WithAttrs([]slog.Attr{slog.String("plugin", "hello")})).Debug("call", "request_id", "r-1", "user_id", "ana")
	log.InfoContext(in(t, "r-1", "ana"), "request", "plugin", "hello")

	found, _ := s.Request("r-1", all)
	if diff := cmp.Diff([]string{"one", "call", "request"}, messages(found)); diff != "" {
		t.Errorf("the request's lines (-want +got):\n%s", diff)
	}
	if found[0].Plugin != "hello" || found[0].UserID != "ana" || found[0].Attr("query.rows") != "3" {
		t.Errorf("line %+v", found[0])
	}
	if diff := cmp.Diff([]string{"one", "two"}, messages(s.Tail("hello", 10, all))); diff != "" {
		t.Errorf("the plugin's tail (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"two"}, messages(s.Tail("hello", 1, all))); diff != "" {
		t.Errorf("the last line (-want +got):\n%s", diff)
	}
	warnings := s.Tail("hello", 10, func(l *trace.Line) bool { return l.Level >= slog.LevelWarn })
	if diff := cmp.Diff([]string{"two"}, messages(warnings)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if other := s.Tail("other", 10, all); other != nil {
		t.Errorf("another plugin's tail: %v", other)
	}
}

// silent takes every line and writes none.
type silent struct{ slog.Handler }

func (silent) Enabled(context.Context, slog.Level) bool { return true }

func (s silent) WithAttrs([]slog.Attr) slog.Handler { return s }

func TestMemoryIsBoundedAndTheOldestGoFirst(t *testing.T) {
	t.Parallel()
	s := trace.New(trace.Settings{})
	log := slog.New(s.Handler(silent{slog.DiscardHandler}).WithAttrs([]slog.Attr{slog.String("plugin", "hello")}))
	long := strings.Repeat("x", 1<<20)
	const lines = 600
	for i := range lines {
		log.Info(long, "request_id", "r-1", "a", long, "b", long, "c", long, "n", i) //nolint:sloglint // its length is the point
	}
	tail := s.Tail("hello", lines, all)
	if n := len(tail); n == 0 || n > 256/8 {
		t.Errorf("%d lines of 8 KiB are kept of a plugin, in 256 KiB", n)
	}
	for _, l := range tail {
		if len(l.Message) > 4<<10 || len(l.Attr("a")) > 4<<10 {
			t.Fatalf("a message of %d bytes, an attribute of %d", len(l.Message), len(l.Attr("a")))
		}
	}
	found, more := s.Request("r-1", all)
	if len(found) != 500 || !more {
		t.Errorf("%d lines of one request, more %v", len(found), more)
	}
	log.Info("the last")
	if last := s.Tail("hello", 1, all); len(last) != 1 || last[0].Message != "the last" {
		t.Errorf("the last line is %v", messages(last))
	}
}

func TestSettingsSayHowMuchIsRemembered(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 4<<10)
	kept := func(s trace.Settings) (requests, plugin int) {
		store := trace.New(s)
		log := slog.New(store.Handler(silent{slog.DiscardHandler}).WithAttrs([]slog.Attr{slog.String("plugin", "hello")}))
		for i := range 400 {
			log.Info("line", "request_id", "r-1", "text", long, "n", i)
		}
		found, _ := store.Request("r-1", all)
		return len(found), len(store.Tail("hello", 400, all))
	}
	requests, plugin := kept(trace.Settings{Requests: 512 << 10, Plugin: 1 << 20})
	if requests == 0 || requests > 512/4 {
		t.Errorf("%d lines of 4 KiB are kept of requests, in 512 KiB", requests)
	}
	if plugin <= 256/4 || plugin > 1024/4 {
		t.Errorf("%d lines of 4 KiB are kept of a plugin, in 1 MiB", plugin)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	s := trace.New(trace.Settings{})
	log := logger(s, io.Discard)
	const token = "dapi0123456789abcdef0123456789abcdef"
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl"
	log.InfoContext(in(t, "r-1", "ana"), "sent Authorization: Bearer "+jwt,
		"token", "plain", "line", "token="+token+" user=ana", "secret", secret.New("plain"), "url", "postgres://ana:hunter22@db/x",
		"stderr", `{"db_password": "hunter22", "rows": 3}`, slog.Group("g", "password", "hunter22"), "other", "a "+token+"-2 b", "jwt", jwt,
	)
	found, _ := s.Request("r-1", all)
	text := fmt.Sprintf("%+v", found)
	for _, leak := range []string{token, jwt, "plain", "hunter22"} {
		if strings.Contains(text, leak) {
			t.Errorf("%q is in %s", leak, text)
		}
	}
	for _, kept := range []string{"user=ana", "postgres://ana:***@db/x", `"rows": 3`, "a *** b"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is not in %s", kept, text)
		}
	}
	for _, harmless := range []string{"12 tokens: fine", "max_tokens=12", "SELECT * FROM main.samples.trips", "https://example.com:8080/a@b", "a token is missing"} {
		if got := trace.Redact(harmless); got != harmless {
			t.Errorf("Redact(%q) = %q", harmless, got)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := trace.New(trace.Settings{})
	log := logger(s, io.Discard)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			plugin := slog.New(log.Handler().WithAttrs([]slog.Attr{slog.String("plugin", fmt.Sprint("p", i%3))}))
			for j := range 500 {
				plugin.Info("line", "request_id", fmt.Sprint("r-", j), "n", j)
				if j%100 == 0 {
					s.Request(fmt.Sprint("r-", j), all)
					s.Tail("p1", 10, all)
				}
			}
		})
	}
	wg.Wait()
	if found, _ := s.Request("r-499", all); len(found) != 8 {
		t.Errorf("%d lines of the last request, want 8", len(found))
	}
}

func BenchmarkRemember(b *testing.B) {
	h := trace.New(trace.Settings{}).Handler(silent{slog.DiscardHandler})
	ctx := in(b, "0d5c2e0a-8a43-4b8c-9a34-8f2b5f2b2a4e", "6000000000000001")
	b.ReportAllocs()
	for b.Loop() {
		r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
		r.AddAttrs(slog.String("method", "GET"), slog.String("route", "/api/unitycatalog/catalogs"), slog.Int("status", 200),
			slog.Float64("duration_ms", 12.345), slog.Int64("bytes", 1234), slog.String("plugin", "unitycatalog"))
		if err := h.Handle(ctx, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	s := trace.New(trace.Settings{})
	log := slog.New(s.Unlogged())
	for i := range 50_000 {
		log.Info("request", "request_id", fmt.Sprint("r-", i), "user_id", "6000000000000001", "method", "GET", "route", "/api/unitycatalog/catalogs", "status", 200)
	}
	for b.Loop() {
		if found, _ := s.Request("r-49990", all); len(found) != 1 {
			b.Fatal(found)
		}
	}
}
