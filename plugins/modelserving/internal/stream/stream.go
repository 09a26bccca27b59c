package stream

import (
	"bytes"
	"context"
	"strconv"
	"sync"
	"time"

	"corbel.example/sdk/fault"
)

// maxBuffered is how many bytes of events a stream keeps, for its client and for one that comes back. It is more when one event is.
const maxBuffered = 256 << 10

// Stream is one answer on its way.
type Stream struct {
	// ID names it in addresses.
	ID string

	user      string
	requestID string
	registry  *Registry
	cancel    context.CancelCauseFunc
	done      chan struct{} // closed when the model is no longer read

	mu sync.Mutex
	// events are those that are kept, the first of which has the number first.
	events []numbered
	first  uint64
	bytes  int
	// delivered is the number of the last event that a client was given.
	delivered uint64
	named     bool         // a client was told the ID, and can come back
	opened    bool         // the model has begun to answer
	ended     bool         // nothing follows
	end       *fault.Error // why, if it is not the end of the answer
	room      chan struct{}
	reader    *reader     // who reads it now
	hold      *time.Timer // runs while nobody does
}

// numbered is an event as it is sent.
type numbered struct{ text []byte }

// reader is one client that reads the stream.
type reader struct {
	changed  chan struct{} // holds one note that there is something new
	replaced chan struct{} // closed when another one takes its place
}

// put adds an event, when there is room for it. It returns false when ctx ends before.
func (s *Stream) put(ctx context.Context, e event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		s.trim(len(e.fields))
		if len(s.events) == 0 || s.bytes+len(e.fields) <= maxBuffered {
			break
		}
		s.mu.Unlock()
		select {
		case <-s.room:
		case <-ctx.Done():
		}
		s.mu.Lock()
		if ctx.Err() != nil {
			return false
		}
	}
	number := s.first + uint64(len(s.events))
	text := make([]byte, 0, len(e.fields)+len("id: 18446744073709551615\n\n"))
	text = append(text, "id: "...)
	text = strconv.AppendUint(text, number, 10)
	text = append(text, '\n')
	text = append(text, e.fields...)
	text = append(text, '\n')
	s.events = append(s.events, numbered{text})
	s.bytes += len(text)
	s.note()
	return true
}

// trim drops what clients have been given, the oldest first, until there is room.
func (s *Stream) trim(more int) {
	drop := 0
	for drop < len(s.events) && s.first+uint64(drop) <= s.delivered && s.bytes+more > maxBuffered {
		s.bytes -= len(s.events[drop].text)
		s.events[drop].text = nil
		drop++
	}
	s.events, s.first = s.events[drop:], s.first+uint64(drop)
}

// note tells the reader that there is something new.
func (s *Stream) note() {
	if s.reader == nil {
		return
	}
	select {
	case s.reader.changed <- struct{}{}:
	default:
	}
}

// begin notes that the model has begun to answer.
func (s *Stream) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = true
	s.note()
}

// finish notes that nothing follows.
func (s *Stream) finish(why *fault.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.end = true, why
	s.note()
}

// attach makes a client the stream's reader, in the place of one that it had.
func (s *Stream) attach() *reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader != nil {
		close(s.reader.replaced)
	}
	if s.hold != nil {
		s.hold.Stop()
	}
	s.reader = &reader{changed: make(chan struct{}, 1), replaced: make(chan struct{})}
	return s.reader
}

// name notes that a client is being told the ID.
func (s *Stream) name() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.named = true
}

// detach begins to wait for a client that comes back, unless another one reads already or none can.
func (s *Stream) detach(r *reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader != r {
		return
	}
	s.reader = nil
	hold := s.registry.settings.Hold
	if !s.named {
		hold = 0
	}
	s.hold = time.AfterFunc(hold, func() { s.registry.lose(s) })
}

// isLost says whether nobody has read since the stream began to wait.
func (s *Stream) isLost() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reader == nil
}

func (s *Stream) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// progress is what a reader finds.
type progress struct {
	events        []byte
	last          uint64 // the number of the last one
	opened, ended bool
	end           *fault.Error
	gap           bool // what was asked for is gone
}

// after returns the events behind the number.
func (s *Stream) after(number uint64) progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := progress{last: number, opened: s.opened, ended: s.ended, end: s.end}
	next := s.first + uint64(len(s.events))
	if number+1 < s.first || number >= next {
		p.gap = true
		return p
	}
	for _, e := range s.events[number+1-s.first:] {
		p.events = append(p.events, e.text...)
	}
	p.last = next - 1
	return p
}

// deliver notes that a client was given the events up to number.
func (s *Stream) deliver(number uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered = max(s.delivered, number)
	select {
	case s.room <- struct{}{}:
	default:
	}
}

// lines makes an event of the plugin's own.
func ownEvent(name string, data []byte) []byte {
	var b bytes.Buffer
	b.WriteString("event: " + name + "\ndata: ")
	b.Write(data)
	b.WriteString("\n\n")
	return b.Bytes()
}
