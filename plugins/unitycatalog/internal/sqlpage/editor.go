package sqlpage

import (
	"html"
	"net/http"
	"slices"
	"strconv"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/plugins/unitycatalog/internal/sqltext"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// maxShown is how much text the editor gets back, escaped: a fragment has its bounds.
const maxShown = 1_800_000

// editor is the form.
func (p *Pages) editor(r *http.Request) (ui.Component, error) {
	d, known, err := p.draftFor(r)
	if err != nil {
		return nil, err
	}
	parts := ui.Parts{ui.Heading{Level: 1, Text: textTitle}}
	if r.URL.Query().Get(fieldDone) == actionSave {
		parts = append(parts, ui.Toast{Type: ui.Success, Text: textSaved})
	}
	field := ui.Editor{Label: textStatement, Name: fieldStatement, Value: d.sql, Completions: api.Root + "/completions"}
	var refused *fault.Error
	if known != nil {
		if _, _, err := known.Ending(); err != nil {
			refused = fault.From(err)
			if span := sqltext.Locate(d.sql, statement.Words(err)); statement.Words(err) != "" && !span.IsZero() {
				field.Error, field.ErrorStart, field.ErrorEnd = refused.ErrorCode(), span.Start, span.End
			}
		}
	}
	if len(d.sql) > maxAddress && len(html.EscapeString(d.sql)) > maxShown {
		field.Value = ""
		parts = append(parts, ui.Banner{Type: ui.Warning, Title: textTooLong, Text: textNotShown})
	} else if d.link() == "" {
		parts = append(parts, ui.Banner{Title: textTooLong, Text: textTooLongHint})
	}
	place := d.values()
	place.Del(fieldStatement)
	form := ui.Parts{field, ui.Fragment{Source: "/_fragment/unitycatalog/" + controlsID + "?" + place.Encode(), Body: p.fields(r, d, refused)}}
	if _, err := p.Lakebase.Recent(r.Context(), 1); !lakebase.IsAbsent(err) {
		form = append(form, ui.Details{Summary: textSave, Body: ui.Row{
			ui.Input{Label: textName, Name: fieldSaveAs, MaxLength: maxName},
			ui.Button{Text: textSaveDo, Name: fieldAction, Value: actionSave},
		}})
	}
	return append(parts, ui.Card{Body: ui.Form{Action: forms + "run", Post: true, Body: form}}), nil
}

// maxName is the longest name of a saved query, in characters.
const maxName = 200

// controls are the form's fields for a statement that is being written: the names of its parameters are given, not its text.
func (p *Pages) controls(r *http.Request) (ui.Component, error) {
	query := r.URL.Query()
	names := query[fieldName]
	d := draftOf(query, p.Preferences.Of(r.Context()))
	for _, name := range names[:min(len(names), sqltext.MaxParameters)] {
		d.parameters = append(d.parameters, parameterOf(name, query))
	}
	return p.fields(r, d, nil), nil
}

// fields are where and how much, the parameters, and Run, which is the form's first button: that is what Enter presses.
func (p *Pages) fields(r *http.Request, d draft, refused *fault.Error) ui.Component {
	catalogs := []string{}
	if found, err := p.Catalog.Catalogs(r.Context()); err == nil {
		for _, c := range found.Items {
			catalogs = append(catalogs, c.Name)
		}
	}
	schemas := []string{}
	if d.catalog != "" {
		if found, err := p.Catalog.Schemas(r.Context(), d.catalog); err == nil {
			for _, s := range found.Items {
				schemas = append(schemas, s.Name)
			}
		}
	}
	if !slices.Contains(schemas, d.schema) && len(schemas) > 0 {
		d.schema = "" // that of another catalog
	}
	l := locale.FromContext(r.Context())
	rows := ui.Select{Label: textLimit, Name: fieldLimit, Value: strconv.FormatInt(d.limit, 10)}
	for _, n := range limits {
		option := ui.Option{Value: strconv.FormatInt(n, 10), Text: l.Count(n)}
		if n == 0 {
			option.Text = textAllRows
		}
		rows.Options = append(rows.Options, option)
	}
	parts := ui.Stack{ui.Row{
		ui.Select{Label: textCatalog, Name: fieldCatalog, Value: d.catalog, Options: options(d.catalog, catalogs)},
		ui.Select{Label: textSchema, Name: fieldSchema, Value: d.schema, Options: options(d.schema, append([]string{""}, schemas...))},
		rows,
	}}
	if len(d.parameters) > 0 {
		parts = append(parts, parameterFields(d.parameters, refused))
	}
	return append(parts, ui.Row{
		ui.Button{Text: textRun, Variant: ui.Primary},
		ui.WithoutScript{ui.Button{Text: textUpdate, Label: textUpdateHint, Name: fieldAction, Value: actionUpdate, Variant: ui.Tertiary}},
	})
}

// options are names to choose from, the chosen one among them whether it is there or not.
func options(chosen string, names []string) []ui.Option {
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append([]string{chosen}, names...)
	}
	all := make([]ui.Option, 0, len(names))
	for _, name := range names {
		o := ui.Option{Value: name}
		if name == "" {
			o.Text = textNoSchema
		}
		all = append(all, o)
	}
	return all
}

// parameterFields are the fields of the statement's parameters, of the kind that their type has.
func parameterFields(parameters []parameter, refused *fault.Error) ui.Component {
	wrong := map[string]string{}
	if refused != nil {
		for _, f := range refused.Fields {
			wrong[f.Path] = f.Message
		}
	}
	parts := ui.Parts{ui.Heading{Level: 2, Text: textParameters}}
	for _, p := range parameters {
		kinds := ui.Select{Label: textType + p.name, Name: prefixType + p.name, Value: p.kind}
		for _, k := range types {
			kinds.Options = append(kinds.Options, ui.Option{Value: k})
		}
		parts = append(parts, ui.Row{
			valueField(p, wrong[prefixValue+p.name]), kinds,
			ui.Checkbox{Label: textNull, Name: prefixNull + p.name, Value: "1", Checked: p.null},
		})
	}
	return parts
}

func valueField(p parameter, wrong string) ui.Component {
	if p.kind == "BOOLEAN" {
		return ui.Select{Label: ":" + p.name, Name: prefixValue + p.name, Value: p.value, Error: wrong, Options: []ui.Option{{Value: "true"}, {Value: "false"}}}
	}
	field := ui.Input{Label: ":" + p.name, Name: prefixValue + p.name, Value: p.value, Error: wrong, Autocomplete: "off"}
	switch p.kind {
	case "INT", "BIGINT":
		field.Type, field.Step = "number", "1"
	case "DOUBLE", "DECIMAL(38,10)":
		field.Type, field.Step = "number", "any"
	case "DATE":
		field.Type = "date"
	case "TIMESTAMP":
		field.Placeholder = "2024-02-29 12:30:00"
	}
	return field
}
