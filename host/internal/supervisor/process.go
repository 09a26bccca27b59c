package supervisor

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// outputGrace is how long output may still be read after the process has ended: a process that it left behind in a
// session of its own could hold the pipe open for ever.
const outputGrace = 250 * time.Millisecond

// errUnwanted is why a process that was killed before its launch does not run.
var errUnwanted = errors.New("not wanted any more")

// process is one plugin process. It leads a process group of its own, so that a signal to the host's group does not reach
// it before the host has drained it, and so that it can be killed with all its children.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr func(*os.File) // read one stream each until its end

	held []*os.File // to be closed once the process has its own

	once      sync.Once
	launched  chan struct{} // closed when the process runs or could not be started
	launchErr error         // valid once launched is closed
	exited    chan struct{} // closed when the process has ended and its output is read
	exit      Exit          // valid once exited is closed

	mu       sync.Mutex
	killable bool // the process runs or has not been reaped: its pid is its own
	unwanted bool // kill came before the process
}

func newProcess(cmd *exec.Cmd, held []*os.File, stdout, stderr func(*os.File)) *process {
	return &process{
		cmd: cmd, held: held, stdout: stdout, stderr: stderr,
		launched: make(chan struct{}), exited: make(chan struct{}),
	}
}

// start launches the process, once; launched and exited tell the rest. It does not wait: a fork can hang on a slow disk.
func (p *process) start() { p.once.Do(func() { go p.run() }) }

// run stays with the process from its launch to its end, on one operating system thread: on Linux the process is killed
// when the thread that forked it ends (see attributes), which must then only happen when the host ends.
func (p *process) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.exited)

	readers, err := p.launch()
	p.launchErr = err
	close(p.launched)
	if err != nil {
		return
	}
	var reading sync.WaitGroup
	reading.Go(func() { p.stdout(readers[0]) })
	reading.Go(func() { p.stderr(readers[1]) })

	waitErr := p.reap()
	p.exit.At = time.Now()
	describeExit(&p.exit, p.cmd.ProcessState, waitErr)

	for _, r := range readers {
		// Pipes take deadlines; without one we would only wait longer.
		_ = r.SetReadDeadline(time.Now().Add(outputGrace))
	}
	reading.Wait()
	for _, r := range readers {
		_ = r.Close() // read to its end
	}
}

// launch starts the process and returns our ends of its stdout and stderr.
func (p *process) launch() ([]*os.File, error) {
	defer closeAll(p.held)
	outR, outW, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("pipe for stdout: %w", err)
	}
	errR, errW, err := os.Pipe()
	if err != nil {
		closeAll([]*os.File{outR, outW})
		return nil, fmt.Errorf("pipe for stderr: %w", err)
	}
	p.cmd.Stdout, p.cmd.Stderr = outW, errW
	p.cmd.SysProcAttr = attributes()

	err = errUnwanted
	if p.wanted() {
		err = p.cmd.Start()
	}
	closeAll([]*os.File{outW, errW})
	if err != nil {
		closeAll([]*os.File{outR, errR})
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killable = true
	if p.unwanted {
		p.killGroup()
	}
	return []*os.File{outR, errR}, nil
}

func (p *process) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.unwanted
}

// kill ends the process and its group, or keeps it from being started. It does not wait: exited tells.
func (p *process) kill() {
	p.mu.Lock()
	p.unwanted = true
	if p.killable {
		p.killGroup()
	}
	p.mu.Unlock()
	p.start() // one that was never started has to end too
}

// killGroup kills the process and its children. p.mu is held.
func (p *process) killGroup() {
	// ESRCH: they are all gone, which is what is wanted.
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

// pid returns the process id, 0 before the launch.
func (p *process) pid() int {
	select {
	case <-p.launched:
	default:
		return 0
	}
	if p.launchErr != nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// waitExit waits for the end of the process, within a bound.
func (p *process) waitExit(bound time.Duration) bool {
	timer := time.NewTimer(bound)
	defer timer.Stop()
	select {
	case <-p.exited:
		return true
	case <-timer.C:
		return false
	}
}

func describeExit(e *Exit, state *os.ProcessState, err error) {
	e.Code = -1
	if state == nil {
		e.Reason = fmt.Sprintf("its end could not be observed: %v", err)
		return
	}
	e.Code = state.ExitCode()
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		e.Signal = status.Signal().String()
	}
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // pipes and sockets that were not written to
	}
}
