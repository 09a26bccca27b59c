package api

import (
	"encoding/json"
	"net/http"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/rest"
)

// mergePatch is the media type of RFC 7396, which PATCH takes beside plain JSON.
const mergePatch = "application/merge-patch+json"

func (a *API) getPreferences(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Preferences.Get(r.Context(), userOf(r.Context()))
	if err != nil {
		return err
	}
	return answer(w, r, http.StatusOK, found.Version, found.Preferences)
}

func (a *API) putPreferences(w http.ResponseWriter, r *http.Request) error {
	version, err := expected(r)
	if err != nil {
		return err
	}
	var p store.Preferences
	if err := rest.Decode(w, r, maxPreferencesBody, &p); err != nil {
		return err
	}
	if err := CheckPreferences(p); err != nil {
		return err
	}
	saved, err := a.Preferences.Replace(r.Context(), userOf(r.Context()), p, version)
	if err != nil {
		return err
	}
	return answer(w, r, http.StatusOK, saved.Version, saved.Preferences)
}

func (a *API) patchPreferences(w http.ResponseWriter, r *http.Request) error {
	version, err := expected(r)
	if err != nil {
		return err
	}
	var patch json.RawMessage
	if err := rest.Decode(w, r, maxPreferencesBody, &patch, mergePatch); err != nil {
		return err
	}
	// What is stored is the patch itself: its nulls remove. Decoding it checks its values.
	var p store.Preferences
	if err := rest.Unmarshal(patch, &p); err != nil {
		return err
	}
	if err := CheckPreferences(p); err != nil {
		return err
	}
	saved, err := a.Preferences.Merge(r.Context(), userOf(r.Context()), patch, version)
	if err != nil {
		return err
	}
	return answer(w, r, http.StatusOK, saved.Version, saved.Preferences)
}
