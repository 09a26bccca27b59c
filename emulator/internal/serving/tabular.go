package serving

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"corbel.example/emulator/internal/model"
)

// tabular is a model of rows.
type tabular struct {
	features []model.Feature
	predict  func([]model.Value) (any, *InputError)
}

// The fields that can hold rows, in the words of MLflow, whose scoring protocol this is:
// https://mlflow.org/docs/latest/deployment/deploy-model-locally/#json-input
const (
	fieldRecords   = "dataframe_records"
	fieldSplit     = "dataframe_split"
	fieldInputs    = "inputs"
	fieldInstances = "instances"
)

var rowFields = []string{fieldRecords, fieldSplit, fieldInputs, fieldInstances}

// Fields that say something of the request and not of its rows.
var requestFields = []string{"client_request_id", "usage_context", "params"}

// maxRecords bounds the rows of a request.
const maxRecords = 100_000

// record is a row as it was sent, with the place of each of its fields in the request.
type record struct {
	values map[string]json.RawMessage
	at     func(column string) string
}

func (t *tabular) Invoke(body []byte) (Answer, error) {
	records, err := readRecords(body)
	if err != nil {
		return Answer{}, err
	}
	predictions := make([]any, len(records))
	for i, r := range records {
		row, err := t.row(r)
		if err != nil {
			return Answer{}, err
		}
		prediction, problem := t.predict(row)
		if problem != nil {
			return Answer{}, wrong(r.at(""), "%s", problem.Problem)
		}
		predictions[i] = prediction
	}
	return Answer{Value: map[string]any{"predictions": predictions}}, nil
}

// readRecords reads the rows of a request.
func readRecords(body []byte) ([]record, error) {
	fields, err := readObject(body)
	if err != nil {
		return nil, err
	}
	var found []string
	for name := range fields {
		switch {
		case slices.Contains(rowFields, name):
			found = append(found, name)
		case !slices.Contains(requestFields, name):
			return nil, wrong("/"+name, "unknown field: this endpoint takes exactly one of %s", strings.Join(rowFields, ", "))
		}
	}
	if len(found) != 1 {
		slices.Sort(found)
		return nil, wrong("", "The request must have exactly one of the fields %s; it has %d: [%s]", strings.Join(rowFields, ", "), len(found), strings.Join(found, ", "))
	}
	name := found[0]
	var records []record
	switch {
	case name == fieldSplit:
		records, err = splitRecords(fields[name])
	case name == fieldInputs && isObject(fields[name]):
		records, err = columnRecords(fields[name])
	default:
		records, err = listRecords("/"+name, fields[name])
	}
	if err == nil && len(records) == 0 {
		err = wrong("/"+name, "there are no records: send at least one")
	}
	return records, err
}

// readObject reads a JSON object and leaves its values as they are.
func readObject(body []byte) (map[string]json.RawMessage, error) {
	if !json.Valid(body) {
		return nil, wrong("", "Invalid JSON. Failed to parse the request: numbers must be finite, and NaN and Infinity are none of JSON's.")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return nil, wrong("", "The request must be a JSON object.")
	}
	return fields, nil
}

func isObject(raw json.RawMessage) bool { return raw[0] == '{' }

// listRecords reads [{"column": value}].
func listRecords(field string, raw json.RawMessage) ([]record, error) {
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil || rows == nil {
		return nil, wrong(field, "must be an array of objects, one a row")
	}
	if len(rows) > maxRecords {
		return nil, tooMany(field, len(rows))
	}
	records := make([]record, len(rows))
	for i, row := range rows {
		at := field + "/" + strconv.Itoa(i)
		var values map[string]json.RawMessage
		if json.Unmarshal(row, &values) != nil || values == nil {
			return nil, wrong(at, "must be an object with a field for each input")
		}
		records[i] = record{values, func(column string) string { return at + pointer(column) }}
	}
	return records, nil
}

// splitRecords reads {"columns": ["column"], "data": [[value]]}.
func splitRecords(raw json.RawMessage) ([]record, error) {
	const field = "/" + fieldSplit
	var split struct {
		Columns []string            `json:"columns"`
		Data    [][]json.RawMessage `json:"data"`
		Index   []json.RawMessage   `json:"index"`
	}
	if json.Unmarshal(raw, &split) != nil || split.Columns == nil {
		return nil, wrong(field, `must be an object with "columns", an array of names, and "data", an array of arrays`)
	}
	if len(split.Data) > maxRecords {
		return nil, tooMany(field+"/data", len(split.Data))
	}
	records := make([]record, len(split.Data))
	for i, row := range split.Data {
		at := field + "/data/" + strconv.Itoa(i)
		if len(row) != len(split.Columns) {
			return nil, wrong(at, "has %d values for %d columns", len(row), len(split.Columns))
		}
		values, places := map[string]json.RawMessage{}, map[string]int{}
		for j, column := range split.Columns {
			values[column], places[column] = row[j], j
		}
		records[i] = record{values, func(column string) string {
			if j, ok := places[column]; ok {
				return at + "/" + strconv.Itoa(j)
			}
			return at
		}}
	}
	return records, nil
}

// columnRecords reads {"column": [value]}, and {"column": value} for one row.
func columnRecords(raw json.RawMessage) ([]record, error) {
	const field = "/" + fieldInputs
	var columns map[string]json.RawMessage
	if json.Unmarshal(raw, &columns) != nil {
		return nil, wrong(field, "must be an array of objects, or an object of columns")
	}
	rows := -1
	lists := map[string][]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		var list []json.RawMessage
		if json.Unmarshal(columns[name], &list) != nil || list == nil {
			list = []json.RawMessage{columns[name]}
		}
		if rows >= 0 && len(list) != rows {
			return nil, wrong(field+pointer(name), "has %d values where other columns have %d", len(list), rows)
		}
		rows, lists[name] = len(list), list
	}
	if rows > maxRecords {
		return nil, tooMany(field, rows)
	}
	records := make([]record, max(rows, 0))
	for i := range records {
		values := map[string]json.RawMessage{}
		for name, list := range lists {
			values[name] = list[i]
		}
		records[i] = record{values, func(column string) string {
			if column == "" {
				return field // its values lie in several places
			}
			return field + pointer(column) + "/" + strconv.Itoa(i)
		}}
	}
	return records, nil
}

func tooMany(field string, n int) *InputError {
	return wrong(field, "%d records are too many: send %d at most", n, maxRecords)
}

// pointer is a name as a part of a JSON pointer (RFC 6901); nothing for no name.
func pointer(name string) string {
	if name == "" {
		return ""
	}
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// row checks a record against the features. Fields that the model doesn't know are left out, as
// MLflow does, unless one is missing: then they may be what was meant.
func (t *tabular) row(r record) ([]model.Value, error) {
	row := make([]model.Value, len(t.features))
	for i, f := range t.features {
		raw, there := r.values[f.Name]
		if !there && !f.Optional {
			return nil, wrong(r.at(f.Name), "Model is missing inputs ['%s'].%s", f.Name, t.extra(r))
		}
		if !there || string(raw) == "null" {
			if !f.Optional {
				return nil, wrong(r.at(f.Name), "must not be null")
			}
			row[i].Missing = true
			continue
		}
		var problem string
		if len(f.Categories) > 0 {
			row[i].Text, problem = readCategory(raw, f.Categories)
		} else {
			row[i].Number, problem = readNumber(raw)
		}
		if problem != "" {
			return nil, wrong(r.at(f.Name), "Incompatible input for column %s: %s", f.Name, problem)
		}
	}
	return row, nil
}

func (t *tabular) extra(r record) string {
	var extra []string
	for name := range r.values {
		if !slices.ContainsFunc(t.features, func(f model.Feature) bool { return f.Name == name }) {
			extra = append(extra, "'"+name+"'")
		}
	}
	if len(extra) == 0 {
		return ""
	}
	slices.Sort(extra)
	return " Note that there were extra inputs: [" + strings.Join(extra, ", ") + "]"
}

func readNumber(raw json.RawMessage) (float64, string) {
	text := string(raw)
	if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, "can not safely convert " + kindOf(raw) + " to double"
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, "the number is beyond the range of a double"
	}
	return number, ""
}

func readCategory(raw json.RawMessage, categories []string) (string, string) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "", "can not safely convert " + kindOf(raw) + " to string"
	}
	if !slices.Contains(categories, text) {
		return "", "the model knows [" + strings.Join(categories, ", ") + "] only"
	}
	return text, ""
}

// kindOf names the JSON type of a value.
func kindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	default:
		return "number"
	}
}

// finite returns a prediction that JSON can hold.
func finite(prediction float64) (any, *InputError) {
	if math.IsNaN(prediction) || math.IsInf(prediction, 0) {
		return nil, wrong("", "the numbers are too large for the model: its prediction is not finite")
	}
	return prediction, nil
}

// prediction is what a classifier answers.
type prediction struct {
	Label         string             `json:"label"`
	Probabilities map[string]float64 `json:"probabilities"`
}

func classify(c *model.Classifier, row []model.Value) (any, *InputError) {
	p := prediction{Probabilities: map[string]float64{}}
	highest := -1.0
	probabilities := c.Probabilities(row)
	for i, class := range c.Classes() {
		if _, problem := finite(probabilities[i]); problem != nil {
			return nil, problem
		}
		p.Probabilities[class] = probabilities[i]
		if probabilities[i] > highest {
			p.Label, highest = class, probabilities[i]
		}
	}
	return p, nil
}
