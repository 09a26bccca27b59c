package workspace

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// events reads a stream: the data of its events.
func events(from io.Reader) (list []string, err error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			list = append(list, data)
		}
	}
	return list, lines.Err()
}

const talk = `{"messages": [{"role": "user", "content": "What about jobs?"}], "stream": true, `

func TestTheSDKStreams(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{TokensPerSecond: 100})
	var body io.ReadCloser
	started := time.Now()
	err := s.databricks(t, cleo).Do(t.Context(), http.MethodPost, "/serving-endpoints/corbel-chat/invocations",
		map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"}, nil,
		json.RawMessage(talk+`"max_tokens": 20, "min_tokens": 20}`), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	list, err := events(body)
	if err != nil {
		t.Fatal(err)
	}
	// 20 tokens, why it ended, and the end.
	if len(list) != 22 || list[21] != "[DONE]" || !strings.Contains(list[20], `"finish_reason":"length"`) || !strings.Contains(list[20], `"completion_tokens":20`) {
		t.Errorf("%d events, the last %v", len(list), list[max(0, len(list)-2):])
	}
	if took := time.Since(started); took < 200*time.Millisecond {
		t.Errorf("20 tokens took %v at 100 a second", took)
	}
}

func TestFaultsInTheMiddleOfAnAnswer(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	for _, kind := range []string{"drop", "half"} {
		s.order(t, http.MethodPost, "faults", object{"kind": kind, "after": 3, "times": 1, "path": "/serving-endpoints/*"})
		response := s.invoke(t, cleo, "corbel-chat", talk+`"min_tokens": 20}`)
		defer response.Body.Close()
		list, err := events(response.Body)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(list) != 3 && (kind != "half" || len(list) != 4) {
			t.Errorf("%s: %d events, error %v", kind, len(list), err)
		}
	}
	s.order(t, http.MethodPost, "faults", object{"kind": "half", "times": 1, "path": "/serving-endpoints/*"})
	response := s.invoke(t, ben, "penguin-species", penguin)
	defer response.Body.Close()
	if data, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) || json.Valid(data) {
		t.Errorf("half an answer: %s, error %v", data, err)
	}
}

// TestAStreamEndsWhenItsClientLeaves waits for the request's end in the log, long before the stream's own.
func TestAStreamEndsWhenItsClientLeaves(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{TokensPerSecond: 10})
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	response, err := s.post(ctx, cleo, "corbel-chat", talk+`"max_tokens": 8000, "min_tokens": 8000}`)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := response.Body.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	leave()
	left := time.Now()
	for {
		got, err := get(t, s.databricks(t, ana), "/_emulator/requests", object{"user": cleo})
		if err != nil {
			t.Fatal(err)
		}
		if len(got["requests"].([]any)) > 0 {
			break
		}
		if time.Since(left) > 5*time.Second {
			t.Fatal("the stream goes on without its client")
		}
	}
}

// TestManyStreamsAtOnce shows that two hundred streams keep their pace and cost little.
func TestManyStreamsAtOnce(t *testing.T) {
	t.Parallel()
	const streams, tokens, rate = 200, 60, 20
	s := serveModels(t, Config{TokensPerSecond: rate})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	started := time.Now()
	var group sync.WaitGroup
	failed := make(chan error, streams)
	for i := range streams {
		group.Go(func() {
			response, err := s.post(t.Context(), cleo, "corbel-chat", fmt.Sprintf(`%s"seed": %d, "max_tokens": %d, "min_tokens": %d}`, talk, i, tokens, tokens))
			if err != nil {
				failed <- fmt.Errorf("stream %d: %w", i, err)
				return
			}
			defer response.Body.Close()
			list, err := events(response.Body)
			if err != nil || len(list) != tokens+2 {
				failed <- fmt.Errorf("stream %d: %d events: %w", i, len(list), err)
			}
		})
	}
	group.Wait()
	took := time.Since(started)
	runtime.ReadMemStats(&after)
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	due := (tokens + 1) * time.Second / rate
	t.Logf("%d streams of %d tokens took %v, due are %v; the heap grew by %d KB", streams, tokens, took, due, (int64(after.HeapInuse)-int64(before.HeapInuse))>>10)
	if took < due || took > due+10*time.Second {
		t.Errorf("%d tokens took %v, due are %v", tokens, took, due)
	}
}
