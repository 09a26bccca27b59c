package ui

import (
	"context"
	"strings"

	"github.com/a-h/templ"
)

// field is what all controls have.
type field struct {
	id, name, text, hint, err string
	hideLabel                 bool
}

func newField(ctx context.Context, id, name, label, hint, err string, hideLabel bool) field {
	return field{id: idOf(ctx, id, "field", either(name, label)), name: name, text: label, hint: hint, err: err, hideLabel: hideLabel}
}

// attributes are the control's own.
func (f field) attributes(required, disabled bool) templ.OrderedAttributes {
	list := templ.OrderedAttributes{{Key: "id", Value: f.id}}
	if f.name != "" {
		list = append(list, templ.KeyValue[string, any]{Key: "name", Value: f.name})
	}
	var notes []string
	if f.hint != "" {
		notes = append(notes, f.id+"-hint")
	}
	if f.err != "" {
		notes = append(notes, f.id+"-error")
		list = append(list, templ.KeyValue[string, any]{Key: "aria-invalid", Value: "true"})
	}
	if len(notes) > 0 {
		list = append(list, templ.KeyValue[string, any]{Key: "aria-describedby", Value: strings.Join(notes, " ")})
	}
	return append(list,
		templ.KeyValue[string, any]{Key: "required", Value: required},
		templ.KeyValue[string, any]{Key: "disabled", Value: disabled},
	)
}
