package pages

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/sdk/fault"
)

const (
	// jsonField and textsField are the parameters of the forms that have no fields of a record.
	jsonField  = "_json"
	textsField = "_texts"
	// maxQuestion is how long what stands in an address can be, in characters. The API takes more.
	maxQuestion = 4000
)

// question is what the address asks an endpoint, with what its forms show.
type question struct {
	// asked says whether the address asks anything.
	asked bool
	// body is the request.
	body []byte
	// What the forms show: the request as JSON, a field's text, the texts.
	json, texts string
	fields      map[string]string
	// errors are what is wrong with the request, by field; "" is the request as a whole.
	errors map[string]string
}

// questionOf reads the address. What it does not ask is filled in from the endpoint's example.
func questionOf(e *endpoint.Endpoint, query url.Values) question {
	q := question{fields: map[string]string{}, errors: map[string]string{}}
	var example json.RawMessage
	if e.Schema != nil {
		example = e.Schema.Example
	}
	switch {
	case query.Has(jsonField):
		q.asked, q.json = true, typed(query.Get(jsonField))
		q.body = []byte(q.json)
	case query.Has(textsField):
		q.asked, q.body = true, textsBody(query.Get(textsField))
	default:
		q.asked, q.body = recordBody(e, query)
	}
	if !q.asked {
		q.body = example
	}
	if q.json == "" {
		q.json = indented(q.body)
	}
	q.show(e, query)
	if q.asked {
		_, err := e.Check(q.body)
		q.refuse(err)
	}
	return q
}

// typed makes what a form sends what was typed: browsers send line ends as CR LF (HTML, section 4.10.22).
func typed(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func textsBody(text string) []byte {
	lines := []string{}
	for line := range strings.SplitSeq(typed(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	body, err := json.Marshal(map[string][]string{"input": lines})
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return body
}

// recordBody makes a request with one record of the fields that the address has. One that is empty and not required is left out.
func recordBody(e *endpoint.Endpoint, query url.Values) (asked bool, body []byte) {
	if e.Schema == nil {
		return false, nil
	}
	var record []string
	for i := range e.Schema.Fields {
		f := &e.Schema.Fields[i]
		if !query.Has(f.Name) {
			continue
		}
		asked = true
		if text := query.Get(f.Name); text != "" || f.Required {
			name, err := json.Marshal(f.Name)
			if err != nil {
				continue // strings can always be marshalled
			}
			record = append(record, string(name)+":"+string(f.Literal(strings.TrimSpace(text))))
		}
	}
	return asked, []byte(`{"dataframe_records":[{` + strings.Join(record, ",") + `}]}`)
}

func indented(body []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return string(body)
	}
	return b.String()
}

// show fills in the fields from the first record of the request, and the texts from its input.
func (q *question) show(e *endpoint.Endpoint, query url.Values) {
	var request struct {
		Records []map[string]json.RawMessage `json:"dataframe_records"`
		Input   json.RawMessage              `json:"input"`
	}
	// What cannot be read fills in nothing.
	if json.Unmarshal(q.body, &request) == nil {
		if len(request.Records) > 0 {
			for name, value := range request.Records[0] {
				q.fields[name] = plain(value)
			}
		}
		var one string
		var many []string
		if json.Unmarshal(request.Input, &one) == nil {
			many = []string{one}
		} else if json.Unmarshal(request.Input, &many) != nil {
			many = nil
		}
		q.texts = strings.Join(many, "\n")
	}
	if e.Schema == nil {
		return
	}
	for i := range e.Schema.Fields {
		if name := e.Schema.Fields[i].Name; query.Has(name) {
			q.fields[name] = query.Get(name)
		}
	}
}

// plain is a JSON value as text, without the quotes of a string; null is empty.
func plain(value json.RawMessage) string {
	var text *string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	if text == nil {
		return ""
	}
	return *text
}

// refuse notes what is wrong.
func (q *question) refuse(err error) {
	if len(q.json) > maxQuestion {
		q.errors[""] = textTooLong
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return
	}
	for _, field := range f.Fields {
		q.errors[field.Path] = field.Message
	}
}
