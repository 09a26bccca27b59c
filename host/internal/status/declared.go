package status

import (
	"strings"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

// declared are the cards of what a plugin's manifest says.
func declared(m *plugin.Manifest) ui.Parts {
	routes := ui.Table{
		Label: "Routes", Columns: []ui.Column{{Title: "Route"}, {Title: "For"}, {Title: "Streams"}},
		Empty: ui.Paragraph{ui.Muted("None.")},
	}
	for _, route := range m.Routes {
		method := route.Method
		if method == "" {
			method = "any"
		}
		who := "signed-in users"
		if route.Auth == plugin.Anyone {
			who = "anyone"
		}
		routes.Rows = append(routes.Rows, []ui.Component{ui.Mono(method + " " + route.Pattern), ui.Text(who), yesNo(route.Streaming)})
	}
	pages := ui.Table{
		Label: "Pages", Columns: []ui.Column{{Title: "Path"}, {Title: "Title"}}, Empty: ui.Paragraph{ui.Muted("None.")},
	}
	for _, page := range m.Pages {
		pages.Rows = append(pages.Rows, []ui.Component{ui.Mono(page.Path), ui.Text(page.Title)})
	}
	resources := ui.Table{
		Label:   "Resources",
		Columns: []ui.Column{{Title: "Resource"}, {Title: "Kind"}, {Title: "Permission"}, {Title: "Variable"}, {Title: "What for"}},
		Empty:   ui.Paragraph{ui.Muted("None.")},
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
		ui.Card{Title: "Declared", Body: ui.Properties{
			{Name: "Summary", Value: textOr(m.Summary)},
			{Name: "Scopes of the user's token", Value: listOr(m.UserScopes)},
			{Name: "Gets the user's token", Value: yesNo(m.NeedsAccessToken)},
			{Name: "Variables that it reads", Value: listOr(m.Environment)},
			{Name: "Calls of other plugins", Value: listOr(calls)},
		}},
		ui.Card{Title: "Resources", Body: resources},
		ui.Card{Title: "Routes", Tag: ui.Count(len(m.Routes)), Body: routes},
		ui.Card{Title: "Pages", Tag: ui.Count(len(m.Pages)), Body: pages},
	}
}

// listOr are words between commas, or a word for none.
func listOr(words []string) ui.Component {
	if len(words) == 0 {
		return ui.Muted("none")
	}
	return ui.Mono(strings.Join(words, ", "))
}
