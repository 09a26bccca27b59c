package supervisor

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/wire"
)

func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	for _, test := range []struct {
		name   string
		writes []string
		want   []string // "+" marks a line that was cut
	}{
		{"one", []string{"a\n"}, []string{"a"}},
		{"several in one write", []string{"a\nb\n\nc\n"}, []string{"a", "b", "", "c"}},
		{"one in several writes", []string{"a", "b", "c\n"}, []string{"abc"}},
		{"without end", []string{"a\nb"}, []string{"a", "b"}},
		{"carriage return", []string{"a\r\nb", "\r\n"}, []string{"a", "b"}},
		{"longest", []string{long + "\nb\n"}, []string{long, "b"}},
		{"too long", []string{long + "x\nb\n"}, []string{"+" + long, "b"}},
		{"too long in pieces", []string{long, "x", "yz", "\nb\n"}, []string{"+" + long, "b"}},
		{"too long without end", []string{long + long}, []string{"+" + long}},
		{"too long twice", []string{long + "x\n" + long, "y\nb"}, []string{"+" + long, "+" + long, "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			w := lineWriter{emit: func(line []byte, cut bool) {
				text := string(line)
				if cut {
					text = "+" + text
				}
				got = append(got, text)
			}}
			for _, text := range test.writes {
				if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
					t.Fatalf("Write: %d, %v", n, err)
				}
			}
			w.Flush()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// logOf runs f with a plugin's log and returns the lines written, their times removed.
func logOf(t *testing.T, f func(*pluginLog)) []map[string]any {
	t.Helper()
	var buf bytes.Buffer
	f(newPluginLog(slog.NewJSONHandler(&buf, &slog.HandlerOptions{Level: slog.LevelDebug}), nil, "demo", 1, 100))
	var lines []map[string]any
	for d := json.NewDecoder(&buf); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		delete(line, "time")
		lines = append(lines, line)
	}
	return lines
}

func TestOutputIsLogged(t *testing.T) {
	t.Parallel()
	plain := func(level, line string) []map[string]any {
		return []map[string]any{{"level": level, "msg": "plugin stderr", "plugin": "demo", "line": line}}
	}
	for _, test := range []struct {
		name, output string
		want         []map[string]any
	}{
		{"text", "hello\n", plain("WARN", "hello")},
		{"empty lines", "\n \n\t\n", nil},
		{"slog", `{"time":"2024-01-02T03:04:05Z","level":"ERROR","msg":"boom","rows":3,"user":{"id":7}}`, []map[string]any{
			{"level": "ERROR", "msg": "boom", "plugin": "demo", "rows": 3.0, "user": map[string]any{"id": 7.0}},
		}},
		{"slog with an offset", `{"level":"INFO+2","msg":"x"}`, []map[string]any{{"level": "INFO+2", "msg": "x", "plugin": "demo"}}},
		{"hclog", `{"@level":"warn","@message":"m","@timestamp":"2024-01-02T03:04:05.000000Z"}`, []map[string]any{
			{"level": "WARN", "msg": "m", "plugin": "demo"},
		}},
		{"hclog of unexpected types", `{"@message":5,"@level":"info"}`, plain("WARN", `{"@message":5,"@level":"info"}`)},
		{"time that is a number", `{"@timestamp":1690000000.1}`, plain("WARN", `{"@timestamp":1690000000.1}`)},
		{"level that is none", `{"level":"loud","msg":"x"}`, plain("WARN", `{"level":"loud","msg":"x"}`)},
		{"forged keys", `{"level":"info","msg":"x","plugin":"other","level":"error","timestamp":1}`, []map[string]any{
			{"level": "INFO", "msg": "x", "plugin": "demo", "attr_plugin": "other", "attr_level": "error", "attr_timestamp": 1.0},
		}},
		{"more than one value", `{"level":"info","msg":"x"} {}`, plain("WARN", `{"level":"info","msg":"x"} {}`)},
		{"control characters", "a\x1b[2Jb\x00\u202ec\x7f\xff\n", plain("WARN", `a\u001b[2Jb\u0000\u202ec\u007f�`)},
		{"control characters in JSON", `{"level":"info","msg":"a\u001b[2J"}`, []map[string]any{{"level": "INFO", "msg": `a\u001b[2J`, "plugin": "demo"}}},
		{"panic", "panic: lost\n", plain("ERROR", "panic: lost")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := logOf(t, func(log *pluginLog) {
				w := (&output{log: log}).stream("stderr")
				_, _ = w.Write([]byte(test.output))
				w.Flush()
			})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOutputThatIsKept(t *testing.T) {
	t.Parallel()
	o := &output{log: newPluginLog(slog.DiscardHandler, nil, "demo", 1, 1)} // what is not logged is kept all the same
	w := o.stream("stderr")
	for i := range 3 * keptLines {
		_, _ = w.Write([]byte(strings.Repeat("x", i) + "\n"))
	}
	_, _ = w.Write([]byte("fatal error: all goroutines are asleep\n" + strings.Repeat("y", 10*keptLineBytes) + "\npanic: second\n"))
	var e Exit
	o.describe(&e)
	if e.Panic != "fatal error: all goroutines are asleep" {
		t.Errorf("panic %q", e.Panic)
	}
	if n := len(e.Output); n != keptLines || e.Output[n-1] != "panic: second" || len(e.Output[n-2]) != keptLineBytes {
		t.Errorf("%d lines: %q", n, e.Output)
	}
}

func TestRateOfTheLog(t *testing.T) {
	t.Parallel()
	lines := logOf(t, func(log *pluginLog) {
		w := (&output{log: log}).stream("stderr")
		for range 200 {
			_, _ = w.Write([]byte("x\n"))
		}
		log.records([]wire.LogRecord{{Message: "y"}}, 7)
		log.reportDropped()
		log.reportDropped()
	})
	if len(lines) < 101 || len(lines) > 103 {
		t.Fatalf("%d lines, want 100 and a report", len(lines))
	}
	last := lines[len(lines)-1]
	if n, _ := last["dropped"].(float64); n < 105 || n > 108 || last["level"] != "WARN" {
		t.Errorf("report: %v", last)
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	many := `{"k":1` + strings.Repeat(`,"k":1`, maxAttrs+2) + `}`
	for _, test := range []struct {
		name  string
		attrs string
		want  map[string]any
	}{
		{"none", ``, map[string]any{}},
		{"of every type", `{"s":"x","i":-3,"f":1.5,"b":true,"n":null,"a":[1,2],"o":{"p":{"q":1}}}`, map[string]any{
			"s": "x", "i": -3.0, "f": 1.5, "b": true, "n": nil, "a": "[1,2]", "o": map[string]any{"p": map[string]any{"q": 1.0}},
		}},
		{"too deep", `{"a":{"b":{"c":{"d":{"e":1}}}}}`, map[string]any{
			"a": map[string]any{"b": map[string]any{"c": map[string]any{"d": `{"e":1}`}}},
		}},
		{"reserved", `{"plugin":"x","level":"x","message":"x","timestamp":"x","time":"x","msg":"x"}`, map[string]any{
			"attr_plugin": "x", "attr_level": "x", "attr_message": "x", "attr_timestamp": "x", "attr_time": "x", "attr_msg": "x",
		}},
		{"broken", `{"a":`, map[string]any{"attributes": `{"a":`}},
		{"no object", `[1]`, map[string]any{"attributes": `[1]`}},
		{"too many", many, map[string]any{"k": 1.0, "attributes_dropped": 3.0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			lines := logOf(t, func(log *pluginLog) {
				log.records([]wire.LogRecord{{Time: time.Now(), Level: slog.LevelError, Message: "m\n", Attrs: json.RawMessage(test.attrs)}}, 0)
			})
			if len(lines) != 1 {
				t.Fatalf("%d lines", len(lines))
			}
			want := map[string]any{"level": "ERROR", "msg": `m\u000a`, "plugin": "demo"}
			for k, v := range test.want {
				want[k] = v
			}
			if diff := cmp.Diff(want, lines[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]string{10: "aéb", 4: "aéb", 3: "aé…", 2: "a…", 1: "a…", 0: "…"} {
		if got := clip("aéb", limit); got != want {
			t.Errorf("clip to %d: %q, want %q", limit, got, want)
		}
	}
}

// FuzzStderr: whatever a plugin writes, in whatever pieces, becomes log lines that are valid and bounded.
func FuzzStderr(f *testing.F) {
	f.Add([]byte("hello\nworld"), 3)
	f.Add([]byte(`{"@timestamp":1690000000.1}`+"\n"), 1)
	f.Add([]byte(`{"@message":5}`+"\n"), 100)
	f.Add([]byte(`{"level":"ERROR","msg":"boom","a":{"b":[1,{"c":null}]},"level":7}`+"\r\n"), 7)
	f.Add([]byte("panic: x\n\ngoroutine 1 [running]:\n\xff\x1b[2J\u202e"), 5)
	f.Fuzz(func(t *testing.T, written []byte, piece int) {
		var log bytes.Buffer
		o := &output{log: newPluginLog(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.Level(-100)}), nil, "demo", 1, 1_000_000)}
		w := o.stream("stderr")
		for rest := written; len(rest) > 0; {
			n := min(len(rest), 1+max(0, piece))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		w.Flush()
		if cap(w.part) > 2*maxLine+64 {
			t.Errorf("%d bytes kept of a line", cap(w.part))
		}
		var e Exit
		o.describe(&e)
		for _, line := range append(e.Output, e.Panic) {
			if printable(line) != line || !utf8.ValidString(line) {
				t.Errorf("kept line is not harmless: %q", line)
			}
		}
		for line := range bytes.Lines(log.Bytes()) {
			var record struct{ Plugin string }
			if err := json.Unmarshal(line, &record); err != nil || record.Plugin != "demo" {
				t.Errorf("log line %q: %v", line, err)
			}
		}
	})
}
