package api

import (
	"net/http"

	"corbel.example/emulator/internal/serving"
)

// Model serving endpoints: https://docs.databricks.com/api/workspace/servingendpoints

const servingPath = "/api/2.0/serving-endpoints"

var scopeServing = []string{"serving.serving-endpoints", "model-serving"}

func (s *server) routeServing(api func(string, []string, handler)) {
	api("GET "+servingPath, scopeServing, s.listServingEndpoints)
	api("GET "+servingPath+"/{name}", scopeServing, s.getServingEndpoint)
	api("GET "+servingPath+"/{name}/openapi", scopeServing, s.getServingOpenAPI)
	api("POST /serving-endpoints/{name}/invocations", scopeServing, s.invoke)
	s.routeServingPermissions(api)
}

// servedEntity is what an endpoint serves; in lists it has neither version of the workload nor state.
type servedEntity struct {
	Name              string           `json:"name"`
	EntityName        string           `json:"entity_name"`
	EntityVersion     string           `json:"entity_version"`
	Creator           string           `json:"creator,omitempty"`
	CreationTimestamp int64            `json:"creation_timestamp,omitempty"`
	WorkloadSize      string           `json:"workload_size,omitempty"`
	WorkloadType      string           `json:"workload_type,omitempty"`
	State             *deploymentState `json:"state,omitempty"`
}

type deploymentState struct {
	Deployment string `json:"deployment"`
	Message    string `json:"deployment_state_message"`
}

type servingConfig struct {
	ServedEntities []servedEntity `json:"served_entities"`
	ConfigVersion  int            `json:"config_version,omitempty"`
	TrafficConfig  *traffic       `json:"traffic_config,omitempty"`
}

type traffic struct {
	Routes []route `json:"routes"`
}

type route struct {
	ServedModelName   string `json:"served_model_name"`
	TrafficPercentage int    `json:"traffic_percentage"`
}

type servingEndpoint struct {
	ID              string        `json:"id"`
	Name            string        `json:"name"`
	Description     string        `json:"description"`
	Creator         string        `json:"creator"`
	Created         int64         `json:"creation_timestamp"`
	Updated         int64         `json:"last_updated_timestamp"`
	State           serving.State `json:"state"`
	Config          servingConfig `json:"config"`
	Task            string        `json:"task,omitempty"`
	PermissionLevel string        `json:"permission_level,omitempty"`
	EndpointURL     string        `json:"endpoint_url,omitempty"`
}

// endpointCreator made the endpoints: the first administrator.
const endpointCreator = "ana@example.com"

func servingSummary(e *serving.Endpoint) servingEndpoint {
	state, _ := e.State()
	created := e.Created.UnixMilli()
	return servingEndpoint{
		ID: e.ID, Name: e.Name, Description: e.Description(), Creator: endpointCreator, Created: created, Updated: created, State: state, Task: e.Task,
		Config: servingConfig{ServedEntities: []servedEntity{{Name: e.ServedName, EntityName: e.Model, EntityVersion: "1"}}},
	}
}

// listServingEndpoints answers with the endpoints that the caller may view.
func (s *server) listServingEndpoints(w http.ResponseWriter, r *http.Request) error {
	list := []servingEndpoint{}
	for _, e := range s.Serving.Endpoints() {
		if e.Permission(caller(r)) >= serving.CanView {
			list = append(list, servingSummary(e))
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"endpoints": list})
	return nil
}

func (s *server) getServingEndpoint(w http.ResponseWriter, r *http.Request) error {
	e, err := s.servingEndpoint(r, serving.CanView)
	if err != nil {
		return err
	}
	answer := servingSummary(e)
	state, message := e.State()
	deployment := "DEPLOYMENT_READY"
	switch {
	case state.ConfigUpdate == serving.UpdateFailed:
		deployment = "DEPLOYMENT_FAILED"
	case state.Ready != serving.StateReady:
		deployment = "DEPLOYMENT_CREATING"
	}
	entity := &answer.Config.ServedEntities[0]
	entity.Creator, entity.CreationTimestamp, entity.WorkloadSize, entity.WorkloadType = endpointCreator, answer.Created, "Small", "CPU"
	entity.State = &deploymentState{deployment, message}
	answer.Config.ConfigVersion = 1
	answer.Config.TrafficConfig = &traffic{[]route{{e.ServedName, 100}}}
	answer.PermissionLevel = e.Permission(caller(r)).String()
	answer.EndpointURL = baseURL(r) + "/serving-endpoints/" + e.Name + "/invocations"
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// servingEndpoint returns the endpoint in the path, if the caller has the permission on it.
func (s *server) servingEndpoint(r *http.Request, need serving.Permission) (*serving.Endpoint, error) {
	name := r.PathValue("name")
	e, ok := s.Serving.Endpoint(name)
	if !ok {
		return nil, &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Endpoint with name '" + name + "' does not exist."}
	}
	if e.Permission(caller(r)) < need {
		return nil, denied("User does not have " + need.String() + " on serving endpoint '" + name + "'.")
	}
	return e, nil
}

// getServingOpenAPI answers with the OpenAPI document of an endpoint.
func (s *server) getServingOpenAPI(w http.ResponseWriter, r *http.Request) error {
	e, err := s.servingEndpoint(r, serving.CanView)
	if err != nil {
		return err
	}
	content := func(schema, example any) map[string]any {
		media := map[string]any{"schema": schema}
		if example != nil {
			media["example"] = example
		}
		return map[string]any{"application/json": media}
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": e.Name, "version": "1", "description": e.Description()},
		"servers": []any{map[string]any{"url": baseURL(r) + "/serving-endpoints/" + e.Name}},
		"paths": map[string]any{"/served-models/" + e.ServedName + "/invocations": map[string]any{"post": map[string]any{
			"requestBody": map[string]any{"required": true, "content": content(e.Input, e.Example)},
			"responses":   map[string]any{"200": map[string]any{"description": "Successful operation", "content": content(e.Output, nil)}},
		}}},
	})
	return nil
}
