package status

import (
	"strings"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

// declared are the cards of what a plugin's manifest says.
func declared(m *plugin.Manifest) ui.Parts {
	routes := ui.Table{
		Label: titleRoutes, Columns: []ui.Column{{Title: labelRoute}, {Title: labelFor}, {Title: labelStreams}},
		Empty: ui.Paragraph{ui.Muted(textNone)},
	}
	for _, route := range m.Routes {
		method := route.Method
		if method == "" {
			method = textAny
		}
		who := textSignedIn
		if route.Auth == plugin.Anyone {
			who = textAnyone
		}
		routes.Rows = append(routes.Rows, []ui.Component{ui.Mono(method + " " + route.Pattern), ui.Text(who), yesNo(route.Streaming)})
	}
	pages := ui.Table{
		Label: titlePages, Columns: []ui.Column{{Title: labelPath}, {Title: labelTitle}}, Empty: ui.Paragraph{ui.Muted(textNone)},
	}
	for _, page := range m.Pages {
		pages.Rows = append(pages.Rows, []ui.Component{ui.Mono(page.Path), ui.Text(page.Title)})
	}
	resources := ui.Table{
		Label:   titleResources,
		Columns: []ui.Column{{Title: labelResource}, {Title: labelKind}, {Title: labelPermission}, {Title: labelVariable}, {Title: labelWhatFor}},
		Empty:   ui.Paragraph{ui.Muted(textNone)},
	}
	for _, r := range m.Resources {
		resources.Rows = append(resources.Rows, []ui.Component{
			ui.Text(r.Key), ui.Text(r.Kind), ui.Text(r.Permission), ui.Mono(r.Env), ui.Wrapped(r.Description),
		})
	}
	calls := make([]string, len(m.Calls))
	for i, c := range m.Calls {
		calls[i] = strings.TrimSpace(c.Plugin + ": " + c.Method + " " + c.Pattern)
	}
	return ui.Parts{
		ui.Card{Title: titleDeclared, Body: ui.Properties{
			{Name: labelSummary, Value: textOr(m.Summary)},
			{Name: labelScopes, Value: listOr(m.UserScopes)},
			{Name: labelOnBehalf, Value: yesNo(m.NeedsAccessToken)},
			{Name: labelVariables, Value: listOr(m.Environment)},
			{Name: labelCalls, Value: listOr(calls)},
		}},
		ui.Card{Title: titleResources, Body: resources},
		ui.Card{Title: titleRoutes, Tag: ui.Number(len(m.Routes)), Body: routes},
		ui.Card{Title: titlePages, Tag: ui.Number(len(m.Pages)), Body: pages},
	}
}

// listOr are words between commas, or a word for none.
func listOr(words []string) ui.Component {
	if len(words) == 0 {
		return ui.Muted(textNoneWord)
	}
	return ui.Mono(strings.Join(words, ", "))
}
