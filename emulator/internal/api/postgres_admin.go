package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"corbel.example/emulator/internal/postgres"
)

// postgresOrderTimeout bounds how long an order to the database server may take.
const postgresOrderTimeout = time.Minute

// routePostgresAdmin lets tests end PostgreSQL and bring it back.
func (s *server) routePostgresAdmin(admin func(string, handler)) {
	order := func(name string, do func(*postgres.Server, context.Context) error) {
		admin("POST "+adminPath+"/postgres/"+name, func(w http.ResponseWriter, r *http.Request) error {
			ctx, cancel := context.WithTimeout(r.Context(), postgresOrderTimeout)
			defer cancel()
			err := do(s.Lakebase.Server(), ctx)
			if errors.Is(err, postgres.ErrNotRunning) || errors.Is(err, context.DeadlineExceeded) {
				return &Error{http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", err.Error()}
			}
			if err != nil {
				return err
			}
			return s.getPostgres(w, r)
		})
	}
	order("start", (*postgres.Server).Start)
	order("stop", (*postgres.Server).Stop)
	order("kill", (*postgres.Server).Kill)
	admin("GET "+adminPath+"/postgres", s.getPostgres)
}

func (s *server) getPostgres(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, struct {
		postgres.Status
		Sessions int `json:"sessions"`
	}{s.Lakebase.Server().Status(), s.Lakebase.Sessions()})
	return nil
}

// revokeTokens makes one token invalid, or all that a principal got that expire.
func (s *server) revokeTokens(w http.ResponseWriter, r *http.Request) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	var body struct {
		Token     string `json:"token"`
		Principal string `json:"principal"`
	}
	if err := d.Decode(&body); err != nil {
		return malformed(err)
	}
	if (body.Token == "") == (body.Principal == "") {
		return invalid("Name either a token or a principal.")
	}
	if body.Token != "" {
		s.Directory.Revoke(body.Token)
	} else {
		s.Directory.RevokeMinted(body.Principal)
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}
