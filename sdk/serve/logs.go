package serve

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"corbel.example/sdk/logging"
	"corbel.example/sdk/wire"
)

const (
	// logBuffer is how many records wait for the host before new ones are dropped and counted.
	logBuffer = 4096
	// logBatch is how many records leave in one message.
	logBatch = 256
	// logBufferDebug is how much of the buffer debug records may fill: the rest is for those that matter more.
	logBufferDebug = logBuffer / 2
)

// logs sends records to the host. It never makes the one who logs wait.
type logs struct {
	host    *wire.Host
	records chan wire.LogRecord
	mu      sync.Mutex
	dropped uint64
	quit    chan struct{}
	done    chan struct{}
}

func startLogs(host *wire.Host) *logs {
	l := &logs{host: host, records: make(chan wire.LogRecord, logBuffer), quit: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

func (l *logs) add(r logging.Record) {
	if r.Level < slog.LevelInfo && len(l.records) >= logBufferDebug {
		return // not counted: what is counted is warned of
	}
	record := wire.LogRecord{Time: r.Time, Level: r.Level, Message: r.Message, Attrs: r.Attrs}
	select {
	case l.records <- record:
	default:
		l.mu.Lock()
		l.dropped++
		l.mu.Unlock()
	}
}

// stop sends what is buffered and ends, within the timeout.
func (l *logs) stop(timeout time.Duration) {
	close(l.quit)
	select {
	case <-l.done:
	case <-time.After(timeout):
	}
}

func (l *logs) run() {
	defer close(l.done)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stream, err := l.host.Log(ctx)
	if err != nil {
		return // the host was gone before the first record
	}
	for last := false; !last; {
		var batch []wire.LogRecord
		if batch, last = l.next(); len(batch) == 0 {
			continue
		}
		if err := stream.Send(batch, l.takeDropped()); err != nil {
			fmt.Fprintf(os.Stderr, "plugin: the host takes no more log records: %v\n", err)
			return
		}
	}
	// The host may be gone already: then these lines have no reader.
	_ = stream.Close()
}

// next waits for a record and takes what has come with it; last says that no more will be taken.
func (l *logs) next() (batch []wire.LogRecord, last bool) {
	select {
	case r := <-l.records:
		batch = append(batch, r)
	case <-l.quit:
		last = true
	}
	for len(batch) < logBatch || last {
		select {
		case r := <-l.records:
			batch = append(batch, r)
		default:
			return batch, last
		}
	}
	return batch, last
}

func (l *logs) takeDropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.dropped
	l.dropped = 0
	return n
}
