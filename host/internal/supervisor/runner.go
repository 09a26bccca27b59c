package supervisor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/hashicorp/go-plugin/runner"
)

// maxHandshakeLine is the longest line that can be a handshake.
const maxHandshakeLine = 4 << 10

// processRunner shows a process to go-plugin. go-plugin sees of its output the handshake line only: stderr and whatever
// else a plugin prints to stdout, before the handshake or after it, goes to output.
type processRunner struct {
	*process
	path      string
	sockets   string // the only folder in which the plugin may listen
	handshake *io.PipeReader
	// settled is closed when go-plugin's start is over. Until then go-plugin does not hear of the process's end
	// from Wait: it would give up a connection half made and never close it. It hears of it by the end of stdout.
	settled chan struct{}
}

var _ runner.Runner = (*processRunner)(nil)

// newRunner makes the runner of a process of the program at path, which writes to out. held is closed once the process
// runs. The process is not started yet.
func newRunner(path string, cmd *exec.Cmd, held []*os.File, out *output) *processRunner {
	handshake, found := io.Pipe()
	stdout := func(f *os.File) {
		lines := &handshakeFilter{handshake: found, rest: out.stream("stdout")}
		drain(f, lines.writer())
		// A handshake that nobody waits for any more needs no end.
		_ = found.Close()
	}
	stderr := func(f *os.File) { drain(f, out.stream("stderr")) }
	return &processRunner{
		process: newProcess(cmd, held, stdout, stderr),
		path:    path, handshake: handshake, settled: make(chan struct{}),
	}
}

// settle says that go-plugin's start is over, well or not.
func (r *processRunner) settle(ok bool) {
	if !ok {
		_ = r.handshake.Close() // nobody reads it any more, and its writer must not wait
	}
	close(r.settled)
}

// drain reads f to its end into lines.
func drain(f *os.File, lines *lineWriter) {
	// The end of a process's output is its end, whatever the error is called.
	_, _ = io.Copy(struct{ io.Writer }{lines}, f)
	lines.Flush()
}

// handshakeFilter picks the handshake out of what a plugin prints to stdout.
type handshakeFilter struct {
	handshake *io.PipeWriter
	rest      *lineWriter
	found     bool
}

func (h *handshakeFilter) writer() *lineWriter {
	return &lineWriter{emit: func(line []byte, cut bool) {
		if h.found || cut || !isHandshake(line) {
			h.rest.emit(line, cut)
			return
		}
		h.found = true
		// Fails when go-plugin has stopped reading: then the start has failed and says why.
		_, _ = h.handshake.Write(append(bytes.Clone(line), '\n'))
	}}
}

// isHandshake says whether a line looks like go-plugin's handshake: core version, version, network, address, protocol.
func isHandshake(line []byte) bool {
	parts := bytes.Split(line, []byte{'|'})
	if len(parts) < 4 || len(line) > maxHandshakeLine {
		return false
	}
	for _, number := range parts[:2] {
		if _, err := strconv.Atoi(string(number)); err != nil {
			return false
		}
	}
	return true
}

// Start launches the process.
func (r *processRunner) Start(ctx context.Context) error {
	r.start()
	select {
	case <-r.launched:
		return r.launchErr
	case <-ctx.Done():
		r.kill()
		return fmt.Errorf("launch %s: %w", r.path, ctx.Err())
	}
}

// Wait returns when the process has ended and go-plugin's start is over.
func (r *processRunner) Wait(context.Context) error {
	<-r.settled
	<-r.exited
	return nil
}

// Kill ends the process and its children.
func (r *processRunner) Kill(context.Context) error {
	r.kill()
	return nil
}

// Stdout has the handshake and nothing else.
func (r *processRunner) Stdout() io.ReadCloser { return r.handshake }

// Stderr is empty: output reads the process's own.
func (r *processRunner) Stderr() io.ReadCloser { return io.NopCloser(bytes.NewReader(nil)) }

// Name is the path of the program.
func (r *processRunner) Name() string { return r.path }

// ID is the process id.
func (r *processRunner) ID() string { return strconv.Itoa(r.pid()) }

// Diagnose says nothing: the supervisor knows more.
func (r *processRunner) Diagnose(context.Context) string { return "" }

// PluginToHost accepts only a unix socket in the plugin's own folder: the host connects to nothing else.
func (r *processRunner) PluginToHost(network, address string) (hostNetwork, hostAddress string, err error) {
	if folder := filepath.Dir(filepath.Clean(address)); network != "unix" || folder != filepath.Clean(r.sockets) {
		return "", "", fmt.Errorf("the plugin listens on %s %q instead of a unix socket in the folder that it was given", network, printable(address))
	}
	return network, address, nil
}

// HostToPlugin changes nothing: both see the same files.
func (r *processRunner) HostToPlugin(network, address string) (pluginNetwork, pluginAddress string, err error) {
	return network, address, nil
}
