package ui

import (
	"context"

	"github.com/a-h/templ"
)

// idAttribute returns the attribute id, or none.
func idAttribute(ctx context.Context, id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": uniqueID(ctx, id)}
}

// either returns the first text that isn't empty.
func either(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
