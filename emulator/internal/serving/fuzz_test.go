package serving

import (
	"encoding/json"
	"errors"
	"testing"
)

// FuzzInvoke sends anything to every endpoint: the answer is JSON, or says what is wrong with the request.
func FuzzInvoke(f *testing.F) {
	endpoints := open(f).Endpoints()
	for _, e := range endpoints {
		body, err := json.Marshal(e.Example)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{
		`{"dataframe_split": {"columns": ["species"], "data": [[1]]}}`, `{"inputs": {"species": ["Adelie"], "sex": null}}`,
		`{"instances": [ {"body_mass_g": -0.0e-7} ]}`, `{"input": ["a", 1]}`,
		`{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}], "max_tokens": 5, "stop": ["a"], "seed": 1, "stream": true}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, e := range endpoints {
			m, ready := e.Ready()
			if !ready {
				t.Fatal("not ready")
			}
			answer, err := m.Invoke(body)
			var input *InputError
			switch {
			case errors.As(err, &input):
				continue
			case err != nil:
				t.Errorf("%s: %v", e.Name, err)
			case answer.Events != nil:
				for event := range answer.Events {
					answer.Value = event
				}
			}
			if _, err := json.Marshal(answer.Value); err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
		}
	})
}
