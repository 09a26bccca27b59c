package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// maxDialogs is how many dialogs may wait for their answer; a page opens one at a time.
const maxDialogs = 16

// Transfer is something that a page has loaded.
type Transfer struct {
	URL string
	// Type is "Document", "Stylesheet", "Script", "Fetch", "Image"...
	Type   string
	Status int
	// Bytes came over the wire, headers included; Body are those of the compressed body alone.
	Bytes, Body int
}

// watch notes what happens in a tab. An event is noted before the command that caused it returns.
type watch struct {
	dialogs chan struct{}

	mu         sync.Mutex
	complaints []string
	transfers  map[network.RequestID]*Transfer
	order      []network.RequestID
}

func newWatch() *watch {
	return &watch{dialogs: make(chan struct{}, maxDialogs), transfers: map[network.RequestID]*Transfer{}}
}

// event is called by the goroutine that reads the browser's messages: it must not wait.
func (w *watch) event(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		w.complain("dialog: %s %q", e.Type, e.Message)
		select {
		case w.dialogs <- struct{}{}:
		default:
			w.complain("more than %d dialogs", maxDialogs)
		}
	case *runtime.EventExceptionThrown:
		w.complain("exception: %s", exception(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.complain("console: %s: %s", e.Type, arguments(e.Args))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning || e.Entry.Source == log.EntrySourceSecurity {
			w.complain("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *audits.EventIssueAdded:
		if csp := e.Issue.Details.ContentSecurityPolicyIssueDetails; csp != nil {
			w.complain("Content Security Policy: %s refused %q: %s", csp.ViolatedDirective, csp.BlockedURL, csp.ContentSecurityPolicyViolationType)
		}
	case *network.EventResponseReceived:
		if w.transfers[e.RequestID] == nil {
			w.order = append(w.order, e.RequestID)
		}
		// What has come so far are the headers.
		w.transfers[e.RequestID] = &Transfer{
			URL: e.Response.URL, Type: string(e.Type), Status: int(e.Response.Status), Body: -int(e.Response.EncodedDataLength),
		}
	case *network.EventLoadingFinished:
		if transfer := w.transfers[e.RequestID]; transfer != nil {
			transfer.Bytes = int(e.EncodedDataLength)
			transfer.Body += transfer.Bytes
		}
	}
}

func (w *watch) complain(format string, args ...any) {
	w.complaints = append(w.complaints, fmt.Sprintf(format, args...))
}

func (w *watch) complained() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.complaints)
}

// forget begins a new list of transfers.
func (w *watch) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.transfers)
	w.order = nil
}

func (w *watch) transferred() []Transfer {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Transfer, len(w.order))
	for i, id := range w.order {
		all[i] = *w.transfers[id]
	}
	return all
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}

func arguments(args []*runtime.RemoteObject) string {
	texts := make([]string, len(args))
	for i, arg := range args {
		texts[i] = arg.Description
		if arg.Description == "" {
			texts[i] = string(arg.Value)
		}
	}
	return strings.Join(texts, " ")
}
