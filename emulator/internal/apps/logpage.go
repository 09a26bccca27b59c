package apps

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"corbel.example/emulator/internal/frontdoor"
)

const (
	// maxLogStreams bounds the clients that follow the log of one app.
	maxLogStreams = 50
	// searchTimeout bounds the wait for what a client wants to find, maxSearch its length in bytes.
	searchTimeout = 5 * time.Second
	maxSearch     = 1 << 10
	// logWriteTimeout bounds one write to a client.
	logWriteTimeout = 10 * time.Second
)

// streams are the connections by which clients follow a log.
type streams struct {
	life  context.Context //nolint:containedctx // that of the streams
	end   context.CancelFunc
	seats chan struct{}
	open  *sync.WaitGroup
}

func newStreams() streams {
	life, end := context.WithCancel(context.Background())
	return streams{life, end, make(chan struct{}, maxLogStreams), &sync.WaitGroup{}}
}

// logPages are the pages of the app's log, for those who may see it: the lines there are, and
// a websocket that goes on.
func (d *door) logPages(log *Log, allowed func(frontdoor.User) bool) map[string]frontdoor.Page {
	guarded := func(next http.HandlerFunc) frontdoor.Page {
		return func(w http.ResponseWriter, r *http.Request, u frontdoor.User) {
			if !allowed(u) {
				http.Error(w, "You have no permission to see the app's log: that takes CAN_MANAGE.", http.StatusForbidden)
				return
			}
			next(w, r)
		}
	}
	return map[string]frontdoor.Page{
		"/logz":        guarded(func(w http.ResponseWriter, _ *http.Request) { writeLog(w, log) }),
		"/logz/stream": guarded(func(w http.ResponseWriter, r *http.Request) { d.streams.serve(w, r, log) }),
	}
}

func writeLog(w http.ResponseWriter, log *Log) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	lines, _, _ := log.Since(0)
	for _, l := range lines {
		at := time.UnixMilli(int64(l.Timestamp * 1000)).UTC().Format("2006-01-02T15:04:05.000Z")
		fmt.Fprintf(w, "%s [%s] %s\n", at, l.Source, l.Message)
	}
}

func (s streams) serve(w http.ResponseWriter, r *http.Request, log *Log) {
	select {
	case s.seats <- struct{}{}:
		defer func() { <-s.seats }()
	default:
		http.Error(w, "Too many clients follow the app's log.", http.StatusServiceUnavailable)
		return
	}
	s.open.Add(1)
	defer s.open.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		// A page of another site can't send this header: with it, the origin says nothing.
		InsecureSkipVerify: r.Header.Get("Authorization") != "",
	})
	if err != nil {
		return // it has been answered
	}
	// The other side may be gone already, which is as good.
	defer conn.CloseNow() //nolint:errcheck // see above
	stop := context.AfterFunc(s.life, func() {
		// The same.
		_ = conn.Close(websocket.StatusGoingAway, "the app's front door closes")
	})
	defer stop()
	follow(r.Context(), conn, log)
}

// follow sends the lines of a log that hold what the client asks for, until it leaves.
func follow(ctx context.Context, conn *websocket.Conn, log *Log) {
	conn.SetReadLimit(maxSearch)
	searching, cancel := context.WithTimeout(ctx, searchTimeout)
	_, search, err := conn.Read(searching)
	cancel()
	if err != nil {
		return
	}
	ctx = conn.CloseRead(ctx)
	wanted := strings.ToLower(strings.TrimSpace(string(search)))
	for next := 0; ; {
		var lines []Line
		var more <-chan struct{}
		lines, next, more = log.Since(next)
		for _, l := range lines {
			if !strings.Contains(strings.ToLower(l.Message), wanted) {
				continue
			}
			if err := send(ctx, conn, l); err != nil {
				return
			}
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

func send(ctx context.Context, conn *websocket.Conn, l Line) error {
	ctx, cancel := context.WithTimeout(ctx, logWriteTimeout)
	defer cancel()
	return wsjson.Write(ctx, conn, l)
}
