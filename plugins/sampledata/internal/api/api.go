// Package api answers the plugin's REST API.
package api

import (
	"net/http"
	"time"

	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/rest"
)

// Root is the path of the API.
const Root = "/api/sampledata"

const (
	maxBody = 4 << 10
	// startTimeout bounds the start of a run: it does what needs the request, which may have to wait for Lakebase.
	startTimeout = 30 * time.Second
	// cleanTimeout bounds a cleaning up that the caller waits for.
	cleanTimeout = 10 * time.Minute
)

// API answers the routes.
type API struct {
	Runs    *run.Manager
	Targets *Targets
}

// Routes are what Register registers.
func Routes() []plugin.Route {
	return []plugin.Route{
		{Method: http.MethodPost, Pattern: Root + "/runs", Timeout: startTimeout, MaxBodyBytes: maxBody},
		{Method: http.MethodGet, Pattern: Root + "/runs/{id}"},
		{Method: http.MethodGet, Pattern: Root + "/runs/{id}/events", Streaming: true},
		{Method: http.MethodGet, Pattern: Root + "/status", Timeout: startTimeout},
		{Method: http.MethodDelete, Pattern: Root + "/data", Timeout: cleanTimeout},
	}
}

// Register adds the API to mux.
func (a *API) Register(mux *http.ServeMux) {
	for pattern, handler := range map[string]fault.HandlerFunc{
		"POST " + Root + "/runs":            a.start,
		"GET " + Root + "/runs/{id}":        a.get,
		"GET " + Root + "/runs/{id}/events": a.events,
		"GET " + Root + "/status":           a.status,
		"DELETE " + Root + "/data":          a.remove,
	} {
		mux.Handle(pattern, handler)
	}
}

// start answers with 202 and the new run, or with 200 and the one that is under way.
func (a *API) start(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Targets []string `json:"targets"`
	}
	if err := rest.Decode(w, r, maxBody, &body); err != nil {
		return err
	}
	plan, err := a.Targets.Plan(run.SetUp, body.Targets)
	if err != nil {
		return err
	}
	started, joined, err := a.Runs.Start(r.Context(), plan)
	if err != nil {
		return err
	}
	status := http.StatusAccepted
	if joined {
		status = http.StatusOK
	}
	w.Header().Set("Location", Root+"/runs/"+started.ID)
	return rest.Write(w, status, started.Snapshot(r.Context()))
}

func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	found, err := a.find(r)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, found.Snapshot(r.Context()))
}

func (a *API) find(r *http.Request) (*run.Run, error) {
	id, _ := identity.FromContext(r.Context())
	return a.Runs.Find(id.User.ID, r.PathValue("id"))
}

// remove answers when all is gone. ?target= narrows it, and may be there twice.
func (a *API) remove(w http.ResponseWriter, r *http.Request) error {
	names := r.URL.Query()["target"]
	if len(names) == 0 {
		names = Names()
	}
	plan, err := a.Targets.Plan(run.CleanUp, names)
	if err != nil {
		return err
	}
	started, _, err := a.Runs.Start(r.Context(), plan)
	if err != nil {
		return err
	}
	snapshot, err := a.await(r, started)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, snapshot)
}

// await waits for a run's end. A run that failed is answered with its first failure.
func (a *API) await(r *http.Request, started *run.Run) (s run.Snapshot, err error) {
	for s = started.Snapshot(r.Context()); !s.Ended(); {
		next, ok := started.Next(r.Context(), s.Version)
		if !ok {
			return s, r.Context().Err()
		}
		s = next
	}
	if f := started.Err(); f != nil {
		return s, f
	}
	return s, nil
}

// Status is what there is of the sample.
type Status struct {
	// Version is that of the data which this plugin makes.
	Version  string          `json:"version"`
	Tables   []tables.Status `json:"tables"`
	Lakebase personal.Status `json:"lakebase"`
	// Problems are what could not be found out.
	Problems []fault.Problem `json:"problems,omitempty"`
}

func (a *API) status(w http.ResponseWriter, r *http.Request) error {
	return rest.Write(w, http.StatusOK, a.Targets.Status(r))
}
