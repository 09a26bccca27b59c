// Command exhibit is a plugin for the tests of pages: it answers with whatever fragment a test needs, good or hostile. Its
// name is that of its file, so that several of it make a page together.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/serve"
)

const (
	// slow is how long the slow fragment takes, patience how long the host is to wait for a fragment.
	slow     = 2 * time.Second
	patience = 4 * time.Second
)

type exhibit struct {
	name string
	home string // what it does on the home page
}

func (e *exhibit) Manifest() plugin.Manifest {
	api := "/api/" + e.name
	return plugin.Manifest{
		Name: e.name, Version: "1.0.0", Summary: "Shows fragments of every kind.",
		Routes: []plugin.Route{
			{Method: http.MethodGet, Pattern: api + "/home", Timeout: patience},
			{Method: http.MethodGet, Pattern: api + "/exhibits"},
			{Method: http.MethodGet, Pattern: api + "/exhibits/{exhibit}"},
			{Method: http.MethodGet, Pattern: api + "/witness"},
			{Method: http.MethodGet, Pattern: api + "/answers/{status}"},
		},
		Pages: []plugin.Page{
			{Path: "/" + e.name + "/exhibits/{exhibit}", Title: "Exhibit", Slots: []plugin.Slot{
				{Name: "main", Fragment: "exhibit"}, {Name: "main", Fragment: "witness"},
			}},
			{Path: "/" + e.name + "/answers/{status}", Title: "Answer", Slots: []plugin.Slot{{Name: "main", Fragment: "answer"}}},
		},
		Fragments: []plugin.Fragment{
			{ID: "home", Slot: "home", Path: api + "/home", Timeout: patience},
			{ID: "exhibit", Path: api + "/exhibits/{exhibit}"},
			{ID: "witness", Path: api + "/witness"},
			{ID: "answer", Path: api + "/answers/{status}", Primary: true},
		},
		Nav:          []plugin.NavItem{{Title: e.name, Path: "/" + e.name + "/exhibits/none"}},
		ConfigSchema: json.RawMessage(`{"type": "object", "properties": {"home": {"enum": ["quick", "slow", "fails", "hangs"], "default": "quick"}}}`),
	}
}

func (e *exhibit) Configure(_ context.Context, s plugin.Settings) plugin.Diagnostics {
	var config struct {
		Home string `json:"home"`
	}
	err := s.Decode(&config)
	e.home = config.Home
	return plugin.OfError(err)
}

func (e *exhibit) Handler() http.Handler {
	mux := http.NewServeMux()
	api := "/api/" + e.name
	mux.Handle("GET "+api+"/home", fault.HandlerFunc(e.showHome))
	mux.Handle("GET "+api+"/exhibits", fault.HandlerFunc(list))
	mux.Handle("GET "+api+"/exhibits/{exhibit}", fault.HandlerFunc(show))
	mux.Handle("GET "+api+"/witness", fault.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) error {
		return card(w, "witness", "Everything before me is over.")
	}))
	mux.Handle("GET "+api+"/answers/{status}", fault.HandlerFunc(answer))
	return mux
}

func (e *exhibit) showHome(w http.ResponseWriter, r *http.Request) error {
	switch e.home {
	case "fails":
		return fault.New(fault.Upstream, "The warehouse of "+e.name+" does not answer.")
	case "hangs":
		<-r.Context().Done()
		return r.Context().Err()
	case "slow":
		select {
		case <-time.After(slow):
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	return card(w, e.name, "Here I am.")
}

// answer fails with the status of its path.
func answer(_ http.ResponseWriter, r *http.Request) error {
	status, err := strconv.Atoi(r.PathValue("status"))
	kind, ok := map[int]fault.Kind{
		http.StatusForbidden: fault.Forbidden, http.StatusNotFound: fault.NotFound, http.StatusServiceUnavailable: fault.Unavailable,
	}[status]
	if err != nil || !ok {
		return fault.New(fault.Invalid, "No answer has this status.")
	}
	return fault.New(kind, "This is an answer with status "+strconv.Itoa(status)+".")
}

func card(w http.ResponseWriter, name, text string) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := fmt.Fprintf(w, `<databricks-card class="%s"><header><h2>%s</h2></header><p>%s</p></databricks-card>`, name, name, text)
	return err
}

func main() { serve.Main(&exhibit{name: filepath.Base(os.Args[0])}) }
