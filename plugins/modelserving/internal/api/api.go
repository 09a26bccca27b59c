package api

import (
	"net/http"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/plugins/modelserving/internal/stream"
	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/rest"
)

// Root is the path of the API.
const Root = "/api/modelserving"

const (
	endpointPath    = Root + "/endpoints/{name}"
	invocationsPath = endpointPath + "/invocations"
	usagePath       = endpointPath + "/usage"
	streamPath      = Root + "/streams/{id}"
)

// API answers the routes.
type API struct {
	Endpoints *endpoint.Reader
	Invoker   *invocation.Invoker
	Streams   *stream.Registry
	Meter     *usage.Meter
	// DefaultEndpoint is the one that pages offer first; empty for none.
	DefaultEndpoint string

	bodies bodies
}

// Routes are what Register registers.
func Routes() []plugin.Route {
	return []plugin.Route{
		{Method: http.MethodGet, Pattern: Root + "/endpoints"},
		{Method: http.MethodGet, Pattern: endpointPath},
		{Method: http.MethodGet, Pattern: usagePath},
		{Method: http.MethodPost, Pattern: invocationsPath, MaxBodyBytes: invocation.MaxBody, Streaming: true},
		{Method: http.MethodGet, Pattern: streamPath, Streaming: true},
		{Method: http.MethodDelete, Pattern: streamPath},
	}
}

// Register adds the API to mux.
func (a *API) Register(mux *http.ServeMux) {
	for pattern, handler := range map[string]fault.HandlerFunc{
		"GET " + Root + "/endpoints": a.listEndpoints,
		"GET " + endpointPath:        a.getEndpoint,
		"GET " + usagePath:           a.getUsage,
		"POST " + invocationsPath:    a.invoke,
		"GET " + streamPath:          a.resume,
		"DELETE " + streamPath:       a.stop,
	} {
		mux.Handle(pattern, handler)
	}
}

type endpointList struct {
	Endpoints []endpoint.Endpoint `json:"endpoints"`
	// Default is the endpoint that the application's configuration names, if it names one.
	Default string `json:"default,omitempty"`
}

func (a *API) listEndpoints(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Endpoints.List(r.Context())
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, endpointList{Endpoints: found, Default: a.DefaultEndpoint})
}

func (a *API) getEndpoint(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Endpoints.Get(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, found)
}

// getUsage answers with what an endpoint was asked, by everybody, to whoever may see the endpoint.
func (a *API) getUsage(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Endpoints.Get(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, a.Meter.Report(found.Name))
}
