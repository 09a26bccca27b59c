package trace

import (
	"encoding/binary"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// ring holds encoded lines in segments of memory without pointers: they cost the garbage collector nothing, and their size is known
// to the byte. When it is full the oldest segment goes, with all of its lines.
type ring struct {
	segmentBytes, maxSegments int

	mu       sync.Mutex
	segments [][]byte // oldest first; the last is being filled
}

func newRing(bytes, segmentBytes int) *ring {
	return &ring{segmentBytes: segmentBytes, maxSegments: max(2, bytes/segmentBytes)}
}

// add keeps one encoded line, which is no longer than a segment.
func (r *ring) add(line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.segments) - 1
	if last < 0 || len(r.segments[last])+len(line) > r.segmentBytes {
		if len(r.segments) == r.maxSegments {
			r.segments = slices.Delete(r.segments, 0, 1)
		}
		// The old segment's memory is not used again: somebody may be reading it.
		r.segments = append(r.segments, make([]byte, 0, r.segmentBytes))
		last = len(r.segments) - 1
	}
	r.segments[last] = append(r.segments[last], line...)
}

// snapshot returns what is held, oldest first. What is added later is behind its ends.
func (r *ring) snapshot() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.segments)
}

// A line is encoded as its length in 4 bytes; request id, user id, plugin, message, each after its length; level; time; and
// then pairs of key and value up to its end.

// maxEncoded is the longest encoded line. Attributes that do not fit are left out.
const maxEncoded = 8 << 10

// maxText is the longest text of a line; a longer one is cut.
const maxText = 4 << 10

// encode appends a line to b. attrs are encoded already.
func encode(b []byte, l *Line, attrs []byte) []byte {
	begin := len(b)
	b = append(b, 0, 0, 0, 0)
	for _, text := range []string{l.RequestID, l.UserID, l.Plugin, l.Message} {
		b = appendText(b, text)
	}
	b = binary.AppendVarint(b, int64(l.Level))
	b = binary.AppendVarint(b, l.At.UnixNano())
	b = append(b, attrs...)
	binary.LittleEndian.PutUint32(b[begin:], uint32(len(b)-begin)) //nolint:gosec // texts are bounded, and so is their sum
	return b
}

func appendText[T string | []byte](b []byte, text T) []byte {
	text = text[:min(len(text), maxText)]
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// each calls visit with the encoded lines of a segment, without their lengths.
func each(segment []byte, visit func(line []byte)) {
	for len(segment) > 0 {
		n := binary.LittleEndian.Uint32(segment)
		visit(segment[4:n])
		segment = segment[n:]
	}
}

// cutText takes the first text off b.
func cutText(b []byte) (text, rest []byte) {
	n, size := binary.Uvarint(b)
	end := size + int(n) //nolint:gosec // of maxText at most
	return b[size:end], b[end:]
}

func decode(b []byte) Line {
	var texts [4]string
	var text []byte
	for i := range texts {
		text, b = cutText(b)
		texts[i] = string(text)
	}
	level, n := binary.Varint(b)
	at, m := binary.Varint(b[n:])
	l := Line{
		RequestID: texts[0], UserID: texts[1], Plugin: texts[2], Message: texts[3],
		Level: slog.Level(level), At: time.Unix(0, at),
	}
	for b = b[n+m:]; len(b) > 0; {
		var key []byte
		key, b = cutText(b)
		text, b = cutText(b)
		l.Attrs = append(l.Attrs, Attr{string(key), string(text)})
	}
	return l
}
