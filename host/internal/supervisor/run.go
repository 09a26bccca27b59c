package supervisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"corbel.example/sdk/plugin"
)

// drainMargin is what the call of Drain may take longer than the drain.
const drainMargin = 500 * time.Millisecond

// run owns the plugin until running ends; then it drains. When alive ends too, the process is killed at once.
func (p *Plugin) run(alive, running context.Context) {
	defer p.decide()
	if p.refused != nil {
		p.offer(availability{retryAfter: p.settings.RestartWaitMax})
		p.fail(running, p.refused)
		<-running.Done()
	}
	for running.Err() == nil {
		p.offer(availability{coming: true})
		begun := time.Now()
		l, c, health, err := p.start(running)
		if running.Err() != nil {
			if l != nil {
				p.end(l)
			}
			break
		}
		if err == nil {
			p.becomeReady(running, l, c, health, time.Since(begun))
			reason, replace := p.watch(running, l)
			if running.Err() != nil {
				p.stop(alive, l)
				break
			}
			if replace {
				p.replace(running, alive, l)
				continue
			}
			p.bury(running, l, reason)
		} else {
			p.fail(running, err)
		}
		if !p.pause(running, l) {
			break
		}
	}
	p.finish()
}

// becomeReady opens the plugin to exchanges.
func (p *Plugin) becomeReady(ctx context.Context, l *life, c *contract, health plugin.Health, took time.Duration) {
	l.ready = time.Now()
	select {
	case <-p.restartAsked: // this process is what was asked for
	default:
	}
	p.offer(availability{client: l.wire, contract: c})
	p.setHealth(health, func(s *Status) { s.PID, s.Ready, s.Restarts = l.runner.pid(), l.ready, p.restarts })
	p.logger.InfoContext(ctx, "plugin ready", slog.Int("pid", l.runner.pid()),
		slog.String("version", c.manifest.Version), slog.Int64("duration_ms", took.Milliseconds()))
	p.decide()
}

func (p *Plugin) setHealth(health plugin.Health, change func(*Status)) {
	state, message := Ready, ""
	if health.Status == plugin.Degraded {
		state, message = Degraded, health.Message
	}
	p.set(state, message, change)
}

// watch returns when the process has ended or must: reason says why it must, and replace that it is well and somebody asked for
// another.
func (p *Plugin) watch(ctx context.Context, l *life) (reason string, replace bool) {
	ticker := time.NewTicker(p.settings.CheckInterval)
	defer ticker.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return "", false
		case <-l.runner.exited:
			return "", false
		case <-p.restartAsked:
			return "", true
		case <-l.wire.Done():
			p.offer(availability{coming: true})
			if l.runner.waitExit(endingGrace) {
				return "", false
			}
			return "killed because it closed its link to the host", false
		case <-ticker.C:
			health, err := p.check(ctx, l)
			if err == nil {
				failures = 0
				p.noticeHealth(health)
				continue
			}
			if failures++; failures >= p.settings.CheckFailures && ctx.Err() == nil {
				return fmt.Sprintf("killed after %d failed health checks, the last: %v", failures, err), false
			}
		}
	}
}

// noticeHealth changes the state when the plugin's own word of it has changed.
func (p *Plugin) noticeHealth(health plugin.Health) {
	s := p.Status()
	if degraded := health.Status == plugin.Degraded; degraded != (s.State == Degraded) || degraded && s.Message != health.Message {
		p.setHealth(health, nil)
	}
}

// bury ends what is left of a process that was ready, and records its end.
func (p *Plugin) bury(ctx context.Context, l *life, reason string) {
	p.offer(availability{coming: true})
	p.end(l)
	exit := l.exit(reason)
	p.restarts++
	p.set(Restarting, "its process ended: "+exit.String(), func(s *Status) { s.PID, s.Ready, s.LastExit = 0, time.Time{}, exit })
	p.logger.ErrorContext(ctx, "plugin process ended", slog.String("exit", exit.String()),
		slog.Int64("lived_ms", exit.At.Sub(l.ready).Milliseconds()))
}

// fail records a start that did not succeed. A failure that repeats is logged once.
func (p *Plugin) fail(ctx context.Context, err error) {
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{step: "start", err: err}
	}
	message := f.Error()
	if before := p.Status(); before.Message == message {
		p.logger.DebugContext(ctx, "plugin start failed again", slog.String("error", message))
	} else {
		p.logger.ErrorContext(ctx, "plugin start failed", slog.String("error", message))
	}
	p.set(Failed, message, func(s *Status) { s.PID, s.Ready = 0, time.Time{} })
	p.decide()
}

// pause waits before the next process; l is the last one, nil when it could not be started. False means the end.
func (p *Plugin) pause(ctx context.Context, l *life) bool {
	var ready time.Duration
	if l != nil {
		ready = max(1, time.Since(l.ready))
	}
	wait := p.backoff.next(ready)
	if wait == 0 {
		return ctx.Err() == nil
	}
	p.offer(availability{coming: wait < p.settings.ReplacementWait, retryAfter: wait})
	if l != nil && p.backoff.crashLoop() {
		p.set(CrashLoop, fmt.Sprintf("%s; %d deaths in a row, next try in %s", p.Status().Message, p.backoff.deaths, wait.Round(time.Millisecond)), nil)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.restartAsked:
		p.backoff.deaths = 0
		return true
	case <-ctx.Done():
		return false
	}
}

// replace lets the process finish what is under way and end, for another to take its place at once.
func (p *Plugin) replace(ctx, alive context.Context, l *life) {
	p.offer(availability{coming: true})
	p.restarts++
	p.backoff.deaths = 0
	p.set(Restarting, "somebody asked for it", func(s *Status) { s.PID, s.Ready = 0, time.Time{} })
	p.logger.InfoContext(ctx, "plugin process is replaced", slog.Int("pid", l.runner.pid()))
	p.letEnd(alive, l, min(p.settings.ReplacementDrain, time.Duration(p.drain.Load())))
}

// stop drains the process and lets it end.
func (p *Plugin) stop(alive context.Context, l *life) {
	p.offer(availability{})
	p.set(Draining, "", nil)
	p.letEnd(alive, l, time.Duration(p.drain.Load()))
	exit := l.exit("")
	p.set(Stopped, "", func(s *Status) { s.PID, s.Ready, s.LastExit = 0, time.Time{}, exit })
}

// letEnd lets the process finish what is under way within the bound, and ends it.
func (p *Plugin) letEnd(alive context.Context, l *life, bound time.Duration) {
	ctx, cancel := context.WithTimeout(alive, bound+drainMargin)
	defer cancel()
	left, err := l.wire.Drain(ctx, bound)
	switch {
	case err != nil:
		p.logger.WarnContext(alive, "plugin did not drain", slog.String("error", printable(rpcMessage(err))))
	case left > 0:
		p.logger.WarnContext(alive, "plugin stopped with exchanges under way", slog.Int("in_flight", left))
	}
	if alive.Err() == nil {
		l.wire.CloseLink() // which the process takes as its end
		l.runner.waitExit(p.settings.Kill)
	}
	p.end(l)
}

// finish waits until nothing of the plugin's processes is left, within a bound.
func (p *Plugin) finish() {
	freed := make(chan struct{})
	go func() {
		defer close(freed)
		p.releases.Wait()
	}()
	if !within(freed, p.settings.Kill) {
		p.logger.Error("plugin stopped, but an exchange with it has not ended")
	}
	p.offer(availability{})
	p.set(Stopped, "", func(s *Status) { s.PID = 0 })
	p.log.reportDropped()
}
