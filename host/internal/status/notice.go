package status

import (
	"context"
	"fmt"
	"time"

	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/trace"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

const (
	// slowStart is how long a plugin may be on its way before it is worth a notice.
	slowStart = 30 * time.Second
	// manyRestarts within recentCrash are too many.
	manyRestarts = 3
	recentCrash  = 10 * time.Minute
	// noticeTimeout bounds how long a page waits to know whether its user is an administrator.
	noticeTimeout = 300 * time.Millisecond
)

// Notice tells an administrator which plugins need somebody. It is nil for everybody else, and when all is well.
func (b *Board) Notice(ctx context.Context) ui.Component {
	var ailing ui.List
	for _, s := range b.Plugins() {
		if what := b.ailment(locale.FromContext(ctx), &s); what != "" {
			ailing = append(ailing, ui.Lines{ui.Link{Href: PluginPath(s.Name), Text: s.Name}, ui.Muted(what)})
		}
	}
	if len(ailing) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTimeout)
	defer cancel()
	if v, err := b.viewer(ctx); err != nil || !v.admin {
		return nil
	}
	return ui.Banner{
		Type: ui.Warning, Title: titleAttention, Body: ailing,
		Actions: []ui.Component{ui.Button{Text: titlePlugins, Size: ui.Small, Href: PluginsPath}},
	}
}

// ailment says in words what is wrong with a plugin, "" when all is well.
func (b *Board) ailment(region locale.Locale, s *supervisor.Status) string {
	now := b.Now()
	switch s.State {
	case supervisor.Ready:
		if s.Restarts >= manyRestarts && s.LastExit != nil && now.Sub(s.LastExit.At) < recentCrash {
			return fmt.Sprintf(textOften, region.Count(int64(s.Restarts)))
		}
		return ""
	case supervisor.Starting, supervisor.Restarting, supervisor.Draining:
		if now.Sub(s.Since) < slowStart {
			return ""
		}
	case supervisor.Degraded, supervisor.CrashLoop, supervisor.Failed, supervisor.Stopped:
	}
	what := string(s.State)
	if s.Message != "" {
		what += ": " + ui.Cut(trace.Redact(s.Message), maxMessage)
	}
	return what
}
