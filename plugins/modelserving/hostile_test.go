package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A client that leaves before it was told the stream's name cannot come back: nothing is held for it.
func TestAClientThatLeavesBeforeTheAnswerFreesTheModel(t *testing.T) {
	t.Parallel()
	begun, left := make(chan struct{}), make(chan struct{})
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		close(left)
	}})
	h := d.start(t, map[string]any{"stream_hold": "5m"})
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL+chatPath, strings.NewReader(goodChat))
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			err = answer.Body.Close()
		}
		gone <- err
	}()
	<-begun
	leave()
	lost := time.Now()
	<-left
	if took := time.Since(lost); took > time.Second {
		t.Errorf("the model was freed after %s", took)
	}
	if err := <-gone; err == nil {
		t.Error("the client had an answer")
	}
}

func TestAModelForgesNoLines(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]string{
		"a number":     "event: word\rid: 4711\ndata: {}\n\n",
		"an end":       "event: word\revent: stopped\ndata: {}\n\n",
		"within JSON":  "data: {\"a\":\r\r1}\n\n",
		"another data": "event: word\rdata: {\"choices\":[]}\ndata: {}\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _, h := chatting(t, nil)
			l := listen(t, open(t, h, "POST", chatPath, goodChat))
			m.say <- token("one")
			l.must()
			m.say <- say
			if e := l.must(); e.name != "error" || !strings.Contains(e.data, "MODEL_ANSWER_INVALID") {
				t.Errorf("%+v", e)
			}
			<-m.left
		})
	}
}

func TestNonsenseNamesAreNotSentOn(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	for _, name := range []string{"mass%0d%0aX-Evil:%201", "mass%0a", "..%2f..%2ftoken%2flist", "mass%3fa=b", "%00", "mass%20", strings.Repeat("m", 64), "%ff", "m%C3%A4ss"} {
		for _, ask := range []struct{ method, path, body string }{
			{"POST", "/invocations", goodRecord},
			{"GET", "", ""},
			{"GET", "/usage", ""},
		} {
			r := do(t, h, ask.method, root+"/endpoints/"+name+ask.path, ask.body)
			if r.status != http.StatusNotFound || r.header.Get("X-Evil") != "" {
				t.Errorf("%s %s: %d %s", ask.method, name, r.status, r.body)
			}
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.seen {
		if !strings.HasPrefix(s.route, "GET /.well-known/") {
			t.Errorf("the workspace was asked %q", s.route)
		}
	}
}

func TestNonsenseEventNumbersAreRefused(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, nil)
	l := listen(t, open(t, h, "POST", chatPath, goodChat))
	path := root + "/streams/" + l.answer.Header.Get("Stream-Id")
	m.say <- token("one")
	l.must()
	for last, want := range map[string]int{
		"-1": 400, "1.5": 400, "1e3": 400, "0x1": 400, "one": 400, "18446744073709551616": 400, "9223372036854775807": 412, "2": 412,
	} {
		if r := do(t, h, "GET", path, "", "Last-Event-ID", last); r.status != want {
			t.Errorf("Last-Event-ID %q: %d %s", last, r.status, r.body)
		}
	}
	again := listen(t, open(t, h, "GET", path, "", "Last-Event-ID", "0"))
	if e := again.must(); e.id != "1" {
		t.Errorf("the stream has suffered: %+v", e)
	}
}

// Whoever stops, resumes and reads a stream at the same time: one of them stops it, and everything is free.
func TestStopRaces(t *testing.T) {
	t.Parallel()
	m, _, h := chatting(t, nil)
	for range 10 {
		l := listen(t, open(t, h, "POST", chatPath, goodChat))
		path := root + "/streams/" + l.answer.Header.Get("Stream-Id")
		m.say <- token("one")
		var all sync.WaitGroup
		statuses := make(chan int, 12)
		for i := range 12 {
			all.Go(func() {
				if i%3 == 0 {
					do(t, h, "GET", path, "", "Last-Event-ID", "0")
					return
				}
				statuses <- do(t, h, "DELETE", path, "").status
			})
		}
		all.Wait()
		close(statuses)
		stopped := 0
		for status := range statuses {
			switch status {
			case http.StatusNoContent:
				stopped++
			case http.StatusNotFound:
			default:
				t.Errorf("stop: %d", status)
			}
		}
		if stopped == 0 {
			t.Error("nobody stopped it")
		}
		select {
		case <-m.left:
		case <-time.After(waitTimeout):
			t.Fatal("the model is still read")
		}
		for len(m.say) > 0 {
			<-m.say // what the model did not get to say
		}
	}
}

// A user who asks for a thousand answers at once has as many as anybody may, and keeps nobody else from theirs.
func TestAThousandStreamsOfOneUserLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	const asked, most = 1000, 20
	stay := make(chan struct{})
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte(token("one"))) // the test sees what is missing
		w.(http.Flusher).Flush()
		select {
		case <-stay:
		case <-r.Context().Done():
		}
	}})
	defer close(stay)
	h := d.start(t, map[string]any{"max_streams_per_user": most})
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for range asked {
		all.Go(func() {
			answer := open(t, h, "POST", chatPath, goodChat)
			mu.Lock()
			defer mu.Unlock()
			statuses[answer.StatusCode]++
		})
	}
	all.Wait()
	if statuses[http.StatusOK] != most || statuses[http.StatusTooManyRequests] != asked-most {
		t.Errorf("%v, want %d streams and %d refusals", statuses, most, asked-most)
	}
	l := listen(t, open(t, h, "POST", chatPath, goodChat, caller, "ben"))
	if e := l.must(); e.id != "1" {
		t.Errorf("ben: %+v", e)
	}
}

func TestOnlyTheFieldThatAsksForAStreamIsOne(t *testing.T) {
	t.Parallel()
	h := newFake(t, nil).start(t, nil)
	for _, field := range []string{`"Stream":true`, `"STREAM":"x"`, `"stream":false`} {
		r := do(t, h, "POST", massPath, strings.Replace(goodRecord, "{", "{"+field+",", 1))
		if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %s", field, r.status, r.body)
		}
	}
}

// Large bodies are few at once, for each user and in all, so that they cannot fill the memory. Small ones do not feel it.
func TestLargeBodiesAreFewAtOnce(t *testing.T) {
	t.Parallel()
	begun, leave := make(chan struct{}, 16), make(chan struct{})
	d := newFake(t, map[string]http.HandlerFunc{invokeMass: func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 1<<20 {
			begun <- struct{}{}
			<-leave
		}
		answerJSON(http.StatusOK, `{"predictions":[1]}`)(w, r)
	}})
	h := d.start(t, nil)
	large := goodRecord + strings.Repeat(" ", 2<<20)
	var answers sync.WaitGroup
	for _, user := range []string{"ana", "ana", "ana", "ana", "ben", "ben", "ben", "cleo"} {
		answers.Go(func() {
			if r := do(t, h, "POST", massPath, large, caller, user); r.status != http.StatusOK {
				t.Errorf("%s: %d %s", user, r.status, r.body)
			}
		})
		<-begun
		if user == "ana" {
			continue
		}
		if p := do(t, h, "POST", massPath, large, caller, "ana").problem(t); p.Status != http.StatusTooManyRequests || p.Code != "TOO_MANY_LARGE_REQUESTS" {
			t.Errorf("a fifth of ana: %+v", p)
		}
	}
	if p := do(t, h, "POST", massPath, large, caller, "dora").problem(t); p.Code != "TOO_MANY_LARGE_REQUESTS" {
		t.Errorf("a ninth of all: %+v", p)
	}
	if r := do(t, h, "POST", massPath, goodRecord, caller, "ana"); r.status != http.StatusOK {
		t.Errorf("a small one: %d %s", r.status, r.body)
	}
	close(leave)
	answers.Wait()
	if r := do(t, h, "POST", massPath, large, caller, "ana"); r.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", r.status, r.body)
	}
}
