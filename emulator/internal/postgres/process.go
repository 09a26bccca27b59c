package postgres

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	// stopTimeout is how long sessions may take to end at a stop, and quitTimeout how long
	// the server may take when it need not wait for anything.
	stopTimeout = 10 * time.Second
	quitTimeout = 5 * time.Second

	maxLogLine = 4 << 10
)

// process is a running server.
type process struct {
	cmd  *exec.Cmd
	log  *serverLog
	done chan struct{}
	err  error // set before done is closed
}

// launch starts the server. Who calls it must wait for done.
func (c *cluster) launch(log *slog.Logger) (*process, error) {
	p := &process{
		cmd: exec.Command(c.installation.program("postgres"), //nolint:noctx // it is stopped by signals that a context does not give
			"-D", c.data(), "-c", "config_file="+c.path(configFile), "-c", "hba_file="+c.path(accessFile)),
		log:  &serverLog{log: log},
		done: make(chan struct{}),
	}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stderr, p.cmd.WaitDelay = c.dir, c.environ, p.log, time.Second
	p.cmd.SysProcAttr = dieWithUs(attributes(c.account))
	started := make(chan error)
	go func() {
		// The kernel watches the thread that forks, not the process: the thread must live as
		// long as the child. It is never unlocked, and so ends with this function.
		runtime.LockOSThread()
		if err := p.cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// stop ends the server: sessions are told and ended, a last checkpoint is written. When it
// takes too long, or ctx ends, there is no checkpoint and the next start recovers.
func (p *process) stop(ctx context.Context) {
	for _, step := range []struct {
		signal  syscall.Signal
		timeout time.Duration
	}{{syscall.SIGINT, stopTimeout}, {syscall.SIGQUIT, quitTimeout}} {
		p.signal(step.signal)
		timer := time.NewTimer(step.timeout)
		select {
		case <-p.done:
			timer.Stop()
			return
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			ctx = context.WithoutCancel(ctx)
		}
	}
	p.kill()
}

// kill ends the server as a failing machine would.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// signal sends a signal to the server; one that has ended needs none.
func (p *process) signal(s syscall.Signal) {
	_ = p.cmd.Process.Signal(s)
}

// ended reports whether the server has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// exit says how the server ended by itself.
func (p *process) exit() error {
	status := "exit status 0"
	if p.err != nil {
		status = p.err.Error()
	}
	return errors.New("PostgreSQL ended by itself (" + status + "): " + p.log.last())
}

// serverLog turns what the server writes into our log's records.
type serverLog struct {
	log     *slog.Logger
	pending []byte
	// complaint is the last line that says what went wrong. Only Write sets it, which is over
	// when the process is.
	complaint string
}

func (l *serverLog) Write(p []byte) (int, error) {
	l.pending = append(l.pending, p...)
	for {
		line, rest, ok := bytes.Cut(l.pending, []byte("\n"))
		if !ok {
			break
		}
		l.record(strings.TrimSpace(string(line)))
		l.pending = rest
	}
	if len(l.pending) > maxLogLine {
		l.record(string(l.pending))
		l.pending = nil
	}
	return len(p), nil
}

func (l *serverLog) record(line string) {
	kind, text, ok := strings.Cut(line, ":")
	if !ok {
		kind, text = "", line
	}
	level := slog.LevelDebug
	switch kind {
	case "FATAL":
		l.complaint = line
	case "PANIC":
		l.complaint, level = line, slog.LevelError
	case "WARNING":
		level = slog.LevelWarn
	}
	l.log.Log(context.Background(), level, "postgres", slog.String("detail", strings.TrimSpace(text)), slog.String("severity", kind))
}

func (l *serverLog) last() string {
	if l.complaint == "" {
		return "it said nothing"
	}
	return l.complaint
}

// signalAll sends a signal to processes; those that have ended need none.
func signalAll(pids []int, s syscall.Signal) {
	for _, pid := range pids {
		if process, err := os.FindProcess(pid); err == nil {
			_ = process.Signal(s)
		}
	}
}
