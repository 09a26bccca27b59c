package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"corbel.example/e2e/browser"
)

// line is a way to the front door that can be cut.
type line struct {
	URL string

	target string
	mu     sync.Mutex
	dead   bool
	open   map[net.Conn]struct{}
	done   sync.WaitGroup
}

// newLine listens on a port of its own and passes on what comes to the front door at url.
func newLine(t *testing.T, url string) *line {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{URL: "http://" + listener.Addr().String(), target: strings.TrimPrefix(url, "http://"), open: map[net.Conn]struct{}{}}
	l.done.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			l.done.Go(func() { l.pass(client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // ends Accept
		l.cut()
		l.done.Wait()
	})
	return l
}

// pass copies both ways until one side ends.
func (l *line) pass(client net.Conn) {
	server, err := net.Dial("tcp", l.target) //nolint:noctx // a local port, and the line's end ends it
	if err != nil {
		_ = client.Close() // as good as refused
		return
	}
	ends := []net.Conn{client, server}
	l.mu.Lock()
	dead := l.dead
	for _, end := range ends {
		l.open[end] = struct{}{}
	}
	l.mu.Unlock()
	shut := sync.OnceFunc(func() {
		for _, end := range ends {
			_ = end.Close() // it may have been cut
		}
	})
	defer shut()
	if dead {
		return
	}
	var both sync.WaitGroup
	for i := range ends {
		both.Go(func() {
			defer shut()
			_, _ = io.Copy(ends[i], ends[1-i]) // an error is an end
		})
	}
	both.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, end := range ends {
		delete(l.open, end)
	}
}

// cut ends all connections; new ones end at once until mend.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = true
	for end := range l.open {
		_ = end.Close() // its other end may have gone
	}
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = false
}

// chatting is a tab with the chat, whose line can be cut.
type chatting struct {
	t    *testing.T
	page *browser.Tab
	line *line
}

func openChat(t *testing.T) *chatting {
	t.Helper()
	s := running(t)
	ready(t, as(t, ana))
	c := &chatting{t: t, page: tab(t, browser.Desk), line: newLine(t, s.URL)}
	enter(t, c.page, s, ana)
	browse(t, c.page, c.line.URL+"/models/corbel-chat", 200)
	return c
}

func (c *chatting) do(js string) {
	c.t.Helper()
	if _, err := browser.Evaluate[any](c.page, js); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chatting) say(text string) {
	c.t.Helper()
	c.do(fmt.Sprintf(`document.querySelector('[data-chat] textarea').value = %q; document.querySelector('[data-chat] form').requestSubmit()`, text))
}

func (c *chatting) click(selector string) {
	c.t.Helper()
	if err := c.page.Click(selector); err != nil {
		c.t.Fatal(err)
	}
}

func (c *chatting) await(what, js string) {
	c.t.Helper()
	if err := c.page.Await(js); err != nil {
		text, _ := c.page.Text()
		c.t.Fatalf("%s: %v\n%s", what, err, text)
	}
}

func (c *chatting) text(js string) string {
	c.t.Helper()
	text, err := browser.Evaluate[string](c.page, js)
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

const (
	lastAnswer = `[...document.querySelectorAll('[data-role=assistant] [data-content]')].at(-1)?.textContent ?? ""`
	speaking   = `(` + lastAnswer + `).length > 20 && document.querySelector('[role=log]').ariaBusy === "true"`
	silent     = `document.querySelector('[role=log]').ariaBusy === "false"`
	resumed    = `performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('/api/modelserving/streams/'))`
)

// A connection that breaks twice while the model speaks costs no word and doubles none.
func TestChatIsTakenUpAgainWhereItBroke(t *testing.T) {
	c := openChat(t)
	c.say("The state of the union")
	for range 2 {
		c.await("words come", speaking)
		c.line.cut()
		c.do(`window.had = (` + lastAnswer + `).length`)
		c.line.mend()
		c.await("it is taken up again", `(`+lastAnswer+`).length > window.had + 40`)
	}
	c.await("the answer ends", silent)
	if n, err := c.page.Count("[data-chat] databricks-banner"); err != nil || n != 0 {
		t.Errorf("%d failures are shown: %v", n, err)
	}
	c.do(`fetch(` + resumed + `.at(-1), {headers: {"Last-Event-ID": "0"}}).then((r) => r.text()).then((text) => { window.kept = text })`)
	c.await("the stream is kept", `window.kept !== undefined`)
	want := ""
	for _, row := range strings.Split(c.text(`window.kept`), "\n") {
		var chunk struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		if data, ok := strings.CutPrefix(row, "data: "); ok && data != "[DONE]" {
			if err := json.Unmarshal([]byte(data), &chunk); err != nil {
				t.Fatalf("%s: %v", row, err)
			}
			if len(chunk.Choices) > 0 {
				want += chunk.Choices[0].Delta.Content
			}
		}
	}
	if got := c.text(lastAnswer); got != want || want == "" {
		t.Errorf("the page says %q, the model said %q", got, want)
	}
}

// A connection that stays broken is told of; when it is back, Retry asks again in the place of what is there.
func TestChatWhoseConnectionIsGoneCanBeRetried(t *testing.T) {
	c := openChat(t)
	c.say("The people")
	c.await("words come", speaking)
	c.line.cut()
	c.await("it is given up", silent+` && document.querySelector('[data-chat] [role=alert]')?.textContent.includes("The connection was lost")`)
	c.line.mend()
	c.click("[data-retry-answer] button")
	c.await("it is asked again", speaking+` && document.querySelectorAll('[data-role=assistant]').length === 1 && !document.querySelector('[data-chat] [role=alert]')`)
	c.await("the answer ends", silent)
}

// Stop counts at once, be the connection there or not; what was said stays, and nothing follows.
func TestChatStops(t *testing.T) {
	c := openChat(t)
	for _, cut := range []bool{false, true} {
		c.say("The war")
		c.await("words come", speaking)
		if cut {
			c.line.cut()
		}
		c.click("[data-stop] button")
		c.await("it stops", silent+` && [...document.querySelectorAll('[data-role=assistant]')].at(-1).textContent.endsWith("Stopped")`)
		said := c.text(lastAnswer)
		c.line.mend()
		if !cut {
			c.click("[data-retry-answer] button")
			c.await("it is asked again", speaking)
			c.click("[data-stop] button")
			c.await("it stops again", silent)
			continue
		}
		if again := c.text(lastAnswer); again != said || said == "" {
			t.Errorf("after the stop %q became %q", said, again)
		}
	}
}
