package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEditorSaysWhereTheErrorIsAsBrowsersCount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		editor Editor
		want   string
	}{
		"plain":          {Editor{Value: "SELECT x", ErrorStart: 7, ErrorEnd: 8}, `data-error-start="7" data-error-end="8"`},
		"behind accents": {Editor{Value: "é x", ErrorStart: 3, ErrorEnd: 4}, `data-error-start="2" data-error-end="3"`},
		"behind emoji":   {Editor{Value: "🛺 🛺", ErrorStart: 5, ErrorEnd: 9}, `data-error-start="3" data-error-end="5"`},
		"behind lines":   {Editor{Value: "a\r\nb\r\nc", ErrorStart: 3, ErrorEnd: 7}, `data-error-start="2" data-error-end="5"`},
		"beyond the end": {Editor{Value: "abc", ErrorStart: 1, ErrorEnd: 99}, `data-error-start="1" data-error-end="3"`},
	} {
		if got := render(t, test.editor); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s lacks %s", name, got, test.want)
		}
	}
	for name, e := range map[string]Editor{"none": {Value: "abc"}, "backwards": {Value: "abc", ErrorStart: 2, ErrorEnd: 1}, "negative": {Value: "abc", ErrorStart: -5, ErrorEnd: -2}} {
		if got := render(t, e); strings.Contains(got, "data-error") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestCompletionsAreAnsweredAndBounded(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := WriteCompletions(w, []Completion{{Label: "a`b", Kind: "column", Detail: "STRING"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Body.String(), "{\"items\":[{\"label\":\"a`b\",\"kind\":\"column\",\"detail\":\"STRING\"}]}"; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
	for given, want := range map[int]int{0: 0, 5000: maxCompletions} {
		w := httptest.NewRecorder()
		if err := WriteCompletions(w, make([]Completion, given)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(w.Body.String(), `"label"`); got != want || !strings.HasPrefix(w.Body.String(), `{"items":[`) {
			t.Errorf("%d completions: %d in %.40s", given, got, w.Body)
		}
	}
	for path, want := range map[string][]string{"": nil, "main": {"main"}, "main\x1fa.b": {"main", "a.b"}} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?path="+url.QueryEscape(path), http.NoBody)
		if diff := cmp.Diff(want, CompletionPath(r)); diff != "" {
			t.Errorf("path %q: %s", path, diff)
		}
	}
}
