package status

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"corbel.example/host/internal/page"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
	"corbel.example/web"
)

// The parameters of a plugin's page.
const (
	nameParam    = "name"
	levelParam   = "level"
	requestParam = "request"
	confirmParam = "confirm"
	doneParam    = "restarted"
)

// part is the address of a part of a page.
func part(id string, query url.Values) string {
	return (&url.URL{Path: web.FragmentPath + Host + "/" + id, RawQuery: query.Encode()}).RequestURI()
}

// PluginView is the page of one plugin.
func (b *Board) PluginView(r *http.Request, name string) (page.View, error) {
	v, err := b.viewer(r.Context())
	if err != nil {
		return page.View{}, err
	}
	p, err := b.plugin(v, name)
	if err != nil {
		return page.View{}, err
	}
	filter := filterOf(r.URL.Query())
	body := ui.Parts{
		ui.Breadcrumb{{Text: titlePlugins, Href: PluginsPath}, {Text: name}},
		ui.Row{ui.Heading{Level: 1, Text: name}, ui.End{b.restartDialog(v, r, name)}},
		ui.Fragment{Source: part("plugin", url.Values{nameParam: {name}}), Refresh: refresh, Body: b.live(v, &p)},
		ui.Card{Title: titleLog, Body: ui.Stack{
			b.filterForm(v, name, filter),
			ui.Fragment{Source: part("log", filter.query(name)), Refresh: refresh, Body: b.lines(v, name, filter)},
		}},
	}
	if r.URL.Query().Has(doneParam) {
		body = append(ui.Parts{ui.Toast{Type: ui.Success, Text: textRestarting}}, body...)
	}
	manifest, known := b.Manifest(name)
	if v.admin {
		body = append(body, b.configuration(name, manifest.ConfigSchema, known))
	}
	if known {
		body = append(body, declared(&manifest)...)
	} else {
		body = append(body, ui.Card{Title: titleDeclared, Body: ui.Paragraph{ui.Muted(textNotDescribed)}})
	}
	return page.View{Title: name, Body: body}, nil
}

// Part is a part of a page that brings itself up to date.
func (b *Board) Part(r *http.Request, id string) (ui.Component, error) {
	query := r.URL.Query()
	if id == "plugins" {
		return b.table(r.Context())
	}
	v, err := b.viewer(r.Context())
	if err != nil {
		return nil, err
	}
	p, err := b.plugin(v, query.Get(nameParam))
	if err != nil {
		return nil, err
	}
	switch id {
	case "plugin":
		return b.live(v, &p), nil
	case "log":
		return b.lines(v, p.Name, filterOf(query)), nil
	default:
		return nil, fault.New(fault.NotFound, textNoPart)
	}
}

func (b *Board) restartDialog(v viewer, r *http.Request, name string) ui.Component {
	if !v.admin {
		return nil
	}
	return ui.Dialog{
		Trigger: textRestart, Href: PluginPath(name) + "?" + confirmParam + "=restart", CloseHref: PluginPath(name),
		Title: textRestartName + name + "?",
		Body:  ui.Paragraph{ui.Text(textRestartWhat)},
		Action: ui.Form{
			Post: true, Action: RestartPath(name), Body: ui.Button{Text: textRestart, Variant: ui.Primary, Label: textRestartName + name},
		},
		Open: r.URL.Query().Has(confirmParam),
	}
}

// live is what changes: state, figures, and the last crash.
func (b *Board) live(v viewer, p *shown) ui.Component {
	state := ui.Properties{
		{Name: titleState, Value: stateTag(p.State)},
		{Name: labelSince, Value: ui.Time(p.Since)},
		{Name: labelVersion, Value: textOr(p.Version)},
		{Name: labelUptime, Value: tookOr(p.uptime.Round(time.Second))},
		{Name: labelRestarts, Value: ui.Number(p.Restarts)},
		{Name: labelRequired, Value: yesNo(p.Required)},
	}
	if p.PID != 0 {
		state = append(state, ui.Property{Name: labelProcess, Value: ui.Text(strconv.Itoa(p.PID))})
	}
	if p.Message != "" {
		state = append(state, ui.Property{Name: labelMessage, Value: ui.Text(p.Message)})
	}
	figures := ui.Properties{
		{Name: labelAll, Value: ui.Number(p.traffic.Requests)},
		{Name: labelRecent, Value: ui.Number(p.traffic.Recent)},
		{Name: labelRecentErrors, Value: ui.Percent(p.traffic.ErrorRate())},
		{Name: labelHalf, Value: tookOr(p.traffic.P50)},
		{Name: label95, Value: tookOr(p.traffic.P95)},
		{Name: label99, Value: tookOr(p.traffic.P99)},
	}
	return ui.Stack{
		ui.Grid{ui.Card{Title: titleState, Body: state}, ui.Card{Title: titleRequests, Body: figures}},
		ui.Card{Title: titleLastMinutes, Body: history(&p.traffic)},
		ui.Card{Title: titleLastCrash, Body: crash(v, p.LastExit)},
	}
}

func crash(v viewer, e *supervisor.Exit) ui.Component {
	if e == nil {
		return ui.Paragraph{ui.Muted(textNoCrash)}
	}
	how := textExit + strconv.Itoa(e.Code)
	if e.Signal != "" {
		how = textSignal + e.Signal
	}
	said := ui.Stack{ui.Properties{
		{Name: labelWhen, Value: ui.Time(e.At)},
		{Name: labelHow, Value: ui.Text(how)},
		{Name: labelWhy, Value: textOr(e.Reason)},
		{Name: labelPanic, Value: textOr(e.Panic)},
	}}
	switch {
	case !v.admin:
		said = append(said, ui.Paragraph{ui.Muted(textCrashHidden)})
	case len(e.Output) == 0:
		said = append(said, ui.Paragraph{ui.Muted(textSilent)})
	default:
		said = append(said, ui.Heading{Level: 3, Text: titleLastWords}, ui.Preformatted(strings.Join(e.Output, "\n")))
	}
	return said
}

// configuration is a card of the plugin's settings, secrets masked.
func (b *Board) configuration(name string, schema json.RawMessage, known bool) ui.Component {
	below := "plugins." + name
	table := ui.Table{Label: titleConfiguration, Columns: []ui.Column{{Title: labelKey}, {Title: labelValue}, {Title: labelFrom}}}
	for _, value := range b.Config(name, schema, known) {
		table.Rows = append(table.Rows, []ui.Component{ui.Mono(strings.TrimPrefix(value.Key, below+".")), ui.Long(value.Text), ui.Text(value.Origin.String())})
	}
	return ui.Card{Title: titleConfiguration, Body: ui.Parts{ui.Paragraph{ui.Muted(textKeysBelow), ui.Code(below), ui.Muted(".")}, table}}
}

// textOr is the text, or nothing.
func textOr(s string) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Text(s)
}

func yesNo(b bool) ui.Component {
	if b {
		return ui.Text(textYes)
	}
	return ui.Text(textNo)
}
