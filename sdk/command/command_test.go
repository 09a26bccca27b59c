package command_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/command"
	"corbel.example/sdk/fault"
)

// record is what a handler was told.
type record struct {
	Steps   []command.Progress
	Printed string
	Problem *fault.Problem
}

func (r *record) Progress(p command.Progress) { r.Steps = append(r.Steps, p) }
func (r *record) Print(text string)           { r.Printed += text }
func (r *record) Failed(p fault.Problem)      { r.Problem = &p }

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	s := command.NewStream(w, "request-1")
	s.Progress(command.Progress{Text: "one\nevent: print", Done: 1, Total: 3})
	s.Print("a line\n")
	s.Print("<b>&\r\n\n")
	s.Fail(fault.New(fault.Forbidden, "You may not.").WithCode("NO"))
	if w.Header().Get("Content-Type") != command.MediaType || !w.Flushed || w.Code != http.StatusOK {
		t.Errorf("the answer is %d %v, flushed: %t", w.Code, w.Header(), w.Flushed)
	}
	var got record
	if err := command.Read(w.Body, &got); err != nil {
		t.Fatal(err)
	}
	problem := fault.New(fault.Forbidden, "You may not.").WithCode("NO").Problem("request-1")
	want := record{[]command.Progress{{Text: "one\nevent: print", Done: 1, Total: 3}}, "a line\n<b>&\r\n\n", &problem}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stream, printed, err string
	}{
		"skips what it does not know":      {": alive\n\nevent: later\ndata: {\n\nid: 7\nevent: print\ndata: {\"text\":\"x\"}\n\n", "x", ""},
		"takes lines of other systems":     {"event: print\r\ndata: {\"text\":\"x\"}\r\n\r\n", "x", ""},
		"drops an event that is cut off":   {"event: print\ndata: {\"text\":\"x\"}\n", "", ""},
		"refuses an event that is no JSON": {"event: print\ndata: x\n\n", "", `event "print"`},
		"refuses a line without end":       {"data: " + strings.Repeat("x", 2<<20), "", "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got record
			err := command.Read(strings.NewReader(test.stream), &got)
			if got.Printed != test.printed || (test.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("printed %q, error %v", got.Printed, err)
			}
		})
	}
	if err := command.Read(failing{}, &record{}); !errors.Is(err, errBroken) {
		t.Errorf("a stream that breaks off: %v", err)
	}
}

var errBroken = errors.New("broken")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }
