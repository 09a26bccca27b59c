package status

import (
	"log/slog"
	"net/url"
	"strings"

	"corbel.example/host/internal/trace"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/ui"
)

// maxLines is how many lines of the log a page shows.
const maxLines = 100

// maxDetail is how much of a line's attributes is shown.
const maxDetail = 600

// filter is which lines of a log are wanted.
type filter struct {
	level   slog.Level
	request string // "" for all
}

// levels are the choices, most first.
var levels = []ui.Option{
	{Value: "debug", Text: textAll}, {Value: "info", Text: textInfo}, {Value: "warn", Text: textWarnings}, {Value: "error", Text: textErrors},
}

// filterOf reads a filter. What makes no sense counts as not given.
func filterOf(query url.Values) filter {
	f := filter{level: slog.LevelDebug}
	if level, err := logging.ParseLevel(query.Get(levelParam)); err == nil && query.Has(levelParam) {
		f.level = level
	}
	if id := strings.TrimSpace(query.Get(requestParam)); correlation.Valid(id) {
		f.request = id
	}
	return f
}

func (f filter) name() string { return strings.ToLower(f.level.String()) }

func (f filter) query(plugin string) url.Values {
	query := url.Values{nameParam: {plugin}, levelParam: {f.name()}}
	if f.request != "" {
		query.Set(requestParam, f.request)
	}
	return query
}

func (b *Board) filterForm(v viewer, name string, f filter) ui.Component {
	form := ui.Form{Action: PluginPath(name), Inline: true, Body: ui.Parts{
		ui.Select{Label: labelLevel, Name: levelParam, Value: f.name(), Options: levels},
		ui.Input{Label: labelRequestID, Name: requestParam, Value: f.request, MaxLength: correlation.MaxLength, Autocomplete: "off"},
		ui.Button{Text: textShow},
	}}
	if v.admin {
		return form
	}
	return ui.Stack{ui.Paragraph{ui.Muted(textOwnLines)}, form}
}

// lines is the end of a plugin's log, as far as the viewer may see it, the newest first.
func (b *Board) lines(v viewer, name string, f filter) ui.Component {
	found := b.Trace.Tail(name, maxLines, func(l *trace.Line) bool {
		return v.sees(l) && l.Level >= f.level && (f.request == "" || l.RequestID == f.request)
	})
	table := ui.Table{
		Label: titleLog, Columns: []ui.Column{{Title: labelTime}, {Title: labelLevel}, {Title: labelLine}, {Title: titleRequest}},
		Empty: ui.Empty{Title: textNoLines, Text: textNoLinesWhy},
	}
	for i := len(found) - 1; i >= 0; i-- {
		l := &found[i]
		table.Rows = append(table.Rows, []ui.Component{clock(l.At), levelTag(l.Level), ui.Lines{ui.Text(l.Message), detail(l)}, requestLink(l.RequestID)})
	}
	return table
}

// detail are a line's attributes.
func detail(l *trace.Line, but ...string) ui.Component {
	var words []string
attributes:
	for _, a := range l.Attrs {
		for _, key := range but {
			if a.Key == key {
				continue attributes
			}
		}
		words = append(words, a.Key+"="+a.Value)
	}
	if len(words) == 0 {
		return nil
	}
	return ui.Muted(ui.Cut(strings.Join(words, " "), maxDetail))
}

func levelTag(level slog.Level) ui.Component {
	tone := ui.Neutral
	switch {
	case level >= slog.LevelError:
		tone = ui.Error
	case level >= slog.LevelWarn:
		tone = ui.Warning
	}
	return ui.Tag{Text: strings.ToLower(level.String()), Type: tone}
}

func requestLink(id string) ui.Component {
	if RequestHref(id) == "" {
		return nil
	}
	const shown = 12
	return ui.Link{Href: RequestHref(id), Text: ui.Cut(id, shown)}
}
