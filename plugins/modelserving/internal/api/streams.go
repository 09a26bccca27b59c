package api

import (
	"net/http"
	"strconv"

	"corbel.example/sdk/fault"
)

// resume gives a stream to a client that has lost it, from the event on that follows Last-Event-ID, or all that is kept.
func (a *API) resume(w http.ResponseWriter, r *http.Request) error {
	var last uint64
	if text := r.Header.Get("Last-Event-ID"); text != "" {
		var err error
		if last, err = strconv.ParseUint(text, 10, 63); err != nil {
			return fault.New(fault.Invalid, "Last-Event-ID must be the number of an event.").WithField("Last-Event-ID", "must be the number of an event")
		}
	}
	s, err := a.Streams.Find(userOf(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.Serve(r.Context(), w, last)
}

// stop ends a stream. The model is no longer read when the answer comes.
func (a *API) stop(w http.ResponseWriter, r *http.Request) error {
	if err := a.Streams.Stop(userOf(r), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
