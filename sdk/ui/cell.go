package ui

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Long is a text that a table's cell cuts at its width; the first of it can be read in the cell's title. Elsewhere it is a Text.
type Long string

const (
	// maxShown and maxTitle are how many characters of a Long stand in a cell, and in its title.
	maxShown = 200
	maxTitle = 2000
)

// Render writes the text, escaped.
func (l Long) Render(ctx context.Context, w io.Writer) error {
	return Text(Cut(string(l), maxShown)).Render(ctx, w)
}

// Wrapped is a text that a table's cell shows over several lines, such as a comment. Elsewhere it is a Text.
type Wrapped string

// Render writes the text, escaped.
func (t Wrapped) Render(ctx context.Context, w io.Writer) error {
	return Text(Cut(string(t), maxShown)).Render(ctx, w)
}

// Lines are components on a line each, which wrap: a name with what there is to say about it below.
//
//	<div><a href="/catalog/main">main</a></div><div><span class="muted">The catalog that apps work in</span></div>
type Lines []Component

// Render writes the lines.
func (l Lines) Render(ctx context.Context, w io.Writer) error {
	for _, line := range l {
		if line == nil {
			continue
		}
		if err := box("", []Component{line}).Render(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// cells are the cells of one row.
type cells struct {
	columns []Column
	row     []Component
}

// Render writes the cells. A row that is too short gets empty ones, so that columns stay below their titles.
func (c cells) Render(ctx context.Context, w io.Writer) error {
	for i := range c.columns {
		var content Component
		if i < len(c.row) {
			content = c.row[i]
		}
		if err := cell(ctx, w, c.columns[i].class(), content); err != nil {
			return err
		}
	}
	return nil
}

func cell(ctx context.Context, w io.Writer, class string, content Component) error {
	title := ""
	switch value := content.(type) {
	case nil:
		content = Text("")
	case Null:
		class, content = class+" null", Text("NULL")
	case Long:
		class, title = class+" truncate", Cut(string(value), maxTitle)
	case Wrapped, Lines:
		class += " wrap"
	}
	begin := "<td"
	if class != "" {
		begin += ` class="` + strings.TrimSpace(class) + `"`
	}
	if title != "" {
		begin += ` title="` + templ.EscapeString(title) + `"`
	}
	if err := write(w, begin+">"); err != nil {
		return err
	}
	if err := content.Render(ctx, w); err != nil {
		return err
	}
	return write(w, "</td>")
}
