package status

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"corbel.example/host/internal/page"
	"corbel.example/host/internal/trace"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/ui"
	"corbel.example/web"
)

const idParam = "id"

// maxRecent is how many of the viewer's last requests are offered.
const maxRecent = 20

// The lines that the way of a request is made of, beside others.
const (
	requestMessage   = "request"
	callMessage      = "databricks call"
	callLostMessage  = "databricks call failed"
	fragmentMessage  = "fragment"
	attemptKey       = "attempt"
	fragmentKey      = "fragment"
	maxRequestInWide = correlation.MaxLength + 64 // what is pasted may have blanks around it
)

// RequestView is the page on which a request is found by its id.
func (b *Board) RequestView(r *http.Request) (page.View, error) {
	v, err := b.viewer(r.Context())
	if err != nil {
		return page.View{}, err
	}
	given := r.URL.Query().Get(idParam)
	id := strings.TrimSpace(given[:min(len(given), maxRequestInWide)])
	view := page.View{Title: titleFind}
	body := ui.Parts{
		ui.Row{ui.Heading{Level: 1, Text: titleFind}, ui.End{ui.Button{Text: titlePlugins, Href: PluginsPath}}},
		ui.Search{Action: RequestsPath, Label: labelRequestID, Name: idParam, Value: id},
	}
	switch {
	case id == "":
		body = append(body, ui.Paragraph{ui.Muted(textAskRequest)}, b.recent(v))
	case !correlation.Valid(id):
		view.Status = http.StatusBadRequest
		body = append(body, ui.Banner{Type: ui.Error, Title: titleNoID, Text: textBadRequestID})
	default:
		lines, more := b.Trace.Request(id, v.sees)
		if len(lines) == 0 {
			view.Status = http.StatusNotFound
			why := textNoRequest
			if v.admin {
				why = textNoRequestAdmin
			}
			body = append(body, ui.Empty{Title: titleNotFound, Text: why})
			break
		}
		body = append(body, way(id, lines))
		if more {
			body = append(body, ui.Banner{Text: textMore})
		}
	}
	view.Body = body
	return view, nil
}

// step is a line of a request's way, with when it began.
type step struct {
	*trace.Line
	begin  time.Time
	length time.Duration
}

// stepsOf puts the lines in the order in which what they tell of began.
func stepsOf(lines []trace.Line) []step {
	steps := make([]step, len(lines))
	for i := range lines {
		length := lines[i].Duration()
		steps[i] = step{&lines[i], lines[i].At.Add(-length), length}
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		if c := a.begin.Compare(b.begin); c != 0 {
			return c
		}
		return int(b.length - a.length) // what holds the other comes first
	})
	return steps
}

// way is the waterfall of a request.
func way(id string, lines []trace.Line) ui.Component {
	steps := stepsOf(lines)
	first, last := steps[0].begin, steps[0].begin
	for _, s := range steps {
		if end := s.begin.Add(s.length); end.After(last) {
			last = end
		}
	}
	whole := last.Sub(first)
	table := ui.Table{
		Label: textWay,
		Columns: []ui.Column{
			{Title: labelAfter, Number: true}, {Title: labelWhere}, {Title: labelWhat}, {Title: labelStatus}, {Title: labelTook, Number: true}, {Title: labelWhen},
		},
	}
	for _, s := range steps {
		table.Rows = append(table.Rows, []ui.Component{
			ui.Duration(s.begin.Sub(first)), ui.Text(s.where()), s.what(), s.outcome(), tookOr(s.length), bar(s.begin.Sub(first), s.length, whole),
		})
	}
	about := ui.Properties{
		{Name: labelRequestID, Value: ui.Copyable(id)},
		{Name: labelUser, Value: textOr(usersOf(lines))},
		{Name: labelBegan, Value: ui.Parts{ui.Time(first), ui.Text(" "), clock(first)}},
		{Name: labelTook, Value: ui.Duration(whole)},
		{Name: labelDatabricks, Value: callsOf(steps)},
	}
	return ui.Parts{ui.Card{Title: titleRequest, Body: about}, ui.Card{Title: titleTimeline, Tag: ui.Number(len(steps)), Body: table}}
}

// usersOf are the ids of those whose lines these are: several who have sent the same id.
func usersOf(lines []trace.Line) string {
	var users []string
	for _, l := range lines {
		if l.UserID != "" && !slices.Contains(users, l.UserID) {
			users = append(users, l.UserID)
		}
	}
	return strings.Join(users, ", ")
}

// callsOf sums up the calls to Databricks.
func callsOf(steps []step) ui.Component {
	n, length := 0, time.Duration(0)
	for _, s := range steps {
		if s.Message == callMessage || s.Message == callLostMessage {
			n++
			length += s.length
		}
	}
	if n == 0 {
		return ui.Text(textNoneWord)
	}
	return ui.Parts{ui.Number(n), ui.Text(textTogether), ui.Duration(length)}
}

func (s step) where() string {
	switch {
	case s.Message == requestMessage || s.Plugin == "":
		return textHost
	case s.Message == callMessage || s.Message == callLostMessage:
		return s.Plugin + textToDatabricks
	case s.Message == exchangeMessage && s.Attr(callerKey) != "":
		return s.Attr(callerKey) + textTo + s.Plugin
	case s.Message == exchangeMessage:
		return textHostTo + s.Plugin
	default:
		return s.Plugin
	}
}

func (s step) what() ui.Component {
	shown := []string{logging.DurationMSKey, logging.StatusKey, logging.ModuleKey, logging.FunctionKey}
	switch s.Message {
	case requestMessage, exchangeMessage, callMessage, callLostMessage:
		path := s.Attr(pathKey)
		if path == "" {
			path = s.Attr(logging.RouteKey)
		}
		title := s.Attr(methodKey) + " " + path
		if attempt := s.Attr(attemptKey); attempt != "" {
			title += textAttempt + attempt
		}
		shown = append(shown, methodKey, pathKey, logging.RouteKey, attemptKey, callerKey, "bytes")
		return ui.Lines{ui.Mono(title), detail(s.Line, shown...)}
	case fragmentMessage:
		return ui.Lines{ui.Text(textFragment + s.Attr(fragmentKey)), detail(s.Line, append(shown, fragmentKey)...)}
	default:
		return ui.Lines{ui.Text(s.Message), detail(s.Line, shown...)}
	}
}

// outcome is the step's status, or how bad its line is.
func (s step) outcome() ui.Component {
	status := s.Attr(logging.StatusKey)
	switch {
	case status == "" && s.length > 0 && s.Message == callLostMessage:
		return ui.Tag{Text: textNoAnswer, Type: ui.Error}
	case status == "":
		return levelTag(s.Level)
	case strings.HasPrefix(status, "5"):
		return ui.Tag{Text: status, Type: ui.Error}
	case strings.HasPrefix(status, "4"):
		return ui.Tag{Text: status, Type: ui.Warning}
	default:
		return ui.Tag{Text: status}
	}
}

// recent are the viewer's last requests.
func (b *Board) recent(v viewer) ui.Component {
	table := ui.Table{
		Label:   titleRecent,
		Columns: []ui.Column{{Title: labelTime}, {Title: titleRequest}, {Title: labelStatus}, {Title: labelTook, Number: true}, {Title: labelID}},
		Empty:   ui.Paragraph{ui.Muted(textNoneRecent)},
	}
	own := func(l *trace.Line) bool {
		return l.UserID == v.id && l.Message == requestMessage && !strings.HasPrefix(l.Attr(logging.RouteKey), web.FragmentPath)
	}
	for _, l := range b.Trace.Recent(maxRecent, own) {
		s := step{&l, l.At, l.Duration()}
		table.Rows = append(table.Rows, []ui.Component{clock(l.At), s.what(), s.outcome(), ui.Duration(s.length), requestLink(l.RequestID)})
	}
	return ui.Card{Title: titleRecent, Body: table}
}

// RequestHref is where a request is found, for those who show its id; "" for an id that is none.
func RequestHref(id string) string {
	if !correlation.Valid(id) {
		return ""
	}
	return RequestsPath + "?" + idParam + "=" + url.QueryEscape(id)
}
