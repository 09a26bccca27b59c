package status

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/trace"
	"corbel.example/host/internal/traffic"
	"corbel.example/sdk/logging"
)

// exchangeMessage is the line of an exchange with a plugin. It is remembered and not logged: the log has the request's own line.
const exchangeMessage = "exchange"

// The attributes of an exchange's line.
const (
	methodKey = "method"
	pathKey   = "path"
	callerKey = "caller"
	brokenKey = "broken"
)

// Watch counts exchanges with plugins, and remembers them.
type Watch struct {
	trace *trace.Store

	mu     sync.RWMutex
	meters map[string]*traffic.Meter
}

// NewWatch returns a watch that remembers in store.
func NewWatch(store *trace.Store) *Watch {
	return &Watch{trace: store, meters: map[string]*traffic.Meter{}}
}

// Exchange takes an exchange that has ended.
func (w *Watch) Exchange(x supervisor.Exchange) {
	w.meter(x.Plugin).Count(traffic.Outcome{
		Duration: x.Duration, Failed: x.Broken || x.Status >= http.StatusInternalServerError, Endless: x.Streaming,
	})
	attrs := [6]trace.Attr{
		{Key: methodKey, Value: x.Method},
		{Key: pathKey, Value: x.Path},
		{Key: logging.DurationMSKey, Value: strconv.FormatFloat(float64(x.Duration.Microseconds())/1e3, 'f', -1, 64)},
	}
	n := 3
	for _, a := range []struct {
		is         bool
		key, value string
	}{
		{x.Status != 0, logging.StatusKey, strconv.Itoa(x.Status)}, {x.Caller != "", callerKey, x.Caller}, {x.Broken, brokenKey, "true"},
	} {
		if a.is {
			attrs[n] = trace.Attr{Key: a.key, Value: a.value}
			n++
		}
	}
	w.trace.Add(&trace.Line{
		At: x.Began.Add(x.Duration), Level: slog.LevelDebug, Message: exchangeMessage, Plugin: x.Plugin,
		RequestID: x.RequestID, UserID: x.UserID, Attrs: attrs[:n],
	})
}

// Summary is what was counted of a plugin.
func (w *Watch) Summary(plugin string) traffic.Summary { return w.meter(plugin).Summary() }

// meter returns a plugin's meter. Plugins are those of the configuration: there are no more meters than that.
func (w *Watch) meter(plugin string) *traffic.Meter {
	w.mu.RLock()
	m := w.meters[plugin]
	w.mu.RUnlock()
	if m != nil {
		return m
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if m = w.meters[plugin]; m == nil {
		m = traffic.New(time.Now)
		w.meters[plugin] = m
	}
	return m
}
