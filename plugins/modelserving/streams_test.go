package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/sdktest"
)

// model is a chat model whose stream a test writes.
type model struct {
	begun chan struct{} // a value for each stream that begins
	say   chan string   // what it writes next; "" breaks the connection
	left  chan struct{} // a value for each stream that it need not write any more
}

func newModel() *model {
	return &model{begun: make(chan struct{}, 16), say: make(chan string, 4096), left: make(chan struct{}, 16)}
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() { m.left <- struct{}{} }()
	w.Header().Set("Content-Type", "text/event-stream")
	w.(http.Flusher).Flush()
	m.begun <- struct{}{}
	for {
		select {
		case text := <-m.say:
			if text == "" {
				panic(http.ErrAbortHandler)
			}
			if text == "end" {
				return
			}
			if _, err := io.WriteString(w, text); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// token is an event with a piece of text.
func token(text string) string {
	return fmt.Sprintf("data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", text)
}

const last = "data: [DONE]\n\n"

// heard is an event as a client gets it.
type heard struct{ id, name, data string }

// listener reads a stream.
type listener struct {
	t      *testing.T
	answer *http.Response
	lines  *bufio.Reader
}

func listen(t *testing.T, answer *http.Response) *listener {
	t.Helper()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" || answer.Header.Get("Stream-Id") == "" {
		body, _ := io.ReadAll(answer.Body)
		t.Fatalf("no stream: %s %v %s", answer.Status, answer.Header, body)
	}
	return &listener{t, answer, bufio.NewReader(answer.Body)}
}

// next returns the next event or, if comments are wanted, comment.
func (l *listener) next() (heard, error) {
	var e heard
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return e, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data += value
		case "":
			if value != "" {
				return heard{name: "comment"}, nil
			}
			if e != (heard{}) {
				return e, nil
			}
		}
	}
}

func (l *listener) must() heard {
	l.t.Helper()
	e, err := l.next()
	if err != nil {
		l.t.Fatal(err)
	}
	return e
}

func chatting(t *testing.T, config map[string]any) (*model, *workspaceFake, *sdktest.Host) {
	t.Helper()
	m := newModel()
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: m.ServeHTTP})
	return m, d, d.start(t, config)
}

func TestStreamsPassEachEventAtOnce(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, nil)
	l := listen(t, open(t, h, "POST", chatPath, goodChat, "Accept", "text/event-stream"))
	for i := 1; i <= 50; i++ {
		m.say <- token(strconv.Itoa(i)) // the next is not there before this one is heard
		if e := l.must(); e.id != strconv.Itoa(i) || !strings.Contains(e.data, fmt.Sprintf(`"content":"%d"`, i)) {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
	m.say <- ": ping\n\nretry: 5\r\nevent: named\r\nid: theirs\r\ndata: [1,\r\ndata:2]\r\n\r\n"
	if e := l.must(); e != (heard{"51", "named", "[1,2]"}) {
		t.Errorf("%+v", e)
	}
	m.say <- last
	if e := l.must(); e.data != "[DONE]" {
		t.Errorf("%+v", e)
	}
	if _, err := l.next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	<-m.left
}

func TestStreamsThatCannotBeginAreProblems(t *testing.T) {
	t.Parallel()
	m, d, h := chatting(t, nil)
	for status, code := range map[int]string{403: "PERMISSION_DENIED", 500: "MODEL_ERROR"} {
		d.answer(invokeChat, answerJSON(status, `{"error_code":"`+code+`","message":"no"}`))
		if p := do(t, h, "POST", chatPath, goodChat).problem(t); p.Code != code {
			t.Errorf("%+v", p)
		}
	}
	d.answer(invokeChat, answerJSON(200, `{"choices":[]}`))
	if p := do(t, h, "POST", chatPath, goodChat).problem(t); p.Code != "MODEL_ANSWER_INVALID" {
		t.Errorf("%+v", p)
	}
	for body, header := range map[string]string{goodChat: "application/json", `{"messages":[{"role":"user","content":"x"}]}`: "text/event-stream"} {
		if p := do(t, h, "POST", chatPath, body, "Accept", header).problem(t); p.Status != 400 {
			t.Errorf("%s: %+v", header, p)
		}
	}
	if len(m.begun) != 0 {
		t.Error("the model was asked")
	}
}

func TestStreamsThatBreakEndWithAnErrorEvent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ say, code string }{
		"the connection breaks":   {"", "ANSWER_BROKEN"},
		"it ends within an event": {"data: {\"choices\"", "ANSWER_BROKEN"},
		"it ends without [DONE]":  {"end", "ANSWER_BROKEN"},
		"half a JSON":             {"data: {\"choices\":[\n\n", "MODEL_ANSWER_INVALID"},
		"an event of 2 MB":        {"data: \"" + strings.Repeat("x", 2<<20) + "\"\n\n", "EVENT_TOO_LARGE"},
		"a line without an end":   {"data: \"" + strings.Repeat("x", 2<<20), "EVENT_TOO_LARGE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _, h := chatting(t, nil)
			l := listen(t, open(t, h, "POST", chatPath, goodChat, "X-Request-Id", "the-request"))
			m.say <- token("one")
			if e := l.must(); e.id != "1" {
				t.Fatalf("%+v", e)
			}
			m.say <- tt.say
			if strings.HasSuffix(tt.say, `"choices"`) {
				m.say <- "end"
			}
			if e := l.must(); e.name != "error" || !strings.Contains(e.data, `"code":"`+tt.code+`"`) || !strings.Contains(e.data, `"request_id":"the-request"`) {
				t.Errorf("%+v", e)
			}
			if _, err := l.next(); !errors.Is(err, io.EOF) {
				t.Errorf("after the error: %v", err)
			}
			<-m.left
		})
	}
}

func TestAModelThatFallsSilentIsGivenUp(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, map[string]any{"timeout": "1s", "heartbeat": "200ms"})
	l := listen(t, open(t, h, "POST", chatPath, goodChat))
	m.say <- token("one")
	l.must()
	beats := 0
	e := l.must()
	for ; e.name == "comment"; e = l.must() {
		beats++
	}
	if beats < 3 || e.name != "error" || !strings.Contains(e.data, "MODEL_TIMEOUT") {
		t.Errorf("after %d heartbeats: %+v", beats, e)
	}
	<-m.left
}

// A model that thinks before its answer's head keeps the client waiting, who learns that the stream is alive.
func TestHeartbeatsWhileTheModelThinks(t *testing.T) {
	t.Parallel()
	think := make(chan struct{})
	m := newModel()
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: func(w http.ResponseWriter, r *http.Request) {
		<-think
		m.ServeHTTP(w, r)
	}})
	h := d.start(t, map[string]any{"heartbeat": "100ms"})
	l := listen(t, open(t, h, "POST", chatPath, goodChat))
	if e := l.must(); e.name != "comment" {
		t.Errorf("%+v", e)
	}
	close(think)
	m.say <- token("one")
	m.say <- last
	e := l.must()
	for e.name == "comment" {
		e = l.must()
	}
	if e.id != "1" {
		t.Errorf("%+v", e)
	}
}

func TestStopFreesTheModelWithinASecond(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, nil)
	l := listen(t, open(t, h, "POST", chatPath, goodChat))
	id := l.answer.Header.Get("Stream-Id")
	m.say <- token("one")
	l.must()
	if r := do(t, h, "DELETE", root+"/streams/"+id, "", caller, "ben"); r.status != 404 {
		t.Errorf("ben stops ana's stream: %d", r.status)
	}
	begun := time.Now()
	if r := do(t, h, "DELETE", root+"/streams/"+id, ""); r.status != 204 {
		t.Errorf("%d %s", r.status, r.body)
	}
	<-m.left
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %s", took)
	}
	if e := l.must(); e.name != "stopped" {
		t.Errorf("%+v", e)
	}
	if r := do(t, h, "DELETE", root+"/streams/"+id, ""); r.status != 404 {
		t.Errorf("again: %d", r.status)
	}
}

func TestALostClientIsHeldAndThenFreed(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, map[string]any{"stream_hold": "1s"})
	l := listen(t, open(t, h, "POST", chatPath, goodChat))
	m.say <- token("one")
	l.must()
	lost := time.Now()
	if err := l.answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	<-m.left
	if took := time.Since(lost); took < time.Second || took > 2*time.Second {
		t.Errorf("freed after %s, want the hold time of 1 s, and a second at most", took)
	}
	if r := do(t, h, "GET", root+"/streams/"+l.answer.Header.Get("Stream-Id"), ""); r.status != 404 {
		t.Errorf("resumed after all: %d", r.status)
	}
}

func TestALostClientGetsTheRest(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, nil)
	l := listen(t, open(t, h, "POST", chatPath, goodChat))
	path := root + "/streams/" + l.answer.Header.Get("Stream-Id")
	m.say <- token("1")
	m.say <- token("2")
	l.must()
	l.must()
	if err := l.answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	for i := 3; i <= 9; i++ {
		m.say <- token(strconv.Itoa(i))
	}
	m.say <- last
	if r := do(t, h, "GET", path, "", "Last-Event-ID", "1", caller, "ben"); r.status != 404 {
		t.Errorf("ben reads ana's stream: %d %s", r.status, r.body)
	}
	for header, status := range map[string]int{"x": 400, "-1": 400, "99999999": 412} {
		if r := do(t, h, "GET", path, "", "Last-Event-ID", header); r.status != status {
			t.Errorf("Last-Event-ID %s: %d %s", header, r.status, r.body)
		}
	}
	// The second time, too: the rest is kept for as long as a client may come back.
	for range 2 {
		again := listen(t, open(t, h, "GET", path, "", "Last-Event-ID", "1"))
		for i := 2; i <= 9; i++ {
			if e := again.must(); e.id != strconv.Itoa(i) || !strings.Contains(e.data, fmt.Sprintf(`"content":"%d"`, i)) {
				t.Fatalf("event %d: %+v", i, e)
			}
		}
		if e := again.must(); e.data != "[DONE]" {
			t.Errorf("%+v", e)
		}
	}
}

// A client that does not read holds up its own model and nothing else, and misses nothing.
func TestASlowClientMissesNothing(t *testing.T) {
	t.Parallel()
	const events, size = 400, 32 << 10
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range events {
			_, _ = io.WriteString(w, token(strconv.Itoa(i+1)+strings.Repeat(".", size)))
		}
		_, _ = io.WriteString(w, last)
	}})
	h := d.start(t, nil)
	slow := listen(t, open(t, h, "POST", chatPath, goodChat))
	fast := listen(t, open(t, h, "POST", chatPath, goodChat, caller, "ben"))
	for _, l := range []*listener{fast, slow} {
		for i := 1; i <= events; i++ {
			if e := l.must(); e.id != strconv.Itoa(i) || !strings.Contains(e.data, fmt.Sprintf(`"content":"%d.`, i)) {
				t.Fatalf("event %d: id %s %.60s", i, e.id, e.data)
			}
		}
		if e := l.must(); e.data != "[DONE]" {
			t.Errorf("%.60s", e.data)
		}
	}
}

func TestAUserHasSoManyStreams(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, map[string]any{"max_streams_per_user": 2})
	first := listen(t, open(t, h, "POST", chatPath, goodChat))
	listen(t, open(t, h, "POST", chatPath, goodChat))
	if p := do(t, h, "POST", chatPath, goodChat).problem(t); p.Status != 429 || p.Code != "TOO_MANY_STREAMS" {
		t.Errorf("%+v", p)
	}
	listen(t, open(t, h, "POST", chatPath, goodChat, caller, "ben"))
	if r := do(t, h, "DELETE", root+"/streams/"+first.answer.Header.Get("Stream-Id"), ""); r.status != 204 {
		t.Errorf("stop: %d", r.status)
	}
	listen(t, open(t, h, "POST", chatPath, goodChat))
	if n := len(m.begun); n != 4 {
		t.Errorf("%d streams began, want 4", n)
	}
}
