package endpoint

import (
	"strings"
	"testing"

	"corbel.example/sdk/fault"
)

// What is nested without end costs no more than its bytes: it is refused before anything is made of it.
func TestDeepInputIsRefusedAtOnce(t *testing.T) {
	// Not parallel: AllocsPerRun counts the whole process.
	e := &Endpoint{Name: "e"}
	const levels = 8 << 20
	for name, body := range map[string]string{
		"arrays":      `{"inputs":` + strings.Repeat("[", levels),
		"objects":     `{"inputs":` + strings.Repeat(`{"a":`, levels/5),
		"closed ones": `{"inputs":` + strings.Repeat("[", levels/2) + strings.Repeat("]", levels/2) + `}`,
		"just deeper": `{"inputs":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`,
	} {
		var err error
		allocated := testing.AllocsPerRun(1, func() { _, err = e.Check([]byte(body)) })
		if f := fault.From(err); f == nil || f.Code != codeInput || !strings.Contains(f.Message, "100 levels") || allocated > 100 {
			t.Errorf("%s: %v after %v allocations", name, err, allocated)
		}
	}
	for name, body := range map[string]string{
		"as deep as allowed": `{"inputs":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`,
		"brackets in a text": `{"inputs":["` + strings.Repeat(`[{\"`, 200) + `"]}`,
		"side by side":       `{"inputs":[` + strings.Repeat("[[]],", 200) + `1]}`,
	} {
		if _, err := e.Check([]byte(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
