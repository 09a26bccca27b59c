package server

import (
	"net/http"
	"net/netip"
	"time"

	"corbel.example/host/internal/supervisor"
)

// readiness is the answer of /readyz.
type readiness struct {
	// Status is "ready" or "not ready".
	Status  string                     `json:"status"`
	Plugins map[string]pluginReadiness `json:"plugins"`
}

// pluginReadiness is the state of one plugin.
type pluginReadiness struct {
	State    supervisor.State `json:"state"`
	Required bool             `json:"required"`
	Message  string           `json:"message"`
	Version  string           `json:"version"`
	Since    time.Time        `json:"since"`
}

// healthz says that the host serves.
func (s *Server) healthz(c *call) error {
	return c.writeJSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says what every plugin's state is. It fails only for plugins that are required: the others are somebody's loss,
// but no reason to take the whole application away. Messages are for operators: they may quote a plugin's last words, so
// that only callers on this machine see them. The log has them too.
func (s *Server) readyz(c *call) error {
	local := isLocal(c.r.RemoteAddr)
	answer := readiness{Status: "ready", Plugins: map[string]pluginReadiness{}}
	status := http.StatusOK
	for _, p := range s.plugins() {
		if !local {
			p.Message = ""
		}
		answer.Plugins[p.Name] = pluginReadiness{
			State: p.State, Required: p.Required, Message: p.Message, Version: p.Version, Since: p.Since.UTC(),
		}
		if p.Required && !serves(p.State) {
			answer.Status, status = "not ready", http.StatusServiceUnavailable
		}
	}
	return c.writeJSON(status, answer)
}

// isLocal says whether the peer is on this machine.
func isLocal(remoteAddr string) bool {
	peer, err := netip.ParseAddrPort(remoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

func serves(state supervisor.State) bool {
	return state == supervisor.Ready || state == supervisor.Degraded
}
