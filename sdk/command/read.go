package command

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"corbel.example/sdk/fault"
)

// maxEvent is the longest line that Read takes.
const maxEvent = 1 << 20

// Handler gets the events in their order.
type Handler interface {
	Progress(p Progress)
	Print(text string)
	Failed(p fault.Problem)
}

// Read reads events until r ends and hands them over. Events of other names are skipped: a plugin may be newer than its host.
func Read(r io.Reader, h Handler) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxEvent)
	name, data := "", []byte(nil)
	for lines.Scan() {
		line := lines.Bytes()
		field, value, _ := bytes.Cut(line, []byte{':'})
		value = bytes.TrimPrefix(value, []byte{' '})
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			data = append(data, value...)
		case "":
			if len(line) > 0 {
				continue // a comment
			}
			if err := dispatch(name, data, h); err != nil {
				return err
			}
			name, data = "", data[:0]
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the command's answer: %w", err)
	}
	return nil
}

func dispatch(name string, data []byte, h Handler) error {
	switch name {
	case progressEvent:
		return handOver(name, data, h.Progress)
	case printEvent:
		return handOver(name, data, func(p printed) { h.Print(p.Text) })
	case failedEvent:
		return handOver(name, data, h.Failed)
	default:
		return nil
	}
}

func handOver[T any](name string, data []byte, take func(T)) error {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("read the command's event %q: %w", name, err)
	}
	take(v)
	return nil
}
