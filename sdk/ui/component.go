package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Component is a piece of a page: an element of this package, or anything that templ makes.
type Component = templ.Component

// Parts are components one after the other, without anything around them. Nil ones are left out, here and wherever
// components stand in a list.
type Parts []Component

// Render writes the parts.
func (p Parts) Render(ctx context.Context, w io.Writer) error {
	for _, part := range p {
		if part == nil {
			continue
		}
		if err := part.Render(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// Tone is what a colour stands for. The words say it too: colour alone tells nothing to some.
type Tone string

// The tones. Neutral is the default of a Tag, Info that of a Banner and a Toast.
const (
	Neutral Tone = ""
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Error   Tone = "error"
)

// Size of a Button.
type Size string

// The sizes.
const (
	Medium Size = ""
	Small  Size = "small"
	Large  Size = "large"
)
