package command

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"corbel.example/sdk/command"
)

// lines shows progress as a line for each step: for logs and scripts. A step that is told again is not.
type lines struct {
	w    io.Writer
	last string
}

func (l *lines) show(p command.Progress) {
	if p.Text == l.last || p.Text == "" {
		return
	}
	l.last = p.Text
	line := p.Text
	if p.Total > 0 {
		line = fmt.Sprintf("[%d/%d] %s", min(p.Done, p.Total), p.Total, p.Text)
	}
	write(l.w, strings.ReplaceAll(line, "\n", " ")+"\n")
}

func (*lines) clear() {}

const (
	barWidth = 24
	// clearLine goes to the line's begin and empties it.
	clearLine = "\r\x1b[K"
)

// bar shows progress on one line of a terminal.
type bar struct {
	w       io.Writer
	columns int
	shown   bool
}

func (b *bar) show(p command.Progress) {
	line := p.Text
	if p.Total > 0 {
		done := min(max(p.Done, 0), p.Total)
		full := barWidth * done / p.Total
		line = fmt.Sprintf("[%s%s] %3d%%  %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), 100*done/p.Total, p.Text)
	}
	write(b.w, clearLine+cut(strings.ReplaceAll(line, "\n", " "), b.columns-1))
	b.shown = true
}

func (b *bar) clear() {
	if b.shown {
		write(b.w, clearLine)
		b.shown = false
	}
}

// cut shortens a line to so many characters: a longer one would wrap and could not be cleared.
func cut(line string, columns int) string {
	if utf8.RuneCountInString(line) <= columns {
		return line
	}
	return string([]rune(line)[:max(0, columns-1)]) + "…"
}

// write shows progress. Where nobody can see it there is nobody to tell.
func write(w io.Writer, s string) { _, _ = io.WriteString(w, s) }
