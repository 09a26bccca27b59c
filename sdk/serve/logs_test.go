package serve

import (
	"log/slog"
	"testing"

	"corbel.example/sdk/logging"
	"corbel.example/sdk/wire"
)

// TestDebugRecordsLeaveRoom: however many there are, those that matter more find a place.
func TestDebugRecordsLeaveRoom(t *testing.T) {
	t.Parallel()
	l := &logs{records: make(chan wire.LogRecord, logBuffer)}
	for range 2 * logBuffer {
		l.add(logging.Record{Level: slog.LevelDebug, Message: "a call"})
	}
	if n := len(l.records); n != logBufferDebug {
		t.Errorf("%d debug records wait, want %d", n, logBufferDebug)
	}
	for range logBuffer {
		l.add(logging.Record{Message: "a line"})
	}
	if n, dropped := len(l.records), l.takeDropped(); n != logBuffer || dropped != logBufferDebug {
		t.Errorf("%d records wait and %d were dropped, want %d and %d", n, dropped, logBuffer, logBufferDebug)
	}
}
