package stream

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// maxEvent is the largest event that is passed on.
	maxEvent = 1 << 20
	// readBuffer is how much is read of a model at once.
	readBuffer = 4 << 10
)

var (
	errTooLarge = fmt.Errorf("an event is larger than %d MiB", maxEvent>>20)
	errNotJSON  = errors.New("an event is not JSON")
	// errReturn: clients would take what follows the CR for another line, such as a number or an end of the model's making.
	errReturn = errors.New("a line holds a carriage return")
)

// lastEvent is the data that ends a stream.
const lastEvent = "[DONE]"

// event is one event of a model.
type event struct {
	fields []byte // its lines "event: ..." and "data: ..."
	data   []byte
}

func (e *event) isLast() bool { return string(e.data) == lastEvent }

// check refuses what no client can read.
func (e *event) check() error {
	if !e.isLast() && !json.Valid(e.data) {
		return errNotJSON
	}
	return nil
}

// events reads a model's events.
type events struct{ lines *bufio.Reader }

func newEvents(r io.Reader) *events { return &events{bufio.NewReaderSize(r, readBuffer)} }

// next returns the next event that has data. io.EOF means that the stream ended between two events, io.ErrUnexpectedEOF that it
// ended within one.
func (r *events) next() (event, error) {
	var e event
	for {
		line, err := r.line(maxEvent - len(e.fields))
		switch {
		case errors.Is(err, io.EOF) && len(e.fields)+len(line) > 0:
			return event{}, io.ErrUnexpectedEOF
		case err != nil:
			return event{}, err
		case len(line) == 0 && e.data != nil:
			return e, nil
		case len(line) == 0:
			e = event{}
			continue
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		value = bytes.TrimPrefix(value, []byte{' '})
		switch string(name) {
		case "data":
			if e.data != nil {
				e.data = append(e.data, '\n')
			}
			e.data = append(e.data, value...)
			if e.data == nil {
				e.data = []byte{}
			}
		case "event":
		default:
			continue // comments, and numbers and waits of the model's own
		}
		e.fields = append(append(append(append(e.fields, name...), ": "...), value...), '\n')
	}
}

// line returns a line without its end. It is the reader's until the next call.
func (r *events) line(limit int) ([]byte, error) {
	line, err := r.lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) && len(long) <= limit {
			line, err = r.lines.ReadSlice('\n')
			long = append(long, line...)
		}
		line = long
	}
	if len(line) > limit {
		return nil, errTooLarge
	}
	if err != nil {
		return line, err
	}
	line = bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'})
	if bytes.IndexByte(line, '\r') >= 0 {
		return nil, errReturn
	}
	return line, nil
}
