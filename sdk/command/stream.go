package command

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"

	"corbel.example/sdk/fault"
)

// The names of the events.
const (
	progressEvent = "progress"
	printEvent    = "print"
	failedEvent   = "failed"
)

// MediaType of the answer.
const MediaType = "text/event-stream"

// Progress is how far the command is.
type Progress struct {
	// Text says what it does now.
	Text string `json:"text"`
	// Done of Total; a Total of 0 means that nobody knows how much there is to do.
	Done  int `json:"done,omitempty"`
	Total int `json:"total,omitempty"`
}

// Stream is the answer to a command. The route must be Streaming. It is safe for concurrent use; what is written after the
// client has left goes nowhere.
type Stream struct {
	mu        sync.Mutex
	w         http.ResponseWriter
	requestID string
	begun     bool
}

// NewStream returns the answer to r. It writes nothing yet: until the first event, a handler may still return a fault.
func NewStream(w http.ResponseWriter, requestID string) *Stream {
	return &Stream{w: w, requestID: requestID}
}

// Progress tells how far the command is: a bar on a terminal, a line elsewhere.
func (s *Stream) Progress(p Progress) { s.send(progressEvent, p) }

// Print prints text on the standard output. It needs its own line breaks.
func (s *Stream) Print(text string) { s.send(printEvent, printed{text}) }

// Fail ends the command: its message goes to the standard error, and its kind decides the exit code.
func (s *Stream) Fail(err error) { s.send(failedEvent, fault.From(err).Problem(s.requestID)) }

type printed struct {
	Text string `json:"text"`
}

func (s *Stream) send(name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		return // texts and numbers
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		s.begun = true
		h := s.w.Header()
		h.Set("Content-Type", MediaType)
		h.Set("Cache-Control", "no-store")
		s.w.WriteHeader(http.StatusOK)
	}
	var event bytes.Buffer
	event.WriteString("event: " + name + "\ndata: ")
	event.Write(data) // JSON of one line
	event.WriteString("\n\n")
	// A client that has left is noticed by the request's context.
	_, _ = s.w.Write(event.Bytes())
	_ = http.NewResponseController(s.w).Flush()
}
