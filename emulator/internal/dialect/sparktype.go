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
