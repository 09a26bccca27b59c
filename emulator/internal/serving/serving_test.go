package serving

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"corbel.example/emulator/internal/principal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open returns the endpoints when all of them are ready.
func open(t testing.TB) *Registry {
	t.Helper()
	r := Open(Config{Logger: slog.New(slog.DiscardHandler)})
	r.Close() // waits for the training; nothing else ends
	return r
}

func endpoint(t testing.TB, name string) *Endpoint {
	t.Helper()
	e, ok := open(t).Endpoint(name)
	if !ok {
		t.Fatalf("no endpoint %s", name)
	}
	return e
}

// invoke sends a request and returns the answer as JSON.
func invoke(t testing.TB, name, body string) (string, error) {
	t.Helper()
	m, ready := endpoint(t, name).Ready()
	if !ready {
		t.Fatalf("%s is not ready", name)
	}
	answer, err := m.Invoke([]byte(body))
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(answer.Value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), nil
}

func TestEndpointsTellHowGoodTheyAre(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"penguin-mass":    "on 68 others, held out by a random split with seed 1: mean absolute error 2",
		"penguin-species": "on 68 others, held out by a random split with seed 1: accuracy ",
		"text-embeddings": "of their variance",
		"corbel-chat":     "answers no question",
	} {
		e := endpoint(t, name)
		if !strings.Contains(e.Description(), want) {
			t.Errorf("%s: %s", name, e.Description())
		}
		if state, _ := e.State(); state != (State{StateReady, NotUpdating}) {
			t.Errorf("%s is %v", name, state)
		}
	}
}

func TestExamplesAreAnswered(t *testing.T) {
	t.Parallel()
	for _, e := range open(t).Endpoints() {
		body, err := json.Marshal(e.Example)
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := invoke(t, e.Name, string(body)); err != nil || len(answer) < 20 {
			t.Errorf("%s: answer %s, error %v", e.Name, answer, err)
		}
	}
}

func TestRowsInEveryFormHaveTheSamePrediction(t *testing.T) {
	t.Parallel()
	answers := map[string][]string{}
	for _, body := range []string{
		`{"dataframe_records": [{"beak_length_mm": 39.1, "beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}]}`,
		`{"dataframe_split": {"columns": ["body_mass_g", "flipper_length_mm", "beak_depth_mm", "beak_length_mm"], "index": [0], "data": [[3750, 181, 18.7, 39.1]]}}`,
		`{"inputs": [{"beak_length_mm": 39.1, "beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750, "year": 2007}], "client_request_id": "x"}`,
		`{"inputs": {"beak_length_mm": [39.1], "beak_depth_mm": [18.7], "flipper_length_mm": [181], "body_mass_g": [3.75e3]}}`,
		`{"inputs": {"beak_length_mm": 39.1, "beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}}`,
		`{"instances": [{"beak_length_mm": 39.1, "beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}]}`,
	} {
		answer, err := invoke(t, "penguin-species", body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		answers[answer] = append(answers[answer], body)
	}
	if len(answers) != 1 {
		t.Errorf("answers differ: %v", answers)
	}
	for answer := range answers {
		if !strings.HasPrefix(answer, `{"predictions":[{"label":"Adelie","probabilities":{"Adelie":0.99`) {
			t.Errorf("answer %s", answer)
		}
	}
}

func TestAMissingSexIsTheAverageOfBoth(t *testing.T) {
	t.Parallel()
	const penguin = `"species": "Gentoo", "island": "Biscoe", "beak_length_mm": 46.1, "beak_depth_mm": 13.2, "flipper_length_mm": 211}`
	answer, err := invoke(t, "penguin-mass", `{"dataframe_records": [{`+penguin+`, {"sex": "FEMALE", `+penguin+`, {"sex": "MALE", `+penguin+`, {"sex": null, `+penguin+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Predictions []float64 }
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	p := got.Predictions
	if len(p) != 4 || p[0] != p[3] || p[1] >= p[0] || p[0] >= p[2] || p[1] < 4000 || p[2] > 6000 {
		t.Errorf("predictions without a sex, of a female, of a male, of null: %v", p)
	}
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	const rest = `"beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}`
	for name, c := range map[string]struct{ endpoint, body, field, problem string }{
		"no JSON":                   {"penguin-species", `{`, "", "Invalid JSON"},
		"NaN":                       {"penguin-species", `{"dataframe_records": [{"beak_length_mm": NaN, ` + rest + `]}`, "", "NaN and Infinity are none"},
		"no object":                 {"penguin-species", `[1]`, "", "must be a JSON object"},
		"null":                      {"penguin-species", `null`, "", "must be a JSON object"},
		"no rows":                   {"penguin-species", `{}`, "", "exactly one of the fields dataframe_records"},
		"rows twice":                {"penguin-species", `{"inputs": [], "instances": []}`, "", "it has 2: [inputs, instances]"},
		"unknown field":             {"penguin-species", `{"messages": []}`, "/messages", "unknown field"},
		"empty records":             {"penguin-species", `{"dataframe_records": []}`, "/dataframe_records", "at least one"},
		"empty columns":             {"penguin-species", `{"inputs": {}}`, "/inputs", "at least one"},
		"empty split":               {"penguin-species", `{"dataframe_split": {"columns": ["a"], "data": []}}`, "/dataframe_split", "at least one"},
		"records of another type":   {"penguin-species", `{"dataframe_records": {"a": 1}}`, "/dataframe_records", "array of objects"},
		"a record of another type":  {"penguin-species", `{"dataframe_records": [1]}`, "/dataframe_records/0", "must be an object"},
		"a record that is null":     {"penguin-species", `{"dataframe_records": [null]}`, "/dataframe_records/0", "must be an object"},
		"a column missing":          {"penguin-species", `{"dataframe_records": [{"beak_lenght_mm": 39.1, ` + rest + `]}`, "/dataframe_records/0/beak_length_mm", "Model is missing inputs ['beak_length_mm']. Note that there were extra inputs: ['beak_lenght_mm']"},
		"text for a number":         {"penguin-species", `{"dataframe_records": [{"beak_length_mm": "long", ` + rest + `]}`, "/dataframe_records/0/beak_length_mm", "can not safely convert string to double"},
		"a boolean for a number":    {"penguin-species", `{"dataframe_records": [{"beak_length_mm": true, ` + rest + `]}`, "/dataframe_records/0/beak_length_mm", "convert boolean to double"},
		"null for a number":         {"penguin-species", `{"dataframe_records": [{"beak_length_mm": null, ` + rest + `]}`, "/dataframe_records/0/beak_length_mm", "must not be null"},
		"an infinite number":        {"penguin-species", `{"dataframe_records": [{"beak_length_mm": 1e999, ` + rest + `]}`, "/dataframe_records/0/beak_length_mm", "beyond the range"},
		"a number for text":         {"penguin-mass", `{"inputs": {"species": 1}}`, "/inputs/species/0", "convert number to string"},
		"an unknown category":       {"penguin-mass", `{"inputs": {"species": "Emperor"}}`, "/inputs/species/0", "the model knows [Adelie, Chinstrap, Gentoo] only"},
		"a prediction of infinity":  {"penguin-mass", `{"inputs": {"species": "Gentoo", "island": "Biscoe", "beak_length_mm": 1e308, "beak_depth_mm": -1e308, "flipper_length_mm": 1e308}}`, "/inputs", "not finite"},
		"columns of other lengths":  {"penguin-mass", `{"inputs": {"a": [1], "b": [1, 2]}}`, "/inputs/b", "has 2 values where other columns have 1"},
		"a row of another length":   {"penguin-mass", `{"dataframe_split": {"columns": ["species"], "data": [["Adelie"], []]}}`, "/dataframe_split/data/1", "0 values for 1 columns"},
		"a wrong cell":              {"penguin-mass", `{"dataframe_split": {"columns": ["x", "species"], "data": [[1, 2]]}}`, "/dataframe_split/data/0/1", "column species"},
		"too many records":          {"penguin-mass", `{"instances": [1` + strings.Repeat(",1", maxRecords) + `]}`, "/instances", "too many"},
		"no messages":               {"corbel-chat", `{}`, "/messages", "is missing"},
		"empty messages":            {"corbel-chat", `{"messages": []}`, "/messages", "at least one"},
		"an unknown role":           {"corbel-chat", `{"messages": [{"role": "king", "content": ""}]}`, "/messages/0/role", "one of system, user, assistant"},
		"no content":                {"corbel-chat", `{"messages": [{"role": "user"}]}`, "/messages/0/content", "must be a string"},
		"an image":                  {"corbel-chat", `{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}`, "/messages/0/content/0", "reads nothing else"},
		"no tokens":                 {"corbel-chat", `{"messages": [{"role": "user", "content": "x"}], "max_tokens": 0}`, "/max_tokens", "from 1 to"},
		"half a token":              {"corbel-chat", `{"messages": [{"role": "user", "content": "x"}], "max_tokens": 1.5}`, "/max_tokens", "integer"},
		"too hot":                   {"corbel-chat", `{"messages": [{"role": "user", "content": "x"}], "temperature": 3}`, "/temperature", "from 0 to 2"},
		"two answers":               {"corbel-chat", `{"messages": [{"role": "user", "content": "x"}], "n": 2}`, "/n", "one answer"},
		"an empty stop":             {"corbel-chat", `{"messages": [{"role": "user", "content": "x"}], "stop": ""}`, "/stop", "aren't empty"},
		"stream of another type":    {"corbel-chat", `{"messages": [{"role": "user", "content": "x"}], "stream": "yes"}`, "/stream", "true or false"},
		"a prompt that is too long": {"corbel-chat", `{"messages": [{"role": "user", "content": "` + strings.Repeat("x ", maxPromptTokens+1) + `"}]}`, "/messages", "16384 at most"},
		"no input":                  {"text-embeddings", `{}`, "/input", "is missing"},
		"no texts":                  {"text-embeddings", `{"input": []}`, "/input", "has 0 texts"},
		"a text that is null":       {"text-embeddings", `{"input": ["a", null]}`, "/input/1", "must be a string"},
		"an input of another type":  {"text-embeddings", `{"input": 1}`, "/input", "must be a string or an array"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := invoke(t, c.endpoint, c.body)
			var input *InputError
			if !errors.As(err, &input) {
				t.Fatalf("answer %s, error %v", answer, err)
			}
			if input.Field != c.field || !strings.Contains(input.Problem, c.problem) {
				t.Errorf("field %q, want %q: %s", input.Field, c.field, input.Problem)
			}
		})
	}
}

func TestEmbeddingsKnowWhatIsAlike(t *testing.T) {
	t.Parallel()
	answer, err := invoke(t, "text-embeddings", `{"input": ["Doctors and patients pay too much for insurance.", "Affordable health care and hospitals", "Terrorists and our troops in Iraq"]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Data []struct {
			Index     int
			Embedding []float64
		}
		Usage usage
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	likeness := func(i, j int) (sum float64) {
		for d := range got.Data[i].Embedding {
			sum += got.Data[i].Embedding[d] * got.Data[j].Embedding[d]
		}
		return sum
	}
	if alike, other := likeness(0, 1), likeness(0, 2); alike < other+0.2 {
		t.Errorf("medicine is at %v, war at %v", alike, other)
	}
	if got.Usage.PromptTokens != 19 || got.Data[2].Index != 2 {
		t.Errorf("usage %+v, index %d", got.Usage, got.Data[2].Index)
	}
}

func TestAForcedStateHoldsUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	e := endpoint(t, "penguin-mass")
	e.Force(&State{StateNotReady, UpdateInProgress})
	if state, _ := e.State(); state.Ready != StateNotReady || state.ConfigUpdate != UpdateInProgress {
		t.Errorf("forced state is %v", state)
	}
	if _, ready := e.Ready(); ready {
		t.Error("an endpoint that isn't ready answers")
	}
	// While another version is made, the old one answers.
	e.Force(&State{StateReady, UpdateInProgress})
	if _, ready := e.Ready(); !ready {
		t.Error("an endpoint that is updated doesn't answer")
	}
	e.Force(nil)
	if state, _ := e.State(); state != (State{StateReady, NotUpdating}) {
		t.Errorf("its own state is %v", state)
	}
}

func TestAModelThatWasNotTrainedIsAFailedUpdate(t *testing.T) {
	t.Parallel()
	e := &Endpoint{load: func() (Model, string, error) { return nil, "", errors.New("no data") }}
	if state, _ := e.State(); state != (State{StateNotReady, UpdateInProgress}) {
		t.Errorf("before: %v", state)
	}
	e.train()
	if state, message := e.State(); state != (State{StateNotReady, UpdateFailed}) || message != "no data" {
		t.Errorf("after: %v %q", state, message)
	}
}

func TestPermissionsComeByNameAndGroup(t *testing.T) {
	t.Parallel()
	cleo := principal.Principal{UserName: "cleo@example.com", Groups: []string{principal.AllUsers}}
	ben := principal.Principal{UserName: "ben@example.com", Groups: []string{analysts, principal.AllUsers}}
	ana := principal.Principal{UserName: "ana@example.com", Groups: []string{principal.Admins}}
	r := open(t)
	got := map[string][]string{}
	for _, e := range r.Endpoints() {
		got[e.Name] = []string{e.Permission(ana).String(), e.Permission(ben).String(), e.Permission(cleo).String()}
	}
	want := map[string][]string{
		"corbel-chat":     {"CAN_MANAGE", "CAN_QUERY", "CAN_QUERY"},
		"penguin-mass":    {"CAN_MANAGE", "CAN_QUERY", "CAN_QUERY"},
		"penguin-species": {"CAN_MANAGE", "CAN_QUERY", "CAN_VIEW"},
		"text-embeddings": {"CAN_MANAGE", "CAN_QUERY", "NO_PERMISSION"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
	e := r.Endpoints()[3]
	e.Grant(map[string]Permission{cleo.UserName: CanManage}, false)
	if e.Permission(cleo) != CanManage || e.Permission(ben) != CanQuery {
		t.Errorf("beside: %v", e.Grants())
	}
	e.Grant(map[string]Permission{cleo.UserName: CanView}, true)
	if e.Permission(cleo) != CanView || e.Permission(ben) != NoPermission || e.Permission(ana) != CanManage {
		t.Errorf("instead: %v", e.Grants())
	}
	if other, _ := open(t).Endpoint(e.Name); other.Permission(ben) != CanQuery {
		t.Error("grants of one workspace reach another")
	}
}

func TestLimitsCountByUserAndMinute(t *testing.T) {
	t.Parallel()
	l := newLimiter(2)
	now := time.Now()
	l.now = func() time.Time { return now }
	take := func(user string) bool { _, ok := l.take(user); return ok }
	var passed []bool
	for _, user := range []string{"ana", "ana", "ana", "ben"} {
		passed = append(passed, take(user))
	}
	if diff := cmp.Diff([]bool{true, true, false, true}, passed); diff != "" {
		t.Errorf("ana three times and ben pass (-want +got):\n%s", diff)
	}
	now = now.Add(20 * time.Second)
	if wait, ok := l.take("ana"); ok || wait != 40*time.Second {
		t.Errorf("wait %v, passed %v", wait, ok)
	}
	now = now.Add(40 * time.Second)
	if !take("ana") {
		t.Error("the next minute is full, too")
	}
	l.set(0)
	for range 10 {
		if !take("ana") {
			t.Fatal("no limit, and refused")
		}
	}
}
