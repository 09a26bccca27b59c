package stream

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzEvents: whatever a model sends, what is passed on is whole events of lines that clients read as they were meant.
func FuzzEvents(f *testing.F) {
	for _, seed := range []string{"data: 1\n\n", "event: a\rid: 9\ndata: 1\n\n", "data:a\r\ndata: b\r\n\r\nevent: x\ndata\n\n", ": c\nid: 7\n\ndata: [DONE]\n\n", "data: 1", "\n\n\n", "data: " + strings.Repeat("x", 5000) + "\n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		model := newEvents(strings.NewReader(sent))
		for {
			e, err := model.next()
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errTooLarge) && !errors.Is(err, errReturn) {
					t.Fatal(err)
				}
				return
			}
			if strings.Contains(string(e.fields), "\r") {
				t.Fatalf("%q has line ends that clients see and we don't", e.fields)
			}
			again, err := newEvents(strings.NewReader(string(e.fields) + "\n")).next()
			if err != nil || string(again.data) != string(e.data) || string(again.fields) != string(e.fields) {
				t.Fatalf("%q is read as %q, %v", e.fields, again.fields, err)
			}
		}
	})
}
