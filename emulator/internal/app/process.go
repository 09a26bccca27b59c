package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"corbel.example/emulator/internal/account"
)

const (
	defaultStartTimeout = 30 * time.Second
	defaultStopTimeout  = 15 * time.Second

	// outputGrace bounds the wait for the last output of processes that the app
	// leaves behind.
	outputGrace = time.Second

	// probeInterval and probeTimeout are those of the questions whether the app
	// has started.
	probeInterval = 20 * time.Millisecond
	probeTimeout  = 2 * time.Second

	loopback = "127.0.0.1"
)

// Config says what to run.
type Config struct {
	// Command is the program and its arguments. There is no shell, but
	// $DATABRICKS_APP_PORT in an argument stands for the port, as on the platform.
	Command []string
	// Dir is where it runs; empty: where this process does.
	Dir string
	// Account is as whom it runs; nil: as this process's user.
	Account *account.Account
	// Environment is the whole environment, as NAME=VALUE pairs. The variables that
	// say where to listen are added.
	Environment []string
	// Stdout and Stderr get the app's output, whole lines in each write.
	Stdout, Stderr io.Writer
	// StartTimeout bounds how long the app may take to answer. Default 30 s.
	StartTimeout time.Duration
	// StopTimeout is how long the app may take to end after SIGTERM. Default 15 s.
	StopTimeout time.Duration
	Logger      *slog.Logger
}

// Process is a running app. It is safe for concurrent use.
type Process struct {
	cmd          *exec.Cmd
	url          *url.URL
	startTimeout time.Duration
	stopTimeout  time.Duration
	log          *slog.Logger
	tail         *tail

	ready     chan struct{}
	readyOnce sync.Once
	done      chan struct{}
	err       error // of the process; set before done is closed
}

// Start starts the app on a free port of the loopback interface. It returns as
// soon as the process exists; see [Process.WaitReady]. The caller must call Stop.
func Start(c Config) (*Process, error) {
	if len(c.Command) == 0 {
		return nil, errors.New("start app: no command")
	}
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("start app: %w", err)
	}
	p := &Process{
		url:          &url.URL{Scheme: "http", Host: net.JoinHostPort(loopback, port)},
		startTimeout: orDefault(c.StartTimeout, defaultStartTimeout),
		stopTimeout:  orDefault(c.StopTimeout, defaultStopTimeout),
		log:          c.Logger.With(slog.String("module", "app")),
		tail:         &tail{},
		ready:        make(chan struct{}),
		done:         make(chan struct{}),
	}
	p.cmd = command(c, port)
	stdout := &lineWriter{out: c.Stdout, tail: p.tail}
	stderr := &lineWriter{out: c.Stderr, tail: p.tail}
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr

	started := make(chan error)
	go p.run(started, stdout, stderr)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start app %q: %w: check the command", c.Command[0], err)
	}
	p.log.Info("app started", slog.Int("pid", p.cmd.Process.Pid), slog.String("address", p.url.Host))
	return p, nil
}

func command(c Config, port string) *exec.Cmd {
	fill := strings.NewReplacer("${DATABRICKS_APP_PORT}", port, "$DATABRICKS_APP_PORT", port)
	args := make([]string, len(c.Command))
	for i, arg := range c.Command {
		args[i] = fill.Replace(arg)
	}
	cmd := exec.Command(args[0], args[1:]...) //nolint:noctx // Stop ends it with a grace that a context does not give
	cmd.Env = append(append([]string(nil), c.Environment...), "DATABRICKS_APP_PORT="+port, "CORBEL_SERVER_HOST="+loopback)
	cmd.Dir = c.Dir
	cmd.SysProcAttr = attributes()
	c.Account.Assume(cmd.SysProcAttr)
	cmd.WaitDelay = outputGrace
	return cmd
}

func orDefault(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}

// freePort finds a port that nobody listens on. Somebody could take it before
// the app does; then the app fails to start and says so.
func freePort() (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0")) //nolint:noctx // binding a loopback port does not block
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return strconv.Itoa(port), nil
}

// run owns the child from its start to its end.
func (p *Process) run(started chan<- error, outputs ...*lineWriter) {
	// The kernel watches the thread that forks, not the process: the thread must
	// live as long as the child. It is never unlocked, and so ends with us.
	runtime.LockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	err := p.cmd.Wait()
	p.killGroup() // whatever the app left behind
	for _, w := range outputs {
		w.flush()
	}
	if !errors.Is(err, exec.ErrWaitDelay) { // the app itself ended well
		p.err = err
	}
	close(p.done)
}

// URL is the app's address.
func (p *Process) URL() *url.URL { return p.url }

// Ready is closed when [Process.WaitReady] has found that the app answers.
func (p *Process) Ready() <-chan struct{} { return p.ready }

// Done is closed when the app has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit says how the app ended, with the last lines it wrote. It must be called
// after Done is closed.
func (p *Process) Exit() error {
	status := "exit status 0"
	if p.err != nil {
		status = p.err.Error()
	}
	if last := p.tail.String(); last != "" {
		return fmt.Errorf("the app exited by itself (%s); its last lines:\n%s", status, last)
	}
	return fmt.Errorf("the app exited by itself (%s) and wrote nothing", status)
}

// WaitReady waits until the app answers GET /healthz with 200.
func (p *Process) WaitReady(ctx context.Context) error {
	transport := &http.Transport{DisableKeepAlives: true}
	client := &http.Client{Transport: transport, Timeout: probeTimeout}
	return p.wait(ctx, "answer GET "+p.url.String()+"/healthz", func(ctx context.Context) bool { return p.answers(ctx, client) })
}

// WaitListening waits until the app accepts connections.
func (p *Process) WaitListening(ctx context.Context) error {
	dialer := &net.Dialer{Timeout: probeTimeout}
	return p.wait(ctx, "listen on "+p.url.Host, func(ctx context.Context) bool {
		conn, err := dialer.DialContext(ctx, "tcp", p.url.Host)
		return err == nil && conn.Close() == nil
	})
}

func (p *Process) wait(ctx context.Context, what string, done func(context.Context) bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, p.startTimeout, errStartTimeout)
	defer cancel()
	tick := time.NewTicker(probeInterval)
	defer tick.Stop()
	for {
		if done(ctx) {
			p.readyOnce.Do(func() { close(p.ready) })
			return nil
		}
		select {
		case <-p.done:
			return p.Exit()
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errStartTimeout) {
				return fmt.Errorf("the app did not %s within %v: it must listen on DATABRICKS_APP_PORT", what, p.startTimeout)
			}
			return ctx.Err()
		case <-tick.C:
		}
	}
}

var errStartTimeout = errors.New("app took too long to start")

func (p *Process) answers(ctx context.Context, client *http.Client) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url.JoinPath("healthz").String(), http.NoBody)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// Stop asks the app to end, and kills it and all it started when it has not
// after the stop timeout, or when ctx is done. It returns when the app is gone.
// It can be called more than once.
func (p *Process) Stop(ctx context.Context) {
	select {
	case <-p.done:
		return
	default:
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.log.WarnContext(ctx, "app cannot be asked to stop", slog.String("error", err.Error()))
	}
	deadline := time.NewTimer(p.stopTimeout)
	defer deadline.Stop()
	select {
	case <-p.done:
		p.log.InfoContext(ctx, "app stopped")
		return
	case <-deadline.C:
		p.log.WarnContext(ctx, "app killed: it did not stop in time", slog.Duration("timeout", p.stopTimeout))
	case <-ctx.Done():
		p.log.WarnContext(ctx, "app killed")
	}
	p.killGroup()
	<-p.done
}

// killGroup kills what is left of the app's process group. An error means that
// nothing is.
func (p *Process) killGroup() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}
