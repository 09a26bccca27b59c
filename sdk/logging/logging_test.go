package logging_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/secret"
)

func requestContext() context.Context {
	ctx := correlation.NewContext(context.Background(), "r-1")
	return identity.NewContext(ctx, identity.Identity{User: identity.User{ID: "u-1", Email: "ana@example.com"}, AccessToken: secret.New("dapi-1")})
}

func TestALineHasTheKeysThatReadersRelyOn(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(logging.New(&out, logging.Options{}))
	log.With("plugin", "unitycatalog").ErrorContext(requestContext(), "statement failed", "error", errors.New("boom"),
		"password", "hunter2", "inner", slog.GroupValue(slog.String("token", "t0ken")), "tries", 3)
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, out.Bytes())
	}
	if at, err := time.Parse(time.RFC3339Nano, got["timestamp"].(string)); err != nil || at.Location() != time.UTC {
		t.Errorf("timestamp %v: %v", got["timestamp"], err)
	}
	delete(got, "timestamp")
	want := map[string]any{
		"level": "ERROR", "message": "statement failed", "plugin": "unitycatalog", "error": "boom", "password": "***",
		"inner": map[string]any{"token": "***"}, "tries": 3.0, "request_id": "r-1", "user_id": "u-1",
		"module": "sdk/logging_test", "function": "TestALineHasTheKeysThatReadersRelyOn",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLevelAndFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(logging.New(&out, logging.Options{Level: slog.LevelWarn, Format: logging.Text}))
	log.Info("not this")
	log.Warn("this")
	if got := out.String(); strings.Contains(got, "not this") || !strings.Contains(got, "message=this") {
		t.Errorf("got %q", got)
	}
}

func TestRecorderGivesLinesWithoutTheirFrame(t *testing.T) {
	t.Parallel()
	var got []logging.Record
	log := slog.New(logging.NewRecorder(slog.LevelDebug, func(r logging.Record) { got = append(got, r) }))
	log.With("a", 1).WithGroup("g").DebugContext(requestContext(), "hello", "b", "two")
	log.Info("bare")
	if len(got) != 2 || got[0].Message != "hello" || got[0].Level != slog.LevelDebug || got[0].Time.IsZero() {
		t.Fatalf("got %+v", got)
	}
	var attrs map[string]any
	if err := json.Unmarshal(got[0].Attrs, &attrs); err != nil {
		t.Fatal(err)
	}
	if attrs["request_id"] != "r-1" || attrs["user_id"] != "u-1" {
		t.Errorf("request id and user are not outside of the group: %s", got[0].Attrs)
	}
	if attrs["a"] != 1.0 || attrs["g"].(map[string]any)["b"] != "two" || attrs["timestamp"] != nil || attrs["message"] != nil {
		t.Errorf("attributes %s", got[0].Attrs)
	}
	if !json.Valid(got[1].Attrs) {
		t.Errorf("attributes %q", got[1].Attrs)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]slog.Level{"debug": slog.LevelDebug, "INFO": slog.LevelInfo, "": slog.LevelInfo, "Warning": slog.LevelWarn, "error": slog.LevelError} {
		if got, err := logging.ParseLevel(name); err != nil || got != want {
			t.Errorf("level %q: %v %v", name, got, err)
		}
	}
	if _, err := logging.ParseLevel("loud"); err == nil || !strings.Contains(err.Error(), "loud") {
		t.Errorf("level loud: %v", err)
	}
	if f, err := logging.ParseFormat("TEXT"); err != nil || f != logging.Text {
		t.Errorf("format TEXT: %v %v", f, err)
	}
	if _, err := logging.ParseFormat("xml"); err == nil {
		t.Error("format xml is accepted")
	}
}
