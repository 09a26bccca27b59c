package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// startTimeout bounds the time until the host answers that it is ready; stopTimeout that of an orderly end.
	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
)

// Stack is a running workspace with its front door and the host behind it.
type Stack struct {
	// URL is the front door's, without a slash at its end.
	URL      string
	StateDir string
	Log      *Log
	// Ready is how long it took from the start of the program until /readyz said so.
	Ready time.Duration

	programs Programs
	cmd      *exec.Cmd
	exited   chan struct{}
	exit     error
}

// Start starts the programs on a free port with their state in stateDir, and waits until they are ready. env overrides
// the environment ("LOG_LEVEL=debug").
func Start(ctx context.Context, programs Programs, stateDir string, env ...string) (*Stack, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	s := &Stack{
		URL: "http://127.0.0.1:" + strconv.Itoa(port), StateDir: stateDir, Log: newLog(),
		programs: programs, exited: make(chan struct{}),
	}
	// The context bounds the start only: the end is Stop's.
	s.cmd = exec.Command(programs.Program("emulator"), "run", "--", programs.Program("corbel"), "serve") //nolint:noctx // see above
	s.cmd.Dir = programs.Root
	s.cmd.Env = append(environment(), "CORBEL_PORT="+strconv.Itoa(port), "CORBEL_STATE_DIR="+stateDir)
	s.cmd.Env = append(s.cmd.Env, env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, input := io.Pipe()
	s.cmd.Stdout, s.cmd.Stderr = input, input
	s.cmd.WaitDelay = stopTimeout // a child that keeps the output open would hold up Wait

	started := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", s.cmd.Path, err)
	}
	go s.Log.read(output)
	go func() {
		s.exit = s.cmd.Wait()
		_ = input.Close() // always nil
		close(s.exited)
	}()
	if err := s.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, s.Kill())
	}
	s.Ready = time.Since(started)
	return s, nil
}

// environment is ours without what would reach a real workspace or another run.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); {
		case strings.HasPrefix(name, "DATABRICKS_"), strings.HasPrefix(name, "CORBEL_"), strings.HasPrefix(name, "UNITY_CATALOG_"),
			strings.HasPrefix(name, "LOG_"), strings.HasPrefix(name, "PG"), strings.HasPrefix(name, "LAKEBASE_"), name == "PORT":
		default:
			env = append(env, kv)
		}
	}
	return env
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("find a free port: %T", l.Addr())
	}
	return addr.Port, l.Close()
}

func (s *Stack) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		status, err := s.probe(ctx, "/readyz")
		if status == http.StatusOK {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the programs ended before they were ready: %w; their output's end:\n%s", s.exit, s.Log.Tail(40))
		default:
		}
		if pauseErr := pause(ctx, 10*time.Millisecond); pauseErr != nil {
			return fmt.Errorf("not ready within %v: last answer of /readyz: status %d, %w; the output's end:\n%s", startTimeout, status, err, s.Log.Tail(40))
		}
	}
}

func (s *Stack) probe(ctx context.Context, path string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// Processes returns the emulator, the host and its plugins as they run now.
func (s *Stack) Processes(ctx context.Context) ([]Process, error) {
	return family(ctx, s.cmd.Process.Pid)
}

// Process returns the running process of a program: "corbel", "plugins/unitycatalog".
func (s *Stack) Process(ctx context.Context, program string) (Process, error) {
	all, err := s.Processes(ctx)
	if err != nil {
		return Process{}, err
	}
	for _, p := range all {
		if first, _, _ := strings.Cut(p.Args, " "); first == s.programs.Program(program) {
			return p, nil
		}
	}
	return Process{}, fmt.Errorf("no process of %s among %v", program, all)
}

// Signal sends a signal to the program that was started, and to it alone.
func (s *Stack) Signal(sig os.Signal) error { return s.cmd.Process.Signal(sig) }

// Wait waits for the program's end and returns its exit code.
func (s *Stack) Wait(ctx context.Context) (int, error) {
	select {
	case <-s.exited:
		return s.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("the program runs on: %w; its output's end:\n%s", ctx.Err(), s.Log.Tail(20))
	}
}

// Stop ends the program with SIGTERM as a process manager does, and reports everything that is not as it must be: an
// exit code other than 0, a process that is left.
func (s *Stack) Stop(ctx context.Context) error {
	return s.StopBy(ctx, syscall.SIGTERM)
}

// StopBy is Stop with another signal.
func (s *Stack) StopBy(ctx context.Context, sig os.Signal) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	running, err := s.Processes(ctx)
	if err != nil {
		return err
	}
	if err := s.Signal(sig); err != nil {
		return errors.Join(err, s.Kill())
	}
	code, err := s.Wait(ctx)
	if err != nil {
		return errors.Join(err, s.Kill())
	}
	if code != 0 {
		err = fmt.Errorf("%v: exit code %d; the output's end:\n%s", sig, code, s.Log.Tail(20))
	}
	return errors.Join(err, WaitGone(ctx, running))
}

// Kill ends everything at once. It is for the end of a test that failed, and does nothing when all has ended.
func (s *Stack) Kill() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	running, err := s.Processes(ctx)
	if err != nil {
		return err
	}
	for _, p := range running {
		if err := p.Kill(); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("kill %v: %w", p, err)
		}
	}
	<-s.exited
	return nil
}
