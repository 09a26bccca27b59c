// Package status shows what the host knows of its plugins and of requests: on pages, and as JSON. Everybody who is signed in sees
// states and figures; what a plugin logs, how it is configured and how it died is for administrators, and of requests
// everybody sees their own.
package status

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/trace"
	"corbel.example/host/internal/traffic"
	"corbel.example/host/internal/user"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
)

// The pages' paths, and the name that stands for the host in the addresses of their parts: no plugin can have it.
const (
	PluginsPath  = "/plugins"
	RequestsPath = "/requests"
	Host         = "-"
)

// refresh is how often a page brings itself up to date.
const refresh = 5 * time.Second

// Profiles tells callers who they are. user.Profiles does.
type Profiles interface {
	Of(ctx context.Context) (user.Profile, error)
}

// Params are what New needs. All are required but Now.
type Params struct {
	// Plugins returns the state of every configured plugin.
	Plugins func() []supervisor.Status
	// Manifest is what a plugin said of itself last.
	Manifest func(name string) (plugin.Manifest, bool)
	// Restart has a plugin's process replaced.
	Restart func(name string) error
	// Config returns a plugin's configuration, secrets masked, by the schema of its manifest if that is known.
	Config func(name string, schema json.RawMessage, known bool) []config.Value
	Watch  *Watch
	Trace  *trace.Store
	// Profiles and AdminGroups decide who is an administrator.
	Profiles    Profiles
	AdminGroups []string
	Logger      *slog.Logger
	// Now is the clock; nil for the system's.
	Now func() time.Time
}

// Board shows. Its methods may be called concurrently; their errors are *fault.Error.
type Board struct{ Params }

// New returns a board.
func New(p Params) *Board {
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Board{p}
}

// viewer is who looks.
type viewer struct {
	id    string
	admin bool
}

// sees says whether a line is for the viewer: one of their own requests, or any if they are an administrator.
func (v viewer) sees(l *trace.Line) bool { return v.admin || l.UserID != "" && l.UserID == v.id }

// viewer returns who looks, and a fault when nobody is signed in.
func (b *Board) viewer(ctx context.Context) (viewer, error) {
	id, signedIn := identity.FromContext(ctx)
	if !signedIn {
		return viewer{}, fault.New(fault.Unauthenticated, "")
	}
	return viewer{id: id.User.ID, admin: b.isAdmin(ctx)}, nil
}

// isAdmin asks the workspace for the caller's groups. Whom it does not know is no administrator.
func (b *Board) isAdmin(ctx context.Context) bool {
	if len(b.AdminGroups) == 0 {
		return false
	}
	profile, err := b.Profiles.Of(ctx)
	return err == nil && profile.Source == user.FromDatabricks &&
		slices.ContainsFunc(profile.Groups, func(group string) bool { return slices.Contains(b.AdminGroups, group) })
}

// shown is a plugin as it is shown.
type shown struct {
	supervisor.Status
	traffic traffic.Summary
	uptime  time.Duration // 0 without a process that is ready
}

// plugins returns all plugins as the viewer may see them.
func (b *Board) plugins(v viewer) []shown {
	all := b.Plugins()
	list := make([]shown, len(all))
	for i, s := range all {
		list[i] = b.show(v, s)
	}
	return list
}

func (b *Board) show(v viewer, s supervisor.Status) shown {
	p := shown{Status: s, traffic: b.Watch.Summary(s.Name)}
	if !s.Ready.IsZero() {
		p.uptime = b.Now().Sub(s.Ready)
	}
	p.Message = trace.Redact(p.Message)
	if s.LastExit != nil {
		exit := *s.LastExit
		exit.Reason, exit.Panic = trace.Redact(exit.Reason), trace.Redact(exit.Panic)
		exit.Output = make([]string, len(s.LastExit.Output))
		for i, line := range s.LastExit.Output {
			exit.Output[i] = trace.Redact(line)
		}
		p.LastExit = &exit
	}
	if !v.admin {
		// Both quote what the plugin said.
		p.Message, p.PID = "", 0
		if p.LastExit != nil {
			p.LastExit = &supervisor.Exit{At: s.LastExit.At, Code: s.LastExit.Code, Signal: s.LastExit.Signal}
		}
	}
	return p
}

// plugin returns one plugin as the viewer may see it.
func (b *Board) plugin(v viewer, name string) (shown, error) {
	all := b.Plugins()
	i := slices.IndexFunc(all, func(s supervisor.Status) bool { return s.Name == name })
	if i < 0 {
		return shown{}, fault.New(fault.NotFound, textNoPlugin)
	}
	return b.show(v, all[i]), nil
}

// Restart has a plugin's process replaced, if an administrator asks for it. Who asked is logged, whatever the answer.
func (b *Board) Restart(ctx context.Context, name string) error {
	v, err := b.viewer(ctx)
	if err != nil {
		return err
	}
	id, _ := identity.FromContext(ctx)
	audit := func(level slog.Level, outcome string) {
		b.Logger.LogAttrs(ctx, level, "audit", slog.String("action", "plugin.restart"), slog.String("target", name),
			slog.String("user", id.User.Email), slog.String("outcome", outcome))
	}
	if !v.admin {
		audit(slog.LevelWarn, "refused")
		return fault.New(fault.Forbidden, textOnlyAdmins)
	}
	if _, err := b.plugin(v, name); err != nil {
		return err
	}
	if err := b.Params.Restart(name); err != nil {
		audit(slog.LevelError, "failed")
		return fault.Wrap(fault.Internal, err, "").WithOp(fmt.Sprintf("restart plugin %q", name))
	}
	audit(slog.LevelInfo, "done")
	return nil
}

// Nav is the pages' part of the navigation.
func Nav() []mount.NavGroup {
	return []mount.NavGroup{{Title: titleApplication, Items: []mount.NavItem{
		{Title: titlePlugins, Path: PluginsPath, State: mount.Ready}, {Title: titleRequests, Path: RequestsPath, State: mount.Ready},
	}}}
}

// PluginPath is the path of a plugin's page.
func PluginPath(name string) string { return PluginsPath + "/" + url.PathEscape(name) }

// RestartPath is what the form on a plugin's page posts to.
func RestartPath(name string) string { return PluginPath(name) + "/restart" }
