package api

import (
	"fmt"
	"net/http"
	"regexp"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

const (
	// maxSampleItems is how many queries, and how many notes, a sample has at most; maxSampleBody is the body's size.
	maxSampleItems = 20
	maxSampleBody  = 256 << 10
)

var sampleKey = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

func (a *API) getSample(w http.ResponseWriter, r *http.Request) error {
	counted, err := a.Samples.Count(r.Context(), userOf(r.Context()))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, counted)
}

func (a *API) putSample(w http.ResponseWriter, r *http.Request) error {
	var sample store.Sample
	if err := rest.Decode(w, r, maxSampleBody, &sample); err != nil {
		return err
	}
	if err := checkSample(sample); err != nil {
		return err
	}
	counted, err := a.Samples.Put(r.Context(), userOf(r.Context()), sample)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, counted)
}

func (a *API) deleteSample(w http.ResponseWriter, r *http.Request) error {
	counted, err := a.Samples.Remove(r.Context(), userOf(r.Context()))
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, counted)
}

func checkSample(s store.Sample) error {
	if err := CheckPreferences(s.Preferences); err != nil {
		return err
	}
	if n := max(len(s.SavedQueries), len(s.Notes)); n > maxSampleItems {
		return fault.Newf(fault.Invalid, "A sample has at most %d saved queries and as many notes.", maxSampleItems)
	}
	keys := map[string]bool{}
	check := func(list, key string, err error) error {
		if !sampleKey.MatchString(key) || keys[list+key] {
			return fault.Newf(fault.Invalid, "The key %q in %s is not valid.", key, list).
				WithField("/"+list, "each key is its own, of 1 to 64 lower-case letters, digits and dashes")
		}
		keys[list+key] = true
		if err != nil {
			return fmt.Errorf("sample %s: %w", key, err)
		}
		return nil
	}
	for _, q := range s.SavedQueries {
		if err := check("saved_queries", q.Key, CheckQuery(q.QueryText)); err != nil {
			return err
		}
	}
	for _, n := range s.Notes {
		if err := check("notes", n.Key, CheckNote(n.NoteText)); err != nil {
			return err
		}
	}
	return nil
}
