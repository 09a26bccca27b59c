package pages

import (
	"net/http"
	"net/url"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/sdk/ui"
)

// endpoint shows what an endpoint is and, unless one chats with it, the forms to ask it.
func (p *Pages) endpoint(r *http.Request) (ui.Component, error) {
	e, err := p.Endpoints.Get(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	shown := ui.Parts{ui.Heading{Level: 1, Text: e.Name}, about(e)}
	if e.Task == endpoint.TaskChat {
		return shown, nil
	}
	q := questionOf(e, r.URL.Query())
	forms := ui.Grid{jsonForm(e, q)}
	if form := fieldForm(e, q); form != nil {
		forms = ui.Grid{form, jsonForm(e, q)}
	}
	return append(shown, forms), nil
}

// about says what the endpoint is; what only some want to know is folded.
func about(e *endpoint.Endpoint) ui.Component {
	var notice ui.Component
	if !e.State.IsReady() {
		notice = ui.Banner{Type: ui.Warning, Title: textNotReady, Text: textNotReadyHint}
	}
	details := ui.Properties{{Name: columnServes, Value: entities(e)}}
	add := func(name, text string) {
		if text != "" {
			details = append(details, ui.Property{Name: name, Value: ui.Text(text)})
		}
	}
	add(textCreator, e.Creator)
	add(textPermission, e.PermissionLevel)
	if e.UpdatedAt != nil {
		details = append(details, ui.Property{Name: textUpdated, Value: ui.Time(*e.UpdatedAt)})
	}
	shown := ui.Parts{ui.Row{stateTag(e.State), ui.Tag{Text: taskOf(e)}}}
	if e.Description != "" {
		shown = append(shown, ui.Paragraph{ui.Text(e.Description)})
	}
	return append(shown, notice, ui.Details{Summary: textDetails, Body: details})
}

// fieldForm has a control for each field of a record, or one for texts. Nil where the endpoint takes something else.
func fieldForm(e *endpoint.Endpoint, q question) ui.Component {
	var controls ui.Stack
	switch {
	case e.Schema == nil:
		return nil
	case e.Task == endpoint.TaskEmbeddings:
		controls = append(controls, ui.Textarea{
			Label: labelTexts, Name: textsField, Value: q.texts, Rows: 5, Hint: textOneALine, Required: true, MaxLength: maxQuestion, Error: q.errors["/input"],
		})
	case len(e.Schema.Fields) > 0:
		for i := range e.Schema.Fields {
			controls = append(controls, control(&e.Schema.Fields[i], q))
		}
	default:
		return nil
	}
	controls = append(controls, ui.Row{ui.Button{Text: textSend, Variant: ui.Primary}})
	return ui.Card{Title: titleInput, Body: ui.Form{Action: pageOf(e.Name), Body: controls}}
}

func control(f *endpoint.Field, q question) ui.Component {
	path := "/dataframe_records/0/" + f.Name
	value, failure := q.fields[f.Name], q.errors[path]
	values := f.Values
	if f.Type == "boolean" {
		values = []string{"true", "false"}
	}
	if len(values) == 0 {
		input := ui.Input{Label: f.Name, Name: f.Name, Value: value, Hint: f.Description, Required: f.Required, Error: failure, Autocomplete: "off", MaxLength: maxQuestion}
		if f.Type == "number" || f.Type == "integer" {
			input.Type, input.MaxLength, input.Step = "number", 0, "any"
			if f.Type == "integer" {
				input.Step = "1"
			}
		}
		return input
	}
	choice := ui.Select{Label: f.Name, Name: f.Name, Value: value, Hint: f.Description, Required: f.Required, Error: failure}
	if !f.Required {
		choice.Options = []ui.Option{{Value: "", Text: textNone}}
	}
	for _, v := range values {
		choice.Options = append(choice.Options, ui.Option{Value: v})
	}
	return choice
}

func jsonForm(e *endpoint.Endpoint, q question) ui.Component {
	return ui.Card{Title: titleJSON, Body: ui.Form{Action: pageOf(e.Name), Body: ui.Stack{
		ui.Textarea{
			Label: labelRequest, Name: jsonField, Value: q.json, Rows: 12, MaxLength: maxQuestion, Required: true,
			Hint: textRequestHint, Error: q.errors[""],
		},
		ui.Row{ui.Button{Text: textSendJSON}, ui.Link{Href: "?" + url.Values{}.Encode(), Text: textExample}},
	}}}
}
