package sdktest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"corbel.example/sdk/sdktest"
)

// noted takes the errors of a test without failing.
type noted struct {
	testing.TB
	errors []string
}

func (n *noted) Errorf(format string, args ...any) {
	n.errors = append(n.errors, fmt.Sprintf(format, args...))
}

func TestConfigSchemaFindsWhatDiffers(t *testing.T) {
	t.Parallel()
	type config struct {
		Size int    `json:"size"`
		Name string `json:"name"`
	}
	const good = `{"properties":{"size":{"default":3,"description":"How large."},"name":{"description":"Its name.","env":["A","B"]}}}`
	for schema, want := range map[string]string{
		good:                               "",
		strings.Replace(good, "3", "4", 1): "default of size: 4 in the schema, 3 in Config",
		strings.Replace(good, "Its name.", "", 1):                "name is not described",
		strings.Replace(good, `"A",`, "", 1):                     "name is set by [B], want [A B]",
		strings.Replace(good, `"size"`, `"sice"`, 1):             "size has no schema",
		strings.Replace(good, `{"size"`, `{"more":{},"size"`, 1): "more is in the schema alone",
	} {
		n := &noted{TB: t}
		sdktest.ConfigSchema(n, json.RawMessage(schema), config{Size: 3}, map[string]any{"name": []any{"A", "B"}})
		if found := strings.Join(n.errors, "; "); want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("%s: found %q, want %q", schema, found, want)
		}
	}
}
