package dialect

import (
	"encoding/json"
	"strings"
)

var sparkNames = map[TypeName]string{BigInt: "long", Int: "integer", SmallInt: "short", TinyInt: "byte"}

// spark is the type in the JSON form of Spark's schemas.
func (t *Type) spark() any {
	switch t.Name {
	case Array:
		return map[string]any{"type": "array", "elementType": t.Element.spark(), "containsNull": true}
	case Map:
		return map[string]any{"type": "map", "keyType": t.Key.spark(), "valueType": t.Element.spark(), "valueContainsNull": true}
	case Struct:
		fields := make([]any, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = map[string]any{"name": f.Name, "type": f.Type.spark(), "nullable": true, "metadata": map[string]any{}}
		}
		return map[string]any{"type": "struct", "fields": fields}
	}
	if name, ok := sparkNames[t.Name]; ok {
		return name
	}
	return strings.ToLower(t.String())
}

// SparkField is a column of this type in the JSON form of Spark's schemas: the catalog
// API's type_json.
func (t *Type) SparkField(name string, nullable bool, comment string) (string, error) {
	metadata := map[string]any{}
	if comment != "" {
		metadata["comment"] = comment
	}
	data, err := json.Marshal(map[string]any{"name": name, "type": t.spark(), "nullable": nullable, "metadata": metadata})
	return string(data), err
}

// Description is the type in the JSON form of DESCRIBE ... AS JSON.
func (t *Type) Description() map[string]any {
	d := map[string]any{"name": strings.ToLower(string(t.Name))}
	switch t.Name {
	case Decimal:
		d["precision"], d["scale"] = t.Precision, t.Scale
	case Varchar, Char:
		d["length"] = t.Length
	case Array:
		d["element_type"], d["element_nullable"] = t.Element.Description(), true
	case Map:
		d["key_type"], d["value_type"], d["value_nullable"] = t.Key.Description(), t.Element.Description(), true
	case Struct:
		fields := make([]any, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = map[string]any{"name": f.Name, "type": f.Type.Description(), "nullable": true}
		}
		d["fields"] = fields
	case Timestamp:
		d["name"] = "timestamp_ltz"
	}
	return d
}
