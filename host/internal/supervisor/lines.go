package supervisor

import "bytes"

// maxLine is the longest line, in bytes, that is taken from a plugin's output; the rest of a longer one is dropped.
const maxLine = 64 << 10

// lineWriter cuts what is written to it into lines. It is for one writer at a time.
type lineWriter struct {
	// emit gets each line without its end; cut says that the line was longer. The bytes are valid during the call only.
	emit func(line []byte, cut bool)
	part []byte // the beginning of a line whose end has not come
	skip bool   // the line was too long and has been emitted: drop the rest of it
}

// Write takes all of p and never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			w.keep(p)
			break
		}
		w.finish(p[:end])
		p = p[end+1:]
	}
	return total, nil
}

// Flush emits a last line that has no end.
func (w *lineWriter) Flush() {
	if len(w.part) > 0 {
		w.finish(nil)
	}
	w.skip = false
}

// keep stores the beginning of a line.
func (w *lineWriter) keep(p []byte) {
	if w.skip {
		return
	}
	w.part = append(w.part, p[:min(len(p), maxLine+1-len(w.part))]...)
	if len(w.part) > maxLine {
		w.emit(w.part[:maxLine], true)
		w.part, w.skip = w.part[:0], true
	}
}

// finish emits the line that ends with rest.
func (w *lineWriter) finish(rest []byte) {
	line := rest
	if len(w.part) > 0 {
		w.keep(rest)
		line = w.part
	}
	switch {
	case w.skip:
	case len(line) > maxLine:
		w.emit(line[:maxLine], true)
	default:
		w.emit(bytes.TrimSuffix(line, []byte{'\r'}), false)
	}
	w.part, w.skip = w.part[:0], false
}
