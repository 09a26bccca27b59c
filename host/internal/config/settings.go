package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Settings is the host's configuration, parsed and in range.
type Settings struct {
	App        App
	Server     Server
	Log        Log
	Databricks Databricks
	// PluginDir is the folder with the plugins' binaries.
	PluginDir string
	// Plugins in the order in which the files name them first: of two plugins that claim one path, the earlier wins.
	Plugins []Plugin
}

// App is what the application is called, and who looks after it.
type App struct {
	// Title stands in the top bar.
	Title string
	// SignOutURL is where the user menu's sign-out link leads; empty for no link.
	SignOutURL string
	// PreferencesPath is the route that keeps users' preferences; empty for none.
	PreferencesPath string
	// AdminGroups are the groups of the workspace whose members look after the application.
	AdminGroups []string
}

// Server is how the host listens and what it accepts.
type Server struct {
	// Host is an IP address or "localhost".
	Host string
	// Port is 0 for any free one.
	Port int
	// HeaderTimeout is for a request's line and headers.
	HeaderTimeout time.Duration
	// ReadTimeout is how long the client may take to send the next bytes of a body.
	ReadTimeout time.Duration
	// WriteTimeout is how long the client may take to accept the next bytes of a response.
	WriteTimeout time.Duration
	// IdleTimeout closes connections without a request.
	IdleTimeout time.Duration
	// RequestTimeout is for a whole exchange whose route names no timeout and does not stream.
	RequestTimeout time.Duration
	// ShutdownTimeout is what requests under way get when the host stops.
	ShutdownTimeout time.Duration
	// MaxHeaderBytes bounds a request's line and headers.
	MaxHeaderBytes int
	// MaxBodyBytes bounds request bodies of routes that name no limit.
	MaxBodyBytes int64
	// MaxConcurrentRequests bounds the requests under way.
	MaxConcurrentRequests int
	// TrustedProxies may send X-Forwarded-*.
	TrustedProxies []netip.Prefix
	// InDatabricksApp says that the platform's proxy is the only way in: DATABRICKS_APP_NAME is set.
	InDatabricksApp bool
}

// Log is what is logged and how.
type Log struct {
	Level slog.Level
	// Format is "json" or "text".
	Format string
	// Memory and PluginMemory are how much of the last lines is remembered, in bytes: of requests, and of each plugin's own.
	Memory, PluginMemory int64
}

// Databricks is the workspace.
type Databricks struct {
	// Host is the workspace's URL, empty for none.
	Host string
}

// Plugin is how one plugin is run. Its own configuration is given by Config.Resolve.
type Plugin struct {
	Name    string
	Enabled bool
	// Path of the binary.
	Path string
	// SHA256 of the binary in hex, empty for unchecked.
	SHA256 string
	// Required makes the host unready while the plugin is not ready.
	Required bool
	// StartTimeout bounds launch and handshake.
	StartTimeout time.Duration
}
