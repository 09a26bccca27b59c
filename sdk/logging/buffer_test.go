package logging_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"corbel.example/sdk/logging"
)

// sink counts what is written to it.
type sink struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes int
	err    error
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	if s.err != nil {
		return 0, s.err
	}
	return s.text.Write(p)
}

func (s *sink) state() (text string, writes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), s.writes
}

func write(t *testing.T, b *logging.Buffer, line string) {
	t.Helper()
	if n, err := b.Write([]byte(line)); n != len(line) || err != nil {
		t.Fatalf("%d of %d bytes, %v", n, len(line), err)
	}
}

func TestBufferWritesLinesTogetherAMomentLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out sink
		b := logging.NewBuffer(&out)
		for range 2 {
			write(t, b, "one\n")
			write(t, b, "two\n")
			time.Sleep(time.Second)
		}
		if text, writes := out.state(); text != "one\ntwo\none\ntwo\n" || writes != 2 {
			t.Errorf("%q in %d writes", text, writes)
		}
		write(t, b, "last\n")
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		write(t, b, "after the end\n")
		if text, _ := out.state(); !strings.HasSuffix(text, "last\nafter the end\n") {
			t.Errorf("%q", text)
		}
	})
}

func TestBufferIsBounded(t *testing.T) {
	t.Parallel()
	var out sink
	b := logging.NewBuffer(&out)
	line := strings.Repeat("x", 1023) + "\n"
	for range 100 {
		write(t, b, line)
	}
	if text, _ := out.state(); len(text) < 100<<10-64<<10 {
		t.Errorf("%d bytes were written of 100 KiB", len(text))
	}
	long := strings.Repeat("y", 1<<20) + "\n"
	write(t, b, long)
	if text, _ := out.state(); text != strings.Repeat(line, 100)+long {
		t.Error("a long line is not in its place")
	}
	out.err = errors.New("no space")
	write(t, b, "lost\n")
	if err := b.Close(); !errors.Is(err, out.err) {
		t.Errorf("close: %v", err)
	}
}

func TestBufferKeepsLinesWholeAndAll(t *testing.T) {
	t.Parallel()
	var out sink
	b := logging.NewBuffer(&out)
	var all sync.WaitGroup
	const writers, each = 8, 500
	line := strings.Repeat("z", 99) + "\n"
	for range writers {
		all.Go(func() {
			for range each {
				if _, err := b.Write([]byte(line)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if text, _ := out.state(); text != strings.Repeat(line, writers*each) {
		t.Errorf("%d bytes of %d", len(text), writers*each*len(line))
	}
}
