package workspace

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/serving"
	"github.com/google/go-cmp/cmp"
)

// serveModels serves a workspace whose endpoints are all ready.
func serveModels(t testing.TB, c Config) *served {
	t.Helper()
	c.StateDir = t.TempDir()
	s := serveWith(t, c)
	s.serving.Close() // waits for the training; nothing else ends
	return s
}

// post sends a body to an endpoint. The client closes the answer.
func (s *served) post(ctx context.Context, user, endpoint, body string) (*http.Response, error) {
	token, err := s.Directory().PersonalToken(user)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/serving-endpoints/"+endpoint+"/invocations", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return http.DefaultClient.Do(request)
}

// invoke is post where it must work.
func (s *served) invoke(t testing.TB, user, endpoint, body string) *http.Response {
	t.Helper()
	response, err := s.post(t.Context(), user, endpoint, body)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// order sends an order to the emulator as an administrator.
func (s *served) order(t testing.TB, method, path string, body any) {
	t.Helper()
	headers := map[string]string{"Content-Type": "application/json"}
	if err := s.databricks(t, ana).Do(t.Context(), method, "/_emulator/"+path, headers, nil, body, nil); err != nil {
		t.Fatal(err)
	}
}

const penguin = `{"dataframe_records": [{"beak_length_mm": 39.1, "beak_depth_mm": 18.7, "flipper_length_mm": 181, "body_mass_g": 3750}]}`

func TestTheSDKListsAndGetsEndpoints(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	for user, want := range map[string][]string{
		ana:  {"corbel-chat", "penguin-mass", "penguin-species", "text-embeddings"},
		cleo: {"corbel-chat", "penguin-mass", "penguin-species"},
	} {
		list, err := serving.NewServingEndpoints(s.databricks(t, user)).ListAll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range list {
			got = append(got, e.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s sees (-want +got):\n%s", user, diff)
		}
	}
	api := serving.NewServingEndpoints(s.databricks(t, cleo))
	e, err := api.GetByName(t.Context(), "penguin-species")
	if err != nil {
		t.Fatal(err)
	}
	entity := e.Config.ServedEntities[0]
	if e.PermissionLevel != "CAN_VIEW" || e.State.Ready != "READY" || e.State.ConfigUpdate != "NOT_UPDATING" ||
		entity.EntityName != "penguin-species" || entity.State.Deployment != "DEPLOYMENT_READY" || !strings.Contains(e.Description, "accuracy") {
		t.Errorf("endpoint %+v, entity %+v", e, entity)
	}
	_, err = api.GetByName(t.Context(), "text-embeddings")
	if e := apiError(t, err); e.StatusCode != http.StatusForbidden || e.ErrorCode != "PERMISSION_DENIED" {
		t.Errorf("an endpoint that cleo may not see: %+v", e)
	}
	_, err = api.GetByName(t.Context(), "nothing")
	if e := apiError(t, err); e.StatusCode != http.StatusNotFound || e.ErrorCode != "RESOURCE_DOES_NOT_EXIST" {
		t.Errorf("an unknown endpoint: %+v", e)
	}
}

func TestTheOpenAPIDocumentDescribesRequests(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	answer, err := serving.NewServingEndpoints(s.databricks(t, cleo)).GetOpenApi(t.Context(), serving.GetOpenApiRequest{Name: "penguin-mass"})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Contents.Close()
	type schema struct {
		Properties map[string]struct {
			Type  string
			Items struct {
				Properties map[string]struct {
					Type any
					Enum []any
				}
				Required []string
				Order    []string `json:"x-order"`
			}
		}
	}
	var document struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Schema  struct{ OneOf []schema }
						Example json.RawMessage
					}
				}
			}
		}
	}
	if err := json.NewDecoder(answer.Contents).Decode(&document); err != nil {
		t.Fatal(err)
	}
	body := document.Paths["/served-models/penguin-mass-1/invocations"].Post.RequestBody.Content["application/json"]
	rows := body.Schema.OneOf[0].Properties["dataframe_records"].Items
	if diff := cmp.Diff([]string{"species", "island", "beak_length_mm", "beak_depth_mm", "flipper_length_mm"}, rows.Required); diff != "" {
		t.Errorf("required (-want +got):\n%s", diff)
	}
	if sex := rows.Properties["sex"]; !cmp.Equal(sex.Type, any([]any{"string", "null"})) || !cmp.Equal(sex.Enum, []any{"FEMALE", "MALE", nil}) || len(rows.Order) != len(rows.Properties) {
		t.Errorf("sex %+v, order %v", sex, rows.Order)
	}
	if document.Servers[0].URL != s.url+"/serving-endpoints/penguin-mass" {
		t.Errorf("server %s", document.Servers[0].URL)
	}
	response := s.invoke(t, cleo, "penguin-mass", string(body.Example))
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the example is answered by %s", response.Status)
	}
}

func TestTheSDKQueriesEndpoints(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	api := serving.NewServingEndpoints(s.databricks(t, ben))
	got, err := api.Query(t.Context(), serving.QueryEndpointInput{Name: "penguin-mass", DataframeSplit: &serving.DataframeSplitInput{
		Columns: []any{"species", "island", "sex", "beak_length_mm", "beak_depth_mm", "flipper_length_mm"},
		Data:    []any{[]any{"Adelie", "Torgersen", "MALE", 39.1, 18.7, 181}, []any{"Gentoo", "Biscoe", nil, 50, 15, 220}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Predictions) != 2 || got.Predictions[0].(float64) > 4300 || got.Predictions[1].(float64) < 5000 {
		t.Errorf("predictions %v", got.Predictions)
	}
	got, err = api.Query(t.Context(), serving.QueryEndpointInput{Name: "text-embeddings", Input: []string{"a school", "a teacher"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Data) != 2 || len(got.Data[1].Embedding) != 64 || got.Object != "list" || got.Usage.TotalTokens != 4 {
		t.Errorf("embeddings %+v, usage %+v", got.Data, got.Usage)
	}
	got, err = api.Query(t.Context(), serving.QueryEndpointInput{Name: "corbel-chat", MaxTokens: 12, Temperature: 0.5, Messages: []serving.ChatMessage{
		{Role: serving.ChatMessageRoleUser, Content: "What about jobs?"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if m := got.Choices[0].Message; m.Role != serving.ChatMessageRoleAssistant || len(m.Content) < 12 || got.Usage.CompletionTokens != 12 || got.Model != "corbel-chat" {
		t.Errorf("message %+v, usage %+v", m, got.Usage)
	}
}

func TestInvocationsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	for name, c := range map[string]struct {
		user, endpoint, body string
		status               int
		code, message        string
	}{
		"an unknown endpoint": {ana, "nothing", penguin, 404, "RESOURCE_DOES_NOT_EXIST", "nothing"},
		"no permission":       {cleo, "text-embeddings", `{"input": "x"}`, 403, "PERMISSION_DENIED", "CAN_QUERY"},
		"viewing only":        {cleo, "penguin-species", penguin, 403, "PERMISSION_DENIED", "CAN_QUERY"},
		"a wrong field":       {ben, "penguin-species", strings.Replace(penguin, "beak_depth", "bill_depth", 1), 400, "BAD_REQUEST", "/dataframe_records/0/beak_depth_mm"},
		"a wrong type":        {ben, "penguin-species", strings.Replace(penguin, "181", `"181"`, 1), 400, "BAD_REQUEST", "/dataframe_records/0/flipper_length_mm"},
		"not a number":        {ben, "penguin-species", strings.Replace(penguin, "181", `NaN`, 1), 400, "BAD_REQUEST", "NaN"},
		"no records":          {ben, "penguin-species", `{"dataframe_records": []}`, 400, "BAD_REQUEST", "/dataframe_records"},
		"no body":             {ben, "penguin-species", ``, 400, "BAD_REQUEST", "JSON"},
		"20 MB":               {ben, "penguin-species", strings.Repeat(" ", 20<<20), 413, "MAX_REQUEST_SIZE_EXCEEDED", "16777216"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := s.invoke(t, c.user, c.endpoint, c.body)
			defer response.Body.Close()
			var e struct {
				Code    string `json:"error_code"`
				Message string `json:"message"`
			}
			if err := json.NewDecoder(response.Body).Decode(&e); err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != c.status || e.Code != c.code || !strings.Contains(e.Message, c.message) {
				t.Errorf("%d %s: %s", response.StatusCode, e.Code, e.Message)
			}
		})
	}
}

func TestServingTakesItsScope(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	who, _ := s.Directory().User(ben)
	for scope, want := range map[string]int{"sql": 403, "serving.serving-endpoints": 200, "model-serving": 200} {
		token, _, err := s.Directory().Mint(who, []string{scope}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if got, body := s.request(t, "/api/2.0/serving-endpoints", "Bearer "+token); got != want {
			t.Errorf("%s: %d, want %d: %s", scope, got, want, body)
		}
	}
}

func TestAnEndpointThatIsNotReady(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	const state = "serving-endpoints/penguin-species/state"
	s.order(t, http.MethodPut, state, object{"ready": "NOT_READY", "config_update": "IN_PROGRESS"})
	e, err := serving.NewServingEndpoints(s.databricks(t, ben)).GetByName(t.Context(), "penguin-species")
	if err != nil {
		t.Fatal(err)
	}
	if e.State.Ready != "NOT_READY" || e.State.ConfigUpdate != "IN_PROGRESS" || e.Config.ServedEntities[0].State.Deployment != "DEPLOYMENT_CREATING" {
		t.Errorf("state %+v, entity %+v", e.State, e.Config.ServedEntities[0].State)
	}
	response := s.invoke(t, ben, "penguin-species", penguin)
	defer response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") != "1" {
		t.Errorf("answer %s, Retry-After %q", response.Status, response.Header.Get("Retry-After"))
	}
	s.order(t, http.MethodDelete, state, nil)
	response = s.invoke(t, ben, "penguin-species", penguin)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Header.Get("Served-Model-Name") != "penguin-species-1" {
		t.Errorf("answer %s by %q", response.Status, response.Header.Get("Served-Model-Name"))
	}
	for _, body := range []object{{"ready": "PERHAPS", "config_update": "NOT_UPDATING"}, {"ready": "READY"}, {"nonsense": 1}} {
		err := s.databricks(t, ana).Do(t.Context(), http.MethodPut, "/_emulator/"+state, map[string]string{"Content-Type": "application/json"}, nil, body, nil)
		if e := apiError(t, err); e.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %+v", body, e)
		}
	}
}

func TestTooManyRequestsOfOneUser(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{RequestsPerMinute: 2})
	status := func(user, endpoint string) (int, string) {
		response := s.invoke(t, user, endpoint, penguin)
		defer response.Body.Close()
		return response.StatusCode, response.Header.Get("Retry-After")
	}
	for range 2 {
		if got, _ := status(ben, "penguin-species"); got != 200 {
			t.Fatalf("within the limit: %d", got)
		}
	}
	got, after := status(ben, "penguin-species")
	if got != 429 || after == "" || after == "0" {
		t.Errorf("beyond the limit: %d, Retry-After %q", got, after)
	}
	if got, _ := status(ana, "penguin-species"); got != 200 {
		t.Errorf("somebody else: %d", got)
	}
	s.order(t, http.MethodPut, "serving-endpoints/penguin-species/rate-limit", object{"requests_per_minute": 0})
	if got, _ := status(ben, "penguin-species"); got != 200 {
		t.Errorf("without a limit: %d", got)
	}
}

func TestTheSDKChangesPermissions(t *testing.T) {
	t.Parallel()
	s := serveModels(t, Config{})
	api := serving.NewServingEndpoints(s.databricks(t, ana))
	e, err := api.GetByName(t.Context(), "text-embeddings")
	if err != nil {
		t.Fatal(err)
	}
	status := func() int {
		response := s.invoke(t, cleo, "text-embeddings", `{"input": "x"}`)
		defer response.Body.Close()
		return response.StatusCode
	}
	_, err = api.UpdatePermissions(t.Context(), serving.ServingEndpointPermissionsRequest{ServingEndpointId: e.Id, AccessControlList: []serving.ServingEndpointAccessControlRequest{
		{UserName: cleo, PermissionLevel: serving.ServingEndpointPermissionLevelCanQuery},
	}})
	if err != nil || status() != 200 {
		t.Errorf("granted: %d, error %v", status(), err)
	}
	list, err := api.GetPermissions(t.Context(), serving.GetServingEndpointPermissionsRequest{ServingEndpointId: e.Id})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range list.AccessControlList {
		got[a.UserName+a.GroupName] = string(a.AllPermissions[0].PermissionLevel)
	}
	if diff := cmp.Diff(map[string]string{"admins": "CAN_MANAGE", "analysts": "CAN_QUERY", cleo: "CAN_QUERY"}, got); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
	if _, err := api.SetPermissions(t.Context(), serving.ServingEndpointPermissionsRequest{ServingEndpointId: e.Id}); err != nil || status() != 403 {
		t.Errorf("taken: %d, error %v", status(), err)
	}
	levels, err := api.GetPermissionLevels(t.Context(), serving.GetServingEndpointPermissionLevelsRequest{ServingEndpointId: e.Id})
	if err != nil || len(levels.PermissionLevels) != 3 {
		t.Errorf("levels %+v, error %v", levels, err)
	}
	_, err = serving.NewServingEndpoints(s.databricks(t, ben)).SetPermissions(t.Context(), serving.ServingEndpointPermissionsRequest{ServingEndpointId: e.Id})
	if e := apiError(t, err); e.StatusCode != http.StatusForbidden {
		t.Errorf("ben changes permissions: %+v", e)
	}
	for _, who := range []serving.ServingEndpointAccessControlRequest{
		{UserName: "nobody@example.com", PermissionLevel: "CAN_QUERY"}, {GroupName: cleo, PermissionLevel: "CAN_QUERY"}, {UserName: cleo, PermissionLevel: "CAN_FLY"},
	} {
		_, err := api.UpdatePermissions(t.Context(), serving.ServingEndpointPermissionsRequest{
			ServingEndpointId: e.Id, AccessControlList: []serving.ServingEndpointAccessControlRequest{who},
		})
		if e := apiError(t, err); e.StatusCode != http.StatusNotFound && e.StatusCode != http.StatusBadRequest {
			t.Errorf("%+v: %+v", who, e)
		}
	}
}
