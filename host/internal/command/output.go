package command

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"

	"corbel.example/sdk/command"
	"corbel.example/sdk/fault"
)

// maxAnswer is how much is kept of an answer that is no stream.
const maxAnswer = 1 << 20

// Output takes a plugin's answer and shows it: results on the standard output, progress and problems on the standard error.
// It is an http.ResponseWriter; Close must follow.
type Output struct {
	stdout   io.Writer
	progress display

	header  http.Header
	status  int
	media   string
	body    bytes.Buffer   // of an answer that is not shown as it comes
	stream  *io.PipeWriter // of an event stream
	read    chan error
	problem *fault.Problem
}

// display shows how far a command is.
type display interface {
	show(p command.Progress)
	// clear makes room for something else.
	clear()
}

// NewOutput returns an Output. On a terminal, progress is a bar on stderr, which is as wide as columns; with 0 columns it is a line for each step.
func NewOutput(stdout, stderr io.Writer, columns int) *Output {
	o := &Output{stdout: stdout, header: http.Header{}, progress: &lines{w: stderr}}
	if columns > 0 {
		o.progress = &bar{w: stderr, columns: columns}
	}
	return o
}

// Header is the answer's.
func (o *Output) Header() http.Header { return o.header }

// WriteHeader begins to show the answer.
func (o *Output) WriteHeader(status int) {
	if o.status != 0 {
		return
	}
	o.status = status
	o.media, _, _ = mime.ParseMediaType(o.header.Get("Content-Type"))
	if status < http.StatusBadRequest && o.media == command.MediaType {
		r, w := io.Pipe()
		o.stream, o.read = w, make(chan error, 1)
		go func() {
			err := command.Read(r, events{o})
			r.CloseWithError(err)
			o.read <- err
		}()
	}
}

func (o *Output) Write(p []byte) (int, error) {
	o.WriteHeader(http.StatusOK)
	switch {
	case o.stream != nil:
		return o.stream.Write(p)
	case o.status < http.StatusBadRequest && o.media == "text/plain":
		_, err := io.WriteString(o.stdout, printable(string(p)))
		return len(p), err
	}
	if o.body.Len()+len(p) > maxAnswer {
		return 0, fmt.Errorf("the command's answer is larger than %d MiB", maxAnswer>>20)
	}
	return o.body.Write(p)
}

// FlushError does nothing: what is written is shown.
func (o *Output) FlushError() error { return nil }

// Close shows what is left and returns how the command ended. err is the exchange's.
func (o *Output) Close(err error) error {
	if o.stream != nil {
		if closeErr := o.stream.CloseWithError(err); closeErr != nil && err == nil {
			err = closeErr
		}
		if readErr := <-o.read; err == nil {
			err = readErr
		}
		o.progress.clear()
	}
	switch {
	case o.problem != nil:
		return &Failure{*o.problem}
	case err != nil:
		return err
	case o.status >= http.StatusBadRequest:
		return fmt.Errorf("the plugin answered with status %d: %s", o.status, printable(o.body.String()))
	default:
		_, err := io.WriteString(o.stdout, printable(o.body.String()))
		return err
	}
}

// events shows the events of a stream.
type events struct{ o *Output }

func (e events) Progress(p command.Progress) {
	p.Text = printable(p.Text)
	e.o.progress.show(p)
}

func (e events) Print(s string) {
	e.o.progress.clear()
	// A closed pipe behind stdout ends the program by itself.
	_, _ = io.WriteString(e.o.stdout, printable(s))
}

func (e events) Failed(p fault.Problem) { e.o.problem = &p }

// printable is text from a plugin that does no harm on a terminal. Tabs and lines stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
