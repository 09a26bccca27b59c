package api

import (
	"encoding/json"
	"net/http"
)

// telemetry takes what the command line tells about its use, and keeps nothing of it.
func (s *server) telemetry(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Items     []string `json:"items"`
		ProtoLogs []string `json:"protoLogs"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	writeJSON(w, http.StatusOK, map[string]any{"errors": []string{}, "numSuccess": len(body.Items), "numProtoSuccess": len(body.ProtoLogs)})
	return nil
}
