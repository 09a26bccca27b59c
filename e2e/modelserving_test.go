package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

const (
	models      = "/api/modelserving/endpoints"
	penguinMass = models + "/penguin-mass/invocations"
	corbelChat  = models + "/corbel-chat/invocations"
)

// ready waits until the workspace has trained its models.
func ready(t *testing.T, v *stack.Visitor) {
	t.Helper()
	await(t, "all endpoints are ready", func() bool {
		list := decode[struct {
			Endpoints []struct{ State struct{ Ready string } }
		}](t, get(t, v, http.StatusOK, models))
		return len(list.Endpoints) > 0 && !slices.ContainsFunc(list.Endpoints, func(e struct{ State struct{ Ready string } }) bool { return e.State.Ready != "READY" })
	})
}

func TestModelsAreListedAndInvoked(t *testing.T) {
	v := as(t, ana)
	ready(t, v)
	const penguin = `{"species":"Gentoo","island":"Biscoe","sex":"MALE","beak_length_mm":50,"beak_depth_mm":16,"flipper_length_mm":225}`
	answer := decode[struct{ Predictions []float64 }](t, post(t, v, http.StatusOK, penguinMass, `{"dataframe_records":[`+penguin+`]}`))
	if len(answer.Predictions) != 1 || answer.Predictions[0] < 4500 || answer.Predictions[0] > 6500 {
		t.Errorf("a large penguin weighs %v g", answer.Predictions)
	}
	refused := post(t, v, http.StatusBadRequest, penguinMass, `{"dataframe_records":[`+penguin+`,`+strings.Replace(penguin, "225", `"long"`, 1)+`]}`)
	if !strings.Contains(refused.Body, "/dataframe_records/1/flipper_length_mm") {
		t.Errorf("the refusal does not name the field: %s", refused.Body)
	}
	if a := get(t, as(t, cleo), http.StatusOK, models); strings.Contains(a.Body, "text-embeddings") {
		t.Error("cleo sees an endpoint that she has no permission for")
	}
	post(t, as(t, cleo), http.StatusForbidden, models+"/penguin-species/invocations",
		`{"dataframe_records":[{"beak_length_mm":50,"beak_depth_mm":16,"flipper_length_mm":225,"body_mass_g":5000}]}`)
}

func TestBrowserInvokesAModelAndChats(t *testing.T) {
	s := running(t)
	ready(t, as(t, ana))
	page := tab(t, browser.Desk)
	enter(t, page, s, ana)
	browse(t, page, s.URL+"/models", http.StatusOK)
	if _, err := page.Follow("penguin-mass"); err != nil {
		t.Fatal(err)
	}
	if _, err := browser.Evaluate[any](page, `document.querySelector('main form button').focus()`); err != nil {
		t.Fatal(err)
	}
	if _, err := page.PressToLeave(browser.KeyEnter); err != nil {
		t.Fatal(err)
	}
	if text, err := page.Text(); err != nil || !strings.Contains(text, "Prediction") || !strings.Contains(text, " ms") {
		t.Errorf("no prediction: %v\n%s", err, text)
	}
	if n, err := page.Count("databricks-chart svg"); err != nil || n != 1 {
		t.Errorf("%d charts: %v", n, err)
	}

	browse(t, page, s.URL+"/models/corbel-chat", http.StatusOK)
	step := func(js string) {
		t.Helper()
		if _, err := browser.Evaluate[any](page, js); err != nil {
			t.Fatal(err)
		}
	}
	seen := func(what, js string) {
		t.Helper()
		if err := page.Await(js); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	const (
		send    = `document.querySelector('[data-chat] textarea').value = %q; document.querySelector('[data-chat] form').requestSubmit()`
		answers = `document.querySelectorAll('[data-role=assistant]').length`
		words   = `[...document.querySelectorAll('[data-role=assistant] [data-content]')].at(-1)?.textContent.length`
	)
	step(fmt.Sprintf(send, "The state of the union"))
	seen("words come while the answer is made", words+` > 20 && document.querySelector('[role=log]').ariaBusy === "true"`)
	if err := page.Click("[data-stop] button"); err != nil {
		t.Fatal(err)
	}
	seen("it stops", `document.querySelector('[role=log]').ariaBusy === "false" && !document.querySelector('[data-retry-answer]').hidden`)
	if err := page.Click("[data-retry-answer] button"); err != nil {
		t.Fatal(err)
	}
	seen("it is asked again", words+` > 20 && `+answers+` === 1`)
	seen("the answer ends", `document.querySelector('[role=log]').ariaBusy === "false"`)
	if complaints := page.Complaints(); len(complaints) != 0 {
		t.Errorf("the browser complains: %v", complaints)
	}

	if err := page.Scripting(false); err != nil {
		t.Fatal(err)
	}
	browse(t, page, s.URL+"/models/corbel-chat?message=The+war", http.StatusOK)
	if texts, err := page.Texts("[data-role] [data-content]"); err != nil || len(texts) != 2 || texts[1] == "" {
		t.Errorf("without script: %q, %v", texts, err)
	}
	for _, line := range s.Log.Lines(func(l stack.Line) bool {
		return strings.Contains(l.Text, "state of the union") || strings.Contains(l.Text, "The+war") || strings.Contains(l.Text, "The war")
	}) {
		t.Errorf("the log tells what was asked: %s", line.Text)
	}
}

// chatStream is one answer as a client heard it.
type chatStream struct {
	text        string
	events      int
	first, last time.Time
}

// hear reads a stream to its end and checks that no event is missing, in the wrong place or of another answer.
func hear(answer io.Reader) (chatStream, error) {
	var s chatStream
	id := ""
	lines := bufio.NewScanner(answer)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			if s.events++; value != strconv.Itoa(s.events) {
				return s, fmt.Errorf("event %s where %d was due", value, s.events)
			}
		case "event":
			return s, fmt.Errorf("event %s", value)
		case "data":
			if s.events <= 1 {
				s.first = time.Now()
			}
			if value == "[DONE]" {
				s.last = time.Now()
				return s, nil
			}
			var chunk struct {
				ID      string
				Choices []struct{ Delta struct{ Content string } }
			}
			if err := json.Unmarshal([]byte(value), &chunk); err != nil || len(chunk.Choices) != 1 {
				return s, fmt.Errorf("%s: %w", value, err)
			}
			if id == "" {
				id = chunk.ID
			}
			if chunk.ID != id {
				return s, fmt.Errorf("a piece of the answer %s within %s", chunk.ID, id)
			}
			s.text += chunk.Choices[0].Delta.Content
		}
	}
	return s, errors.Join(errors.New("the stream ends without [DONE]"), lines.Err())
}

func chatRequest(tokens, seed int) string {
	return fmt.Sprintf(`{"messages":[{"role":"user","content":"We"}],"stream":true,"max_tokens":%d,"min_tokens":%d,"seed":%d}`, tokens, tokens, seed)
}

// Two hundred answers at once at 20 tokens a second: each arrives whole, in order and at its pace, and the host stays small.
// They last ten seconds, or as many as CORBEL_E2E_STREAM_SECONDS says.
func TestManyStreamsAtOnce(t *testing.T) {
	const (
		streams, perSecond, seeds = 200, 20, 5
		maxGrowth                 = 100 << 20
		maxLate                   = 3 * time.Second
	)
	seconds := 10
	if text := os.Getenv("CORBEL_E2E_STREAM_SECONDS"); text != "" {
		var err error
		if seconds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	tokens, due := seconds*perSecond, time.Duration(seconds)*time.Second
	s := start(t)
	visitors := []*stack.Visitor{signIn(t, s, ana), signIn(t, s, ben), signIn(t, s, cleo)}
	for _, v := range visitors {
		ready(t, v)
	}
	host, err := s.Process(t.Context(), "corbel")
	if err != nil {
		t.Fatal(err)
	}
	before := resident(t, host)
	heard := make([]chatStream, streams)
	begun := time.Now()
	var all sync.WaitGroup
	for i := range streams {
		all.Go(func() {
			answer, err := visitors[i%len(visitors)].Open(t.Context(), http.MethodPost, corbelChat, strings.NewReader(chatRequest(tokens, i%seeds)))
			if err != nil {
				t.Error(err)
				return
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Errorf("stream %d: %s", i, answer.Status)
				return
			}
			if heard[i], err = hear(answer.Body); err != nil {
				t.Errorf("stream %d after %d events: %v", i, heard[i].events, err)
			}
		})
	}
	all.Wait()
	took, growth := time.Since(begun), resident(t, host)-before
	for i, h := range heard {
		if h.text != heard[i%seeds].text || h.events < tokens {
			t.Errorf("stream %d says something else than %d, in %d events", i, i%seeds, h.events)
		}
	}
	figure.Note(t, "%d streams of %d tokens in %v (at 20/s: %v), host +%d MiB", streams, tokens, took.Round(10*time.Millisecond), due, growth>>20)
	if took > due+maxLate || growth > maxGrowth {
		t.Errorf("%v, over %v, or +%d MiB, over %d", took, due+maxLate, growth>>20, maxGrowth>>20)
	}
}

// What front door, host and plugin add to the time of the first token: beside each stream through them, one from the workspace itself.
func TestFirstTokenIsPassedOnAtOnce(t *testing.T) {
	const (
		pairs    = 40
		maxAdded = 5 * time.Millisecond
	)
	s := start(t, "CORBEL_TOKENS_PER_SECOND=0")
	v := signIn(t, s, ana)
	ready(t, v)
	env, err := s.Env(t.Context(), ana)
	if err != nil {
		t.Fatal(err)
	}
	measure := func(open func() (*http.Response, error)) time.Duration {
		t.Helper()
		begun := time.Now()
		answer, err := open()
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		line, err := bufio.NewReader(answer.Body).ReadString('\n')
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s %q %v", answer.Status, line, err)
		}
		return time.Since(begun)
	}
	var through, direct []time.Duration
	for i := range pairs {
		through = append(through, measure(func() (*http.Response, error) {
			return v.Open(t.Context(), http.MethodPost, corbelChat, strings.NewReader(chatRequest(5, i)))
		}))
		direct = append(direct, measure(func() (*http.Response, error) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, env["DATABRICKS_HOST"]+"/serving-endpoints/corbel-chat/invocations", strings.NewReader(chatRequest(5, i)))
			if err != nil {
				return nil, err
			}
			r.Header.Set("Authorization", "Bearer "+env["DATABRICKS_TOKEN"])
			r.Header.Set("Content-Type", "application/json")
			return http.DefaultClient.Do(r)
		}))
	}
	slices.Sort(through)
	slices.Sort(direct)
	added := through[pairs/2] - direct[pairs/2]
	figure.Note(t, "first token: %v through front door, host and plugin, %v direct: +%v (median of %d)",
		through[pairs/2].Round(10*time.Microsecond), direct[pairs/2].Round(10*time.Microsecond), added.Round(10*time.Microsecond), pairs)
	if added > maxAdded {
		t.Errorf("the first token comes %v later, over %v", added, maxAdded)
	}
}
