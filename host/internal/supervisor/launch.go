package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"corbel.example/sdk/wire"
)

// life is one process of a plugin with everything that belongs to it. It is used once.
type life struct {
	runner *processRunner
	output *output
	client *goplugin.Client
	wire   *wire.Client // nil until the handshake
	ready  time.Time    // zero until it was ready
}

// launch starts a process and connects to it. Each of its three sockets is private to host and process.
func (p *Plugin) launch(ctx context.Context) (*life, error) {
	exe, err := locate(p.spec.Path, p.spec.SHA256)
	if err != nil {
		return nil, err
	}
	defer exe.close()
	execPath, hold, err := exe.execPath()
	if err != nil {
		return nil, &failure{step: "launch", err: err}
	}
	var held []*os.File
	if hold != nil {
		held = append(held, hold)
	}
	link, host, theirs, err := sockets()
	if err != nil {
		closeAll(held)
		return nil, &failure{step: "launch", err: err, advice: "raise the limit of open files"}
	}
	cmd := &exec.Cmd{Path: execPath, Args: []string{exe.path}, Env: environment(p.granted), ExtraFiles: theirs}
	out := &output{log: p.log}
	l := &life{output: out, runner: newRunner(exe.path, cmd, append(held, theirs...), out)}
	l.client = p.newClient(l)

	control, err := l.connect(ctx, p.settings)
	l.runner.settle(err == nil)
	if err != nil {
		closeConns(link, host)
		p.end(l)
		return nil, p.launchFailure(l, err)
	}
	l.wire = wire.NewClient(link, control)
	l.wire.ServeHost(host, &hostServices{caller: p})
	return l, nil
}

// sockets makes the two pairs that the process inherits: our ends of the link and of the host's services, and theirs.
func sockets() (link, host net.Conn, theirs []*os.File, err error) {
	link, theirLink, err := wire.Pair()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	host, theirHost, err := wire.Pair()
	if err != nil {
		closeConns(link)
		closeAll([]*os.File{theirLink})
		return nil, nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	return link, host, []*os.File{theirLink, theirHost}, nil // wire.LinkFD, wire.HostFD
}

// newClient makes go-plugin's client of one process.
func (p *Plugin) newClient(l *life) *goplugin.Client {
	return goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  wire.Handshake,
		Plugins:          wire.PluginMap(),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		StartTimeout:     p.settings.Handshake + p.settings.Kill, // connect's own bound comes first
		SkipHostEnv:      true,                                   // environment decides
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: p.sockets},
		// A logger that is off: go-plugin's parser of log lines can panic. What the plugin says goes to output.
		Logger:          hclog.New(&hclog.LoggerOptions{Level: hclog.Off}),
		SyncStdout:      l.output.stream("stdout"),
		SyncStderr:      l.output.stream("stderr"),
		GRPCDialOptions: wire.DialOptions(l.runner.pid),
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, sockets string) (runner.Runner, error) {
			l.runner.sockets = sockets
			l.runner.cmd.Env = append(l.runner.cmd.Env, spec.Env...)
			return l.runner, nil
		},
	})
}

var errHandshakeTimeout = errors.New("no handshake")

// connect performs go-plugin's start within the bound: nothing in go-plugin is waited for without one.
func (l *life) connect(ctx context.Context, settings Settings) (grpc.ClientConnInterface, error) {
	type outcome struct {
		conn grpc.ClientConnInterface
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		conn, err := dial(l.client)
		done <- outcome{conn, err}
	}()
	timer := time.NewTimer(settings.Handshake)
	defer timer.Stop()
	var cause error
	select {
	case o := <-done:
		return o.conn, o.err
	case <-timer.C:
		cause = errHandshakeTimeout
	case <-ctx.Done():
		cause = ctx.Err()
	}
	// With the process go-plugin's start ends too.
	l.runner.kill()
	timer.Reset(settings.Kill)
	select {
	case <-done:
	case <-timer.C:
	}
	return nil, cause
}

// dial starts the process and connects to it.
func dial(client *goplugin.Client) (grpc.ClientConnInterface, error) {
	protocol, err := client.Client()
	if err != nil {
		return nil, err
	}
	raw, err := protocol.Dispense("plugin")
	if err != nil {
		return nil, err
	}
	conn, ok := raw.(grpc.ClientConnInterface)
	if !ok {
		return nil, fmt.Errorf("dispensed a %T instead of a connection", raw)
	}
	return conn, nil
}

// launchFailure says why a launch failed and what to do, after the process has ended.
func (p *Plugin) launchFailure(l *life, err error) error {
	const isIt = "is it a Corbel plugin for this version of the host? Its main must call serve.Main"
	if errors.Is(err, context.Canceled) {
		return err
	}
	if launchErr := l.runner.failedLaunch(); launchErr != nil {
		if errors.Is(launchErr, errUnwanted) { // go-plugin gave up before it
			launchErr = err
		}
		return &failure{
			step: "launch", err: launchErr,
			advice: fmt.Sprintf("install the plugin's build for %s/%s, on a disk that allows execution", runtime.GOOS, runtime.GOARCH),
		}
	}
	exit := l.exit("")
	first, _, _ := strings.Cut(err.Error(), "\n")
	switch {
	case errors.Is(err, errHandshakeTimeout):
		return &failure{step: "handshake", err: fmt.Errorf("no answer of the process within %s", p.settings.Handshake), advice: isIt}
	case exit.Signal != syscall.SIGKILL.String() || strings.Contains(err.Error(), "Failed to read any lines"):
		return &failure{step: "handshake", err: fmt.Errorf("the process ended before it: %s", exit), advice: isIt}
	default: // go-plugin refused what the process said, and ended it
		return &failure{step: "handshake", err: errors.New(printable(first)), advice: isIt}
	}
}

// failedLaunch returns why the process could not be started, nil if it could.
func (r *processRunner) failedLaunch() error {
	select {
	case <-r.launched:
	default:
		return fmt.Errorf("%s did not start in time", r.path)
	}
	var path *fs.PathError
	if errors.As(r.launchErr, &path) {
		path.Path = r.path // a verified file is executed by its descriptor
	}
	return r.launchErr
}

// exit says how the process ended. Call it after end.
func (l *life) exit(reason string) *Exit {
	e := Exit{At: time.Now(), Code: -1, Reason: "does not end"}
	select {
	case <-l.runner.exited:
		e = l.runner.process.exit
	default:
	}
	if reason != "" {
		e.Reason = reason
	}
	l.output.describe(&e)
	return &e
}

// end kills the process, if it still runs, and reports whether it ended within the bound.
func (l *life) end(bound time.Duration) bool {
	l.runner.kill()
	return l.runner.waitExit(bound)
}

// release frees what belonged to the process. It can take as long as a client takes to send a body.
func (l *life) release() {
	if l.wire != nil {
		_ = l.wire.Close() // it only closes what is broken already
	}
	l.client.Kill() // the process is gone: go-plugin closes its connection and removes the socket's folder
}

func within(done <-chan struct{}, bound time.Duration) bool {
	timer := time.NewTimer(bound)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

func closeConns(conns ...io.Closer) {
	for _, c := range conns {
		_ = c.Close() // sockets that nothing was written to
	}
}
