package pages

import (
	"context"
	"encoding/json"
	"net/http"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
)

// maxShownJSON is how much of an answer's JSON is shown, in characters.
const maxShownJSON = 20_000

// answer shows what the endpoint answers to what the address asks, or the chat.
func (p *Pages) answer(r *http.Request) (ui.Component, error) {
	e, err := p.Endpoints.Get(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	if e.Task == endpoint.TaskChat {
		return p.chat(r, e)
	}
	q := questionOf(e, r.URL.Query())
	if !q.asked {
		return ui.Card{Title: titleAnswer, Body: ui.Paragraph{ui.Muted(textNotAsked)}}, nil
	}
	return p.ask(r.Context(), e, q), nil
}

// ask sends the question and shows the answer, or why there is none: the forms stand beside it.
func (p *Pages) ask(ctx context.Context, e *endpoint.Endpoint, q question) ui.Component {
	ready, _, err := p.Invoker.Prepare(ctx, e.Name, q.body)
	if err != nil {
		return failure(ctx, err)
	}
	result, err := p.Invoker.Invoke(ctx, ready, q.body)
	if err != nil {
		return failure(ctx, err)
	}
	var body ui.Parts
	if shown := outcomeOf(result.Body); shown != nil {
		body = append(body, shown)
	}
	body = append(body, ui.Details{Summary: titleJSON, Open: len(body) == 0, Body: ui.Preformatted(ui.Cut(indented(result.Body), maxShownJSON))})
	return ui.Card{Title: titleAnswer, Tag: ui.Duration(result.Latency), Body: body}
}

// failure is a banner that names the fields.
func failure(ctx context.Context, err error) ui.Component {
	banner := ui.Failure(ctx, err)
	var fields ui.List
	for _, f := range fault.From(err).Fields {
		fields = append(fields, ui.Parts{ui.Code(f.Path), ui.Text(" " + f.Message)})
	}
	if len(fields) > 1 {
		banner.Body = fields
	}
	return banner
}

// outcomeOf shows an answer as a table and where it can as a chart; nil for one of another kind.
func outcomeOf(body json.RawMessage) ui.Component {
	var answer struct {
		Predictions json.RawMessage `json:"predictions"`
		Data        []embedding     `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil
	}
	if len(answer.Data) > 0 && len(answer.Data[0].Values) > 0 {
		return embeddings(answer.Data)
	}
	var predictions []json.RawMessage
	if json.Unmarshal(answer.Predictions, &predictions) != nil || len(predictions) == 0 {
		return nil
	}
	return predicted(predictions)
}
