package main

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"corbel.example/sdk/sdktest"
)

const fragments = root + "/fragments"

// fragment gets a fragment and returns its markup and its text.
func fragment(t *testing.T, h *sdktest.Host, path string) (markup, text string) {
	t.Helper()
	r := do(t, h, "GET", fragments+path, "")
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Fatalf("%s: %d %.500s", path, r.status, r.body)
	}
	page, err := html.Parse(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range page.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(strings.TrimSpace(n.Data) + " ")
		}
	}
	return r.body, b.String()
}

func wants(t *testing.T, what, in string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(in, want) {
			t.Errorf("%s lacks %q: %.3000s", what, want, in)
		}
	}
}

func TestPagesListEndpointsWithStates(t *testing.T) {
	t.Parallel()
	h := newFake(t, nil).start(t, map[string]any{"endpoint": "mass"})
	for _, path := range []string{"/endpoints", "/home"} {
		markup, text := fragment(t, h, path)
		wants(t, path, text, "mass", "READY", "Prediction", "chat", "Chat")
		wants(t, path, markup, `href="/models/mass"`)
	}
	if _, text := fragment(t, h, "/home"); strings.Index(text, "mass") > strings.Index(text, "chat") {
		t.Error("the configured endpoint is not the first")
	}
	empty := newFake(t, map[string]http.HandlerFunc{"GET /api/2.0/serving-endpoints": answerJSON(200, `{}`)}).start(t, nil)
	if _, text := fragment(t, empty, "/endpoints"); !strings.Contains(text, "No models") {
		t.Error(text)
	}
}

func TestFormIsMadeOfTheSchemaWithItsExample(t *testing.T) {
	t.Parallel()
	h := newFake(t, nil).start(t, nil)
	markup, text := fragment(t, h, "/endpoint/mass")
	wants(t, "the page", text, "mass", "Predicts mass.", "CAN_QUERY", "39.1")
	wants(t, "the form", markup, `action="/models/mass"`, `method="get"`, `name="species"`, `<option value="Adelie" selected>`, `<option value="Gentoo">`,
		`name="bill_length_mm"`, `type="number"`, `value="39.1"`, `step="any"`, `name="_json"`, `value="2007"`, `step="1"`)
	if strings.Index(markup, `name="species"`) > strings.Index(markup, `name="bill_length_mm"`) {
		t.Error("the fields are not in the schema's order")
	}
	if _, text := fragment(t, h, "/answer/mass"); !strings.Contains(text, "Send an input") {
		t.Error(text)
	}
}

func TestFormShowsThePredictionAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	markup, text := fragment(t, h, "/answer/mass?species=Gentoo&bill_length_mm=45.5&sex=&year=2008")
	wants(t, "the answer", text, "3750.5", "ms", "Prediction", "JSON")
	wants(t, "the answer", markup, "<svg")
	if sent := d.received(invokeMass); len(sent) != 1 || sent[0].body != `{"dataframe_records":[{"species":"Gentoo","bill_length_mm":45.5,"year":2008}]}` {
		t.Errorf("sent %v", sent)
	}
	markup, _ = fragment(t, h, "/endpoint/mass?species=Gentoo&bill_length_mm=45.5&sex=&year=2008")
	wants(t, "the form", markup, `<option value="Gentoo" selected>`, `value="45.5"`, `value="2008"`)

	wrong := "?species=Gentoo&bill_length_mm=%22%3E%3Cscript%3E&year=1"
	markup, text = fragment(t, h, "/endpoint/mass"+wrong)
	wants(t, "the form", text, "must be number, not string")
	wants(t, "the form", markup, `aria-invalid="true"`)
	if strings.Contains(markup, "<script") {
		t.Error("what was typed is not escaped")
	}
	if _, text = fragment(t, h, "/answer/mass"+wrong); !strings.Contains(text, "/dataframe_records/0/bill_length_mm") {
		t.Error(text)
	}
	if len(d.received(invokeMass)) != 1 {
		t.Error("wrong input was sent")
	}
}

func TestJSONIsSentAsItWasTyped(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{
		invokeMass: answerJSON(200, `{"predictions":[{"label":"Gentoo","probabilities":{"Adelie":0.1,"Gentoo":0.9}},{"label":"Adelie","probabilities":{"Adelie":0.8,"Gentoo":0.2}}]}`),
	})
	h := d.start(t, nil)
	const two = `?_json=%7B%22dataframe_records%22%3A%5B%7B%22species%22%3A%22Adelie%22%2C%22bill_length_mm%22%3A1%7D%2C%0D%0A%7B%22species%22%3A%22Gentoo%22%2C%22bill_length_mm%22%3A2%7D%5D%7D`
	markup, text := fragment(t, h, "/answer/mass"+two)
	wants(t, "the answer", text, "label", "Gentoo", "Adelie", "0.9")
	wants(t, "the answer", markup, "<svg")
	if _, text := fragment(t, h, "/answer/mass?_json=%7B"); !strings.Contains(text, "cut off") {
		t.Error(text)
	}
}

func TestEmbeddingsAreCompared(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{
		"GET /api/2.0/serving-endpoints/words/openapi": answerJSON(200, strings.NewReplacer("messages", "input").Replace(
			`{"paths":{"/invocations":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"messages":{}}}}}}}}}}`)),
		"POST /serving-endpoints/words/invocations": answerJSON(200, `{"data":[{"embedding":[1,0]},{"embedding":[1,1]}]}`),
	})
	h := d.start(t, nil)
	if markup, _ := fragment(t, h, "/endpoint/words"); !strings.Contains(markup, `name="_texts"`) {
		t.Error(markup)
	}
	_, text := fragment(t, h, "/answer/words?_texts=one%0D%0Atwo%0D%0A")
	wants(t, "the answer", text, "0.707", "1.000")
	if sent := d.received("POST /serving-endpoints/words/invocations"); len(sent) != 1 || sent[0].body != `{"input":["one","two"]}` {
		t.Errorf("sent %v", sent)
	}
}

func TestChatWorksWithoutScript(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: answerJSON(200, `{"choices":[{"message":{"role":"assistant","content":"<b>fine"}}],"usage":{"prompt_tokens":3}}`)})
	h := d.start(t, nil)
	markup, _ := fragment(t, h, "/answer/chat")
	wants(t, "the chat", markup, `role="log"`, `name="message"`, `data-chat="/api/modelserving/endpoints/chat/invocations"`, `action="/models/chat"`)
	markup, text := fragment(t, h, "/answer/chat?u=Hello&a=Hi&message=How+are+you")
	wants(t, "the chat", text, "Hello", "Hi", "How are you", "<b>fine")
	wants(t, "the form", markup, `type="hidden" name="u" value="How are you"`, `type="hidden" name="a" value="&lt;b&gt;fine"`)
	const sent = `{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Hi"},{"role":"user","content":"How are you"}]}`
	if got := d.received(invokeChat); len(got) != 1 || got[0].body != sent {
		t.Errorf("sent %v", got)
	}
	long := "/answer/chat?" + strings.Repeat("u=x&a=y&", 50) + "u=" + strings.Repeat("z", 7000) + "&a=last"
	if markup, _ := fragment(t, h, long); strings.Contains(markup, "zzz") {
		t.Error("the address remembers more than it may")
	}
	d.answer(invokeChat, answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"You need CAN_QUERY."}`))
	markup, text = fragment(t, h, "/answer/chat?message=again")
	wants(t, "the refusal", text, "CAN_QUERY", "again")
	wants(t, "the refusal", markup, "databricks-banner")
}

func TestAssetsAreWhatTheManifestSays(t *testing.T) {
	t.Parallel()
	h := newFake(t, nil).start(t, nil)
	m := newModelServing().Manifest()
	if len(m.Assets) != 2 {
		t.Fatalf("%d assets", len(m.Assets))
	}
	for _, a := range m.Assets {
		if r := do(t, h, "GET", a.Path, ""); r.status != 200 || r.header.Get("Content-Type") != a.ContentType || r.body == "" {
			t.Errorf("%s: %d %s", a.Path, r.status, r.header)
		}
	}
}
