package serving

import (
	"corbel.example/emulator/internal/model"
)

// object is a part of a JSON Schema (2020-12, as OpenAPI 3.1 has it).
type object = map[string]any

func number(description string) object {
	return object{"type": "number", "format": "double", "description": description}
}

func stringSchema(description string) object {
	return object{"type": "string", "description": description}
}

func arrayOf(items any) object { return object{"type": "array", "items": items} }

func structure(properties object, required ...string) object {
	return object{"type": "object", "properties": properties, "required": required}
}

func records(rows ...any) any { return object{fieldRecords: rows} }

// columnSchema is the schema of the values of a feature.
func columnSchema(f model.Feature) object {
	if len(f.Categories) == 0 {
		return object{"type": "number", "format": "double"}
	}
	values := make([]any, 0, len(f.Categories)+1)
	for _, c := range f.Categories {
		values = append(values, c)
	}
	if f.Optional {
		return object{"type": []string{"string", "null"}, "enum": append(values, nil)}
	}
	return object{"type": "string", "enum": values}
}

// tabularInput is the schema of requests for a model of rows, in each of their forms.
func tabularInput(features []model.Feature) any {
	row, columns := object{}, object{}
	required, names := []string{}, []string{}
	cells := []any{}
	for _, f := range features {
		schema := columnSchema(f)
		row[f.Name], columns[f.Name] = schema, arrayOf(schema)
		cells = append(cells, schema)
		names = append(names, f.Name)
		if !f.Optional {
			required = append(required, f.Name)
		}
	}
	oneRow := structure(row, required...)
	oneRow["x-order"] = names // an object has no order of its own, and a form needs one
	rows := object{"type": "array", "minItems": 1, "items": oneRow}
	split := structure(object{
		"index":   arrayOf(object{"type": "integer"}),
		"columns": object{"type": "array", "items": object{"type": "string", "enum": names}},
		"data":    arrayOf(object{"type": "array", "prefixItems": cells}),
	}, "columns", "data")
	return object{"oneOf": []any{
		structure(object{fieldRecords: rows}, fieldRecords),
		structure(object{fieldSplit: split}, fieldSplit),
		structure(object{fieldInputs: object{"oneOf": []any{rows, structure(columns, required...)}}}, fieldInputs),
		structure(object{fieldInstances: rows}, fieldInstances),
	}}
}

func predictionsOutput(prediction any) any {
	return structure(object{"predictions": arrayOf(prediction)}, "predictions")
}

func speciesOutput() any {
	return structure(object{
		"label": stringSchema("The likeliest species"),
		"probabilities": object{
			"type": "object", "additionalProperties": object{"type": "number", "format": "double"},
			"description": "How likely each species is; they add up to 1",
		},
	}, "label", "probabilities")
}

func integer(description string, least, most int) object {
	return object{"type": "integer", "minimum": least, "maximum": most, "description": description}
}

func chatInput() any {
	message := structure(object{
		"role":    object{"type": "string", "enum": roles},
		"content": object{"type": "string"},
	}, "role", "content")
	return structure(object{
		"messages":    object{"type": "array", "minItems": 1, "items": message},
		"max_tokens":  with(integer("How long the answer may be", 1, maxMaxTokens), "default", defaultMaxTokens),
		"min_tokens":  with(integer("How long the answer is at least; Databricks has no such field", 0, maxMaxTokens), "default", defaultMinTokens),
		"temperature": object{"type": "number", "minimum": 0, "maximum": maxTemperature, "default": defaultTemperature},
		"seed":        object{"type": "integer", "minimum": 0, "description": "The same seed gives the same answer"},
		"stop":        object{"oneOf": []any{object{"type": "string"}, arrayOf(object{"type": "string"})}},
		"stream":      object{"type": "boolean", "default": false},
	}, "messages")
}

func with(schema object, key string, value any) object {
	schema[key] = value
	return schema
}

func usageOutput() any {
	count := object{"type": "integer"}
	return structure(object{"prompt_tokens": count, "completion_tokens": count, "total_tokens": count}, "prompt_tokens", "total_tokens")
}

func chatOutput() any {
	answer := structure(object{
		"index":         object{"type": "integer"},
		"message":       structure(object{"role": object{"type": "string"}, "content": object{"type": "string"}}, "role", "content"),
		"finish_reason": object{"type": "string", "enum": []string{"stop", "length"}},
	}, "index", "message", "finish_reason")
	return structure(object{
		"id": object{"type": "string"}, "object": object{"type": "string"}, "created": object{"type": "integer"}, "model": object{"type": "string"},
		"choices": arrayOf(answer), "usage": usageOutput(),
	}, "id", "choices", "usage")
}

func embeddingsInput() any {
	texts := object{"type": "array", "minItems": 1, "maxItems": maxTexts, "items": object{"type": "string"}}
	return structure(object{"input": object{"oneOf": []any{object{"type": "string"}, texts}}}, "input")
}

func embeddingsOutput() any {
	item := structure(object{
		"object": object{"type": "string"}, "index": object{"type": "integer"},
		"embedding": object{
			"type": "array", "items": object{"type": "number", "format": "double"},
			"minItems": model.EmbeddingDimensions, "maxItems": model.EmbeddingDimensions,
		},
	}, "index", "embedding")
	return structure(object{"object": object{"type": "string"}, "model": object{"type": "string"}, "data": arrayOf(item), "usage": usageOutput()}, "data", "usage")
}
