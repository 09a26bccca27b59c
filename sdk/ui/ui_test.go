package ui

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/locale"
)

// render returns what a fragment of components is as HTML.
func render(t *testing.T, components ...Component) string {
	t.Helper()
	var b strings.Builder
	if err := Parts(components).Render(withIDs(t.Context()), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextsAreEscaped(t *testing.T) {
	t.Parallel()
	const hostile = `"><script>alert('x')</script>`
	columns := []Column{{Title: hostile, Type: hostile, Sort: Sort{Href: hostile, Direction: hostile}}}
	for name, c := range map[string]Component{
		"text": Text(hostile), "code": Code(hostile), "copyable": Copyable(hostile), "mono": Mono(hostile), "muted": Muted(hostile), "strong": Strong(hostile),
		"heading": Heading{Text: hostile, ID: hostile}, "link": Link{Href: hostile, Text: hostile, Label: hostile}, "preformatted": Preformatted(hostile),
		"properties": Properties{{Name: hostile, Value: Text(hostile)}}, "details": Details{Summary: hostile},
		"button": Button{Text: hostile, Variant: hostile, Size: hostile, Type: hostile, Name: hostile, Value: hostile, Label: hostile},
		"card":   Card{Title: hostile, Tag: Text(hostile), ID: hostile}, "tag": Tag{Text: hostile, Type: hostile},
		"banner": Banner{Type: hostile, Title: hostile, Text: hostile, RequestID: hostile}, "toast": Toast{Type: hostile, Text: hostile},
		"empty": Empty{Title: hostile, Text: hostile}, "progress": Progress{Label: hostile, Text: hostile},
		"table":  Table{Label: hostile, Columns: columns, Rows: [][]Component{{Long(hostile)}, {Wrapped(hostile)}}, Pager: &Pager{Next: hostile, Range: hostile, Label: hostile}},
		"input":  Input{Label: hostile, Name: hostile, Value: hostile, Type: hostile, Placeholder: hostile, Hint: hostile, Error: hostile, Min: hostile, Max: hostile, Step: hostile, Autocomplete: hostile, ID: hostile},
		"select": Select{Label: hostile, Name: hostile, Options: []Option{{Value: hostile, Text: hostile}}}, "textarea": Textarea{Label: hostile, Name: hostile, Value: hostile},
		"checkbox": Checkbox{Label: hostile, Name: hostile, Value: hostile}, "hidden": Hidden{Name: hostile, Value: hostile},
		"form": Form{Action: hostile}, "search": Search{Action: hostile, Label: hostile, Name: hostile, Value: hostile},
		"breadcrumb": Breadcrumb{{hostile, hostile}, {Text: hostile}}, "tabs": Tabs{Label: hostile, Items: []Tab{{Title: hostile, Href: hostile, Count: Text(hostile)}}},
		"tree":     Tree{Label: hostile, Branches: []Branch{{Kind: hostile, Title: hostile, Href: hostile, Source: hostile}}},
		"fragment": Fragment{Source: hostile, Loading: hostile}, "dialog": Dialog{Trigger: hostile, Variant: hostile, Size: hostile, Href: hostile, Title: hostile, Close: hostile, CloseHref: hostile},
	} {
		if got := render(t, c); strings.Contains(got, "<script") || strings.Contains(got, `"">`) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestAddressesThatRunScriptAreRefused(t *testing.T) {
	t.Parallel()
	const hostile = "javascript:alert(1)"
	for name, c := range map[string]Component{
		"link": Link{Href: hostile, Text: "x"}, "button": Button{Href: hostile}, "form": Form{Action: hostile}, "search": Search{Action: hostile},
		"breadcrumb": Breadcrumb{{"x", hostile}}, "tabs": Tabs{Items: []Tab{{Href: hostile}}}, "tree": Tree{Branches: []Branch{{Href: hostile}}},
		"column": Table{Columns: []Column{{Title: "x", Sort: Sort{Href: hostile}}}}, "pager": Table{Pager: &Pager{Next: hostile}}, "dialog": Dialog{Href: hostile, CloseHref: hostile},
	} {
		if got := render(t, c); strings.Contains(got, "javascript:") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestIDsAreUniqueAndStable(t *testing.T) {
	t.Parallel()
	form := Parts{
		Input{Label: "Name", Name: "n", Hint: "Short"},
		Input{Label: "Name", Name: "n"},
		Input{Label: "Other", Name: "n-2"},
		Input{Label: "Chosen", Name: "n", ID: "mine"},
		Card{ID: "mine"},
		Input{Label: "表"},
		Progress{Label: "Upload"},
		Dialog{Title: "Delete?"},
	}
	first := render(t, form)
	if second := render(t, form); second != first {
		t.Errorf("the second time\n%s\nnot\n%s", second, first)
	}
	seen := map[string]bool{}
	for _, part := range strings.Split(first, ` id="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		if seen[id] {
			t.Errorf("two elements have the id %s", id)
		}
		seen[id] = true
	}
	for _, want := range []string{"field-n", "field-n-hint", "field-n-2", "field-n-2-2", "mine", "mine-2", "field", "progress-upload", "dialog-delete"} {
		if !seen[want] {
			t.Errorf("no element has the id %s, of %v", want, seen)
		}
	}
}

func TestCellsLookLikeWhatIsInThem(t *testing.T) {
	t.Parallel()
	got := render(t, Table{
		Columns: []Column{{Title: "a", Number: true}, {Title: "b"}},
		Rows:    [][]Component{{Null{}, Long("long")}, {Text("1"), Wrapped("two\nlines")}, {Text("2")}, {nil, Null{}, Text("too many")}},
	})
	_, body, _ := strings.Cut(got, "<tbody>")
	body, _, _ = strings.Cut(body, "</tbody>")
	want := `<tr><td class="number null">NULL</td><td class="truncate" title="long">long</td></tr>` +
		`<tr><td class="number">1</td><td class="wrap">two` + "\n" + `lines</td></tr>` +
		`<tr><td class="number">2</td><td></td></tr><tr><td class="number"></td><td class="null">NULL</td></tr>`
	if body != want {
		t.Errorf("cells\n%s\nwant\n%s", body, want)
	}
	if got := render(t, Table{Empty: Text("nothing")}); got != "nothing" {
		t.Errorf("an empty table is %s", got)
	}
}

func TestDisabledLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	got := render(t, Button{Text: "Next", Href: "/next", Disabled: true}, Table{Pager: &Pager{}}, Button{Text: "Run", Loading: true})
	if strings.Contains(got, "href") || strings.Count(got, `aria-disabled="true"`) != 4 || !strings.Contains(got, "<button disabled>") {
		t.Error(got)
	}
}

func TestNumbersAndTimes(t *testing.T) {
	t.Parallel()
	var german strings.Builder
	numbers := Parts{Number(-1234567), Text(" "), Percent(0.125), Text(" "), Duration(2750 * time.Millisecond)}
	if err := numbers.Render(locale.NewContext(t.Context(), "de-DE"), &german); err != nil {
		t.Fatal(err)
	}
	if got, want := german.String()+"; "+render(t, numbers), "-1.234.567 12,5\u00a0% 2,75 s; -1,234,567 12.5% 2.75 s"; got != want {
		t.Errorf("numbers are %q, want %q", got, want)
	}
	for s, want := range map[string]string{"": "", "abc": "abc", "abcd": "abc…", "éééé": "ééé…"} {
		if got := Cut(s, 3); got != want {
			t.Errorf("Cut(%q, 3) is %q, want %q", s, got, want)
		}
	}
	at := time.Date(2024, 2, 29, 14, 30, 59, 0, time.FixedZone("", 2*60*60))
	if got, want := render(t, Time(at), Time{}), `<time datetime="2024-02-29T12:30:59Z">2024-02-29 12:30 UTC</time>`; got != want {
		t.Errorf("time is %s, want %s", got, want)
	}
}

func TestFailureShowsTheMessageAndNotTheCause(t *testing.T) {
	t.Parallel()
	ctx := correlation.NewContext(t.Context(), "request-1")
	got := render(t, Failure(ctx, fault.Wrap(fault.Forbidden, errors.New("secret cause"), "You need SELECT.")), Failure(ctx, errors.New("secret cause")))
	if strings.Contains(got, "secret") || !strings.Contains(got, "You need SELECT.") || strings.Count(got, `Request id <a href="/requests?id=request-1"><code>request-1</code></a>`) != 2 || !strings.Contains(got, `role="alert"`) {
		t.Error(got)
	}
}

func TestViewAnswersWithTheFragmentOrTheFault(t *testing.T) {
	t.Parallel()
	broken := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "half a page")
		return errors.Join(err, errors.New("template"))
	})
	for name, tt := range map[string]struct {
		view        View
		status      int
		contentType string
		body        string
	}{
		"fragment":      {func(*http.Request) (Component, error) { return Text("<hello>"), nil }, 200, "text/html; charset=utf-8", "&lt;hello&gt;"},
		"fault":         {func(*http.Request) (Component, error) { return nil, fault.New(fault.NotFound, "No trips.") }, 404, fault.ProblemContentType, "No trips."},
		"broken render": {func(*http.Request) (Component, error) { return broken, nil }, 500, fault.ProblemContentType, `"code":"INTERNAL"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			tt.view.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/x/fragments/y", http.NoBody))
			if w.Code != tt.status || w.Header().Get("Content-Type") != tt.contentType || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
			if body := w.Body.String(); !strings.Contains(body, tt.body) || strings.Contains(body, "half a page") {
				t.Errorf("body %s", body)
			}
		})
	}
}
