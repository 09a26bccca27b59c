package pages

import (
	"net/http"
	"strings"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/sdk/ui"
)

const (
	// homeEndpoints is how many endpoints the home page lists.
	homeEndpoints = 5
	// maxListed is how many endpoints the list has.
	maxListed = 500
)

var none = ui.Empty{
	Title: textNoModels, Text: textNoModelsHint,
}

// endpoints lists the endpoints with their states and tasks.
func (p *Pages) endpoints(r *http.Request) (ui.Component, error) {
	found, err := p.Endpoints.List(r.Context())
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label: titleEndpoints, Empty: none,
		Columns: []ui.Column{{Title: columnName}, {Title: columnState}, {Title: columnTask}, {Title: columnServes}},
	}
	shown := found[:min(len(found), maxListed)]
	for i := range shown {
		e := &shown[i]
		table.Rows = append(table.Rows, []ui.Component{
			ui.Lines{ui.Link{Href: pageOf(e.Name), Text: e.Name}, ui.Muted(ui.Cut(e.Description, 200))}, stateTag(e.State), ui.Text(taskOf(e)), entities(e),
		})
	}
	if len(found) == 0 {
		return none, nil
	}
	return ui.Card{Title: titleEndpoints, Tag: ui.Number(len(found)), Body: table}, nil
}

// home shows the first endpoints, the configured one before the others.
func (p *Pages) home(r *http.Request) (ui.Component, error) {
	found, err := p.Endpoints.List(r.Context())
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label: titleModels, Columns: []ui.Column{{Title: columnName}, {Title: columnState}, {Title: columnTask}},
		Empty: ui.Paragraph{ui.Muted(textNoModelOnHome)},
	}
	row := func(e *endpoint.Endpoint) {
		if len(table.Rows) < homeEndpoints {
			table.Rows = append(table.Rows, []ui.Component{ui.Link{Href: pageOf(e.Name), Text: e.Name}, stateTag(e.State), ui.Text(taskOf(e))})
		}
	}
	for _, first := range []bool{true, false} {
		for i := range found {
			if (found[i].Name == p.DefaultEndpoint) == first {
				row(&found[i])
			}
		}
	}
	return ui.Card{Title: titleModels, Tag: ui.Number(len(found)), Body: ui.Parts{table, ui.Row{ui.Button{Text: textAllModels, Href: listPage}}}}, nil
}

func stateTag(s endpoint.State) ui.Component {
	tones := map[string]ui.Tone{"READY": ui.Success, "UPDATING": ui.Info, "NOT_READY": ui.Warning}
	return ui.Tag{Text: s.String(), Type: tones[s.String()]}
}

// taskOf says in plain words what an endpoint does.
func taskOf(e *endpoint.Endpoint) string {
	switch e.Task {
	case endpoint.TaskChat:
		return taskChat
	case endpoint.TaskCompletions:
		return taskCompletion
	case endpoint.TaskEmbeddings:
		return taskEmbeddings
	case "":
		return taskPrediction
	default:
		return e.Task
	}
}

func entities(e *endpoint.Endpoint) ui.Component {
	names := make([]string, 0, len(e.ServedEntities))
	for _, s := range e.ServedEntities {
		name := s.EntityName
		if s.EntityVersion != "" {
			name += " " + s.EntityVersion
		}
		names = append(names, name)
	}
	return ui.Long(strings.Join(names, ", "))
}
