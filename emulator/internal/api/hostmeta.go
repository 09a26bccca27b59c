package api

import "net/http"

// hostMetadata tells clients where to get tokens and which workspace this is.
func (s *server) hostMetadata(w http.ResponseWriter, r *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]string{"oidc_endpoint": baseURL(r) + "/oidc", "workspace_id": s.WorkspaceID})
	return nil
}

// baseURL is the address under which the client reached the workspace.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
