package api

import (
	"encoding/json"
	"net/http"

	"corbel.example/emulator/internal/serving"
)

// routeServingAdmin lets tests change endpoints.
func (s *server) routeServingAdmin(admin func(string, handler)) {
	const endpoint = adminPath + "/serving-endpoints/{name}"
	admin("PUT "+endpoint+"/state", s.forceServingState)
	admin("DELETE "+endpoint+"/state", func(w http.ResponseWriter, r *http.Request) error {
		return s.changeServing(w, r, func(e *serving.Endpoint) { e.Force(nil) })
	})
	admin("PUT "+endpoint+"/rate-limit", s.limitServing)
}

func (s *server) changeServing(w http.ResponseWriter, r *http.Request, change func(*serving.Endpoint)) error {
	e, ok := s.Serving.Endpoint(r.PathValue("name"))
	if !ok {
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Endpoint with name '" + r.PathValue("name") + "' does not exist."}
	}
	change(e)
	writeJSON(w, http.StatusOK, servingSummary(e))
	return nil
}

func (s *server) forceServingState(w http.ResponseWriter, r *http.Request) error {
	var state serving.State
	if err := readOrder(r, &state); err != nil {
		return err
	}
	if !state.Valid() {
		return invalid("ready must be READY or NOT_READY, and config_update NOT_UPDATING, IN_PROGRESS, UPDATE_FAILED or UPDATE_CANCELED.")
	}
	return s.changeServing(w, r, func(e *serving.Endpoint) { e.Force(&state) })
}

func (s *server) limitServing(w http.ResponseWriter, r *http.Request) error {
	var order struct {
		RequestsPerMinute int `json:"requests_per_minute"`
	}
	if err := readOrder(r, &order); err != nil {
		return err
	}
	if order.RequestsPerMinute < 0 {
		return invalid("requests_per_minute must not be negative; 0 is any number.")
	}
	return s.changeServing(w, r, func(e *serving.Endpoint) { e.Limit(order.RequestsPerMinute) })
}

// readOrder reads the body of an order to the emulator; unknown fields are errors.
func readOrder(r *http.Request, to any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return malformed(err)
	}
	return nil
}
