package trace

import (
	"cmp"
	"slices"
	"sync"
)

// The bounds of what is remembered, in bytes.
const (
	// requestSegment and pluginSegment are what is forgotten at once.
	requestSegment = 256 << 10
	pluginSegment  = 32 << 10
	// maxPlugins is how many plugins' lines are kept; those of any others are not.
	maxPlugins = 256
	// recentBytes is how much of the newest is searched without an id.
	recentBytes = 1 << 20
	// maxFound is how many lines of one request are returned.
	maxFound = 500
)

// Settings are how much is remembered, in bytes.
type Settings struct {
	// Requests is for the lines of requests, of all users together; 0 for 8 MiB.
	Requests int64
	// Plugin is for one plugin's own lines; 0 for 256 KiB.
	Plugin int64
}

// The defaults of Settings.
const (
	requestBytes = 8 << 20
	pluginBytes  = 256 << 10
)

// Store remembers lines. It is safe for concurrent use.
type Store struct {
	requests    *ring
	pluginBytes int

	mu      sync.RWMutex
	plugins map[string]*ring
}

// New returns an empty store.
func New(s Settings) *Store {
	return &Store{
		requests:    newRing(int(cmp.Or(s.Requests, requestBytes)), requestSegment),
		pluginBytes: int(cmp.Or(s.Plugin, pluginBytes)), plugins: map[string]*ring{},
	}
}

// Add remembers a line of a request that is not logged.
func (s *Store) Add(l *Line) {
	if l.RequestID == "" {
		return
	}
	scratch := scratches.Get().(*scratch)
	defer scratch.release()
	for _, a := range l.Attrs {
		scratch.text(a.Key, a.Value)
	}
	scratch.line = encode(scratch.line, l, scratch.attrs)
	s.requests.add(scratch.line)
}

// Request returns the lines of a request that are remembered, oldest first, and whether there were more. Several requests may
// have had the same id, of different users too: the lines' UserID says whose each is.
func (s *Store) Request(id string, keep func(*Line) bool) (found []Line, more bool) {
	if id == "" {
		return nil, false
	}
	for _, segment := range s.requests.snapshot() {
		each(segment, func(line []byte) {
			if requestID, _ := cutText(line); string(requestID) != id {
				return
			}
			l := decode(line)
			switch {
			case !keep(&l):
			case len(found) == maxFound:
				more = true
			default:
				found = append(found, l)
			}
		})
	}
	// They are in the order in which they came here, and plugins send theirs in batches.
	redact(found)
	slices.SortStableFunc(found, func(a, b Line) int { return a.At.Compare(b.At) })
	return found, more
}

// Tail returns the last n lines of a plugin, and about it, that keep wants, oldest first.
func (s *Store) Tail(plugin string, n int, keep func(*Line) bool) []Line {
	r := s.ringOf(plugin, false)
	if r == nil {
		return nil
	}
	return newest(r.snapshot(), n, keep)
}

// Recent returns the last n lines of requests that keep wants, newest first. It looks at the newest of them alone.
func (s *Store) Recent(n int, keep func(*Line) bool) []Line {
	segments := s.requests.snapshot()
	found := newest(segments[max(0, len(segments)-recentBytes/requestSegment):], n, keep)
	slices.Reverse(found)
	return found
}

// newest returns the last n lines that keep wants, oldest first.
func newest(segments [][]byte, n int, keep func(*Line) bool) []Line {
	var found []Line
	for _, segment := range slices.Backward(segments) {
		var part []Line
		each(segment, func(line []byte) {
			if l := decode(line); keep(&l) {
				part = append(part, l)
			}
		})
		found = append(part[max(0, len(part)-(n-len(found))):], found...)
		if len(found) == n {
			break
		}
	}
	redact(found)
	return found
}

// ringOf returns a plugin's ring, nil if there is none.
func (s *Store) ringOf(plugin string, create bool) *ring {
	s.mu.RLock()
	r := s.plugins[plugin]
	s.mu.RUnlock()
	if r != nil || !create {
		return r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r = s.plugins[plugin]; r == nil && len(s.plugins) < maxPlugins {
		r = newRing(s.pluginBytes, pluginSegment)
		s.plugins[plugin] = r
	}
	return r
}
