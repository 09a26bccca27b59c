package api

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"

	"corbel.example/emulator/internal/fault"
	"corbel.example/emulator/internal/requestlog"
)

// adminPath is where the emulator's own API is, which no real workspace has.
const adminPath = "/_emulator"

// administrator lets administrators through who call from this machine.
func (s *server) administrator(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := s.authenticate(w, r)
		if err != nil {
			return err
		}
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil || !net.ParseIP(host).IsLoopback() {
			return denied("This API is for callers on this machine.")
		}
		if !id.HasScope() || !s.Metastore.Snapshot().IsAdmin(id.Principal) {
			return denied("This API is for administrators.")
		}
		return next(w, r)
	}
}

func (s *server) listFaults(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"faults": append([]fault.Rule{}, s.Faults.List()...)})
	return nil
}

func (s *server) addFault(w http.ResponseWriter, r *http.Request) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	var rule fault.Rule
	if err := d.Decode(&rule); err != nil {
		return malformed(err)
	}
	added, err := s.Faults.Add(rule)
	if errors.Is(err, fault.ErrTooMany) {
		return &Error{http.StatusTooManyRequests, "RESOURCE_LIMIT_EXCEEDED", err.Error()}
	}
	if err != nil {
		return invalid("%s", err)
	}
	writeJSON(w, http.StatusOK, added)
	return nil
}

func (s *server) removeFault(w http.ResponseWriter, r *http.Request) error {
	if !s.Faults.Remove(r.PathValue("id")) {
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "There is no fault " + r.PathValue("id") + "."}
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

func (s *server) clearFaults(w http.ResponseWriter, _ *http.Request) error {
	s.Faults.Clear()
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// listRequests answers with the last requests, newest first: of one user, to paths that
// begin so, at most limit of them.
func (s *server) listRequests(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	limit := -1
	if text := query.Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 0 {
			return invalid("limit must be a number of 0 or more, not %q.", text)
		}
	}
	list := []requestlog.Entry{}
	for _, e := range s.requests.Entries() {
		if len(list) == limit {
			break
		}
		if (query.Get("user") == "" || strings.EqualFold(query.Get("user"), e.User)) && strings.HasPrefix(e.Path, query.Get("path")) {
			list = append(list, e)
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"requests": list})
	return nil
}

// userOf tells whose token a request has, for rules that ask.
func (s *server) userOf(r *http.Request) string {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	id, err := s.Directory.Authenticate(strings.TrimSpace(token))
	if err != nil {
		return ""
	}
	return id.Principal.UserName
}

// withFaults gives requests the faults in force, but not those to the emulator's own API:
// it must be there to end them.
func (s *server) withFaults(next http.Handler) http.Handler {
	faulty := s.Faults.Inject(s.userOf, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, adminPath+"/") {
			next.ServeHTTP(w, r)
			return
		}
		faulty.ServeHTTP(w, r)
	})
}
