package config

import (
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// key is one setting that the user may write.
type setting[T any] struct {
	name string
	// env are variables that set it beside CORBEL_<NAME>; earlier ones win.
	env []string
	// flag that sets it, "" for none.
	flag string
	// def is the default's text, nothing for the empty value.
	def string
	doc string
	parser[T]
}

const envPrefix = "CORBEL_"

// variables are the names of the environment variables that set the key, the strongest first.
func (s setting[T]) variables() []string {
	return append(slices.Clip(s.env), envPrefix+variable(s.name))
}

// variable turns "server.port" into "SERVER_PORT".
func variable(name string) string {
	return strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
}

// hostSettings are all settings but those of plugins, in the order in which they are shown and documented.
var hostSettings = []setting[Settings]{
	{
		name: "app.title", def: "Corbel", doc: "The application's name in the top bar.",
		parser: text(func(s *Settings) *string { return &s.App.Title }),
	},
	{
		name: "app.sign_out_url", doc: "Where the user menu's sign-out link leads. Empty: no link.",
		parser: link(func(s *Settings) *string { return &s.App.SignOutURL }),
	},
	{
		name: "app.preferences_path", doc: "The route that keeps users' preferences: the theme chosen in the user menu is sent there, and a browser that is new to the user asks there for it. Empty: it is kept in the browser alone.",
		parser: link(func(s *Settings) *string { return &s.App.PreferencesPath }),
	},
	{
		name: "app.admin_groups", def: "admins", doc: "Groups of the workspace whose members see everything of plugins and requests, and restart plugins. An empty list: nobody.",
		parser: words(func(s *Settings) *[]string { return &s.App.AdminGroups }),
	},

	{
		name: "server.host", flag: "host", def: "127.0.0.1", doc: "Address to listen on. In Databricks Apps (DATABRICKS_APP_NAME is set) the default is 0.0.0.0.",
		parser: address(func(s *Settings) *string { return &s.Server.Host }),
	},
	{
		name: "server.port", env: []string{"DATABRICKS_APP_PORT"}, flag: "port", def: "8000", doc: "Port to listen on; 0 for any free one.",
		parser: integer(func(s *Settings) *int { return &s.Server.Port }, 0, 65535),
	},
	{
		name: "server.header_timeout", def: "5s", doc: "For a request's line and headers to arrive.",
		parser: duration(func(s *Settings) *time.Duration { return &s.Server.HeaderTimeout }, 100*time.Millisecond, 5*time.Minute),
	},
	{
		name: "server.read_timeout", def: "30s", doc: "For the next bytes of a request body to arrive.",
		parser: duration(func(s *Settings) *time.Duration { return &s.Server.ReadTimeout }, 100*time.Millisecond, 10*time.Minute),
	},
	{
		name: "server.write_timeout", def: "30s", doc: "For the client to accept the next bytes of a response. It does not end streams that flow.",
		parser: duration(func(s *Settings) *time.Duration { return &s.Server.WriteTimeout }, 100*time.Millisecond, 10*time.Minute),
	},
	{
		name: "server.idle_timeout", def: "2m", doc: "After which a connection without a request is closed.",
		parser: duration(func(s *Settings) *time.Duration { return &s.Server.IdleTimeout }, time.Second, time.Hour),
	},
	{
		name: "server.request_timeout", def: "30s", doc: "For a whole request to a route that names no timeout and does not stream.",
		parser: duration(func(s *Settings) *time.Duration { return &s.Server.RequestTimeout }, 100*time.Millisecond, time.Hour),
	},
	{
		name: "server.shutdown_timeout", def: "10s", doc: "For requests under way when the host stops.",
		parser: duration(func(s *Settings) *time.Duration { return &s.Server.ShutdownTimeout }, 0, 10*time.Minute),
	},
	{
		name: "server.max_header_bytes", def: "65536", doc: "Largest request line and headers, in bytes.",
		parser: integer(func(s *Settings) *int { return &s.Server.MaxHeaderBytes }, 4096, 1<<20),
	},
	{
		name: "server.max_body_bytes", def: "4MiB", doc: "Largest request body for routes that name no limit.",
		parser: size(func(s *Settings) *int64 { return &s.Server.MaxBodyBytes }, "1KiB", "16GiB"),
	},
	{
		name: "server.max_concurrent_requests", def: "1024", doc: "Requests under way at once. More are answered with 503.",
		parser: integer(func(s *Settings) *int { return &s.Server.MaxConcurrentRequests }, 1, 1<<20),
	},
	{
		name: "server.trusted_proxies", doc: "Addresses that may send X-Forwarded-*. Needed when the host listens on more than the loopback address outside Databricks Apps.",
		parser: prefixes(func(s *Settings) *[]netip.Prefix { return &s.Server.TrustedProxies }),
	},

	{
		name: "log.level", env: []string{"LOG_LEVEL"}, flag: "log-level", def: "info", doc: "The lowest level that is logged.",
		parser: level(func(s *Settings) *slog.Level { return &s.Log.Level }),
	},
	{
		name: "log.format", env: []string{"LOG_FORMAT"}, flag: "log-format", def: "json", doc: "One JSON object a line, or text for people.",
		parser: choice(func(s *Settings) *string { return &s.Log.Format }, "json", "text"),
	},
	{
		name: "log.memory", def: "8MiB", doc: "How much of the last lines of requests the host remembers, to find a request by its id. The oldest go first.",
		parser: size(func(s *Settings) *int64 { return &s.Log.Memory }, "512KiB", "1GiB"),
	},
	{
		name: "log.plugin_memory", def: "256KiB", doc: "How much of the last lines of each plugin the host remembers, for the plugin's page.",
		parser: size(func(s *Settings) *int64 { return &s.Log.PluginMemory }, "64KiB", "64MiB"),
	},

	{
		name: "databricks.host", env: []string{"DATABRICKS_HOST"}, doc: "URL of the workspace.",
		parser: workspaceURL(func(s *Settings) *string { return &s.Databricks.Host }),
	},

	{
		name: "plugin_dir", flag: "plugin-dir", doc: "Folder of the plugins' binaries. Default: the folder plugins beside the corbel binary.",
		parser: text(func(s *Settings) *string { return &s.PluginDir }),
	},
}

// pluginSettings are the settings of one plugin, without the prefix plugins.<name>.
var pluginSettings = []setting[Plugin]{
	{
		name: "enabled", def: "true", doc: "Whether the host starts the plugin.",
		parser: boolean(func(p *Plugin) *bool { return &p.Enabled }),
	},
	{
		name: "path", doc: "The binary. Default: the plugin's name within plugin_dir.",
		parser: text(func(p *Plugin) *string { return &p.Path }),
	},
	{
		name: "sha256", doc: "The binary's SHA-256 digest; another file is not started. Empty: not checked.",
		parser: digest(func(p *Plugin) *string { return &p.SHA256 }),
	},
	{
		name: "required", def: "false", doc: "Whether /readyz answers 503 while the plugin is not ready.",
		parser: boolean(func(p *Plugin) *bool { return &p.Required }),
	},
	{
		name: "start_timeout", def: "5s", doc: "For the plugin to launch and shake hands.",
		parser: duration(func(p *Plugin) *time.Duration { return &p.StartTimeout }, 100*time.Millisecond, 2*time.Minute),
	},
}

const (
	pluginsSection = "plugins"
	pluginConfig   = "config"
)

func pluginPath(plugin string, rest ...string) string {
	return strings.Join(append([]string{pluginsSection, plugin}, rest...), ".")
}
