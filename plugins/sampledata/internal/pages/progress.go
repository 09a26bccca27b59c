package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// watched shows a run. While it is under way, the script loads what is shown again with each change.
func (p *Pages) watched(r *http.Request, found *run.Run) ui.Component {
	s, l := found.Snapshot(r.Context()), locale.FromContext(r.Context())
	if s.Ended() {
		return p.shown(l, &s)
	}
	return ui.Fragment{Source: "/_fragment/sampledata/progress?" + url.Values{"run": {s.ID}}.Encode(), Body: p.shown(l, &s)}
}

// progress is the run alone: what the page loads again while the run is under way.
func (p *Pages) progress(r *http.Request) (ui.Component, error) {
	found, err := p.Runs.Find(userOf(r), r.URL.Query().Get("run"))
	if err != nil {
		return lost(err), nil
	}
	s := found.Snapshot(r.Context())
	return p.shown(locale.FromContext(r.Context()), &s), nil
}

// lost is for a run that is not known any more.
func lost(err error) ui.Component {
	return ui.Banner{
		Type: ui.Warning, Title: titleLost, Text: fault.From(err).UserMessage(),
		Actions: []ui.Component{ui.Button{Text: titleWhat, Href: page}},
	}
}

// shown is how far a run is.
func (p *Pages) shown(l locale.Locale, s *run.Snapshot) ui.Component {
	words := kinds[s.Kind]
	bar := ui.Progress{Label: words.running, Value: float64(s.Percent), Max: 100, Text: l.Percent(share(s)) + ", " + l.Duration(took(s.ElapsedMS))}
	var parts ui.Parts
	switch s.State {
	case run.Running:
		parts = append(parts, ui.Card{Title: words.running, Body: ui.Parts{
			bar, ui.Paragraph{ui.Muted(textGoesOn), ui.Link{Href: page + "?run=" + url.QueryEscape(s.ID), Text: textLookAgain}},
		}})
	case run.Succeeded:
		parts = append(parts, ui.Banner{
			Type: ui.Success, Title: words.done, Body: ui.Paragraph{ui.Text(textTook), ui.Duration(took(s.ElapsedMS)), ui.Text(".")}, Actions: p.results(s),
		})
	default:
		parts = append(parts, failed(s))
	}
	return append(parts, steps(s))
}

// failed says why, what to do, and has the way to go on.
func failed(s *run.Snapshot) ui.Component {
	body := ui.Stack{}
	for _, step := range s.Steps {
		switch {
		case step.Error != nil && len(step.Error.Grants) > 0:
			message, _, _ := strings.Cut(step.Error.Message, ": ")
			body = append(body, ui.Paragraph{ui.Text(step.Title + ": " + message + ":")}, ui.Preformatted(strings.Join(step.Error.Grants, "\n")))
		case step.Error != nil:
			body = append(body, ui.Paragraph{ui.Text(step.Title + ": " + step.Error.Message)})
		case step.State == run.Skipped && step.Note != "":
			body = append(body, ui.Paragraph{ui.Text(step.Note)})
		}
	}
	again := setUp(textGoOn, s.Targets)
	if s.Kind == run.CleanUp {
		again = ui.Form{Action: forms + "clean-up", Post: true, Inline: true, Body: append(hidden(s.Targets), ui.Button{Text: textGoOn})}
	}
	return ui.Banner{Type: ui.Error, Title: kinds[s.Kind].failed, Body: body, Actions: []ui.Component{again, ui.Button{Text: titleWhat, Href: page}}}
}

// results leads to what was made.
func (p *Pages) results(s *run.Snapshot) []ui.Component {
	var actions []ui.Component
	if s.Kind == run.SetUp && slices.Contains(s.Targets, tables.Name) {
		actions = append(actions, ui.Button{Text: textOpenTable, Variant: ui.Primary, Href: p.href(dataset.Main)})
	}
	own := func(step run.Step) bool { return step.Target == personal.Name && step.State != run.Skipped }
	if s.Kind == run.SetUp && slices.ContainsFunc(s.Steps, own) {
		actions = append(actions, ui.Button{Text: textOpenPreferences, Href: "/preferences"}, ui.Button{Text: textOpenQueries, Href: "/queries"})
	}
	return append(actions, ui.Button{Text: titleWhat, Href: page})
}

func steps(s *run.Snapshot) ui.Component {
	list := ui.Table{Label: titleSteps, Columns: []ui.Column{{Title: columnStep}, {Title: columnState}, {Title: columnRows, Number: true}, {Title: columnTook, Number: true}}}
	for _, step := range s.Steps {
		title := ui.Lines{ui.Wrapped(step.Title)}
		if step.Note != "" {
			title = append(title, ui.Muted(step.Note))
		}
		var rows, elapsed ui.Component = ui.Text(""), ui.Text("")
		if step.Rows != nil {
			rows = ui.Number(*step.Rows)
		}
		if step.State != run.Pending && step.State != run.Skipped {
			elapsed = ui.Duration(took(step.ElapsedMS))
		}
		list.Rows = append(list.Rows, []ui.Component{title, stateTags[step.State], rows, elapsed})
	}
	return ui.Card{Title: titleSteps, Tag: ui.Percent(share(s)), Body: list}
}

func took(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// share is how much of a run is done.
func share(s *run.Snapshot) float64 {
	const whole = 100
	return float64(s.Percent) / whole
}
