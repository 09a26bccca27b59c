package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// crowd is the concurrency of the throughput measurement.
const crowd = 32

// round is what one round measured.
type round struct {
	ping                   time.Duration
	directOne, acrossOne   sample
	directCrowd            sample
	acrossCrowd            sample
	directCPU              time.Duration // per request, server
	acrossHost, acrossPlug time.Duration // per request, server and plugin
}

// subject is the server under measurement and its plugin.
type subject struct {
	cmd       *exec.Cmd
	stdin     io.Closer
	address   string
	pid, plug int
}

func startSubject(executable, role string) (*subject, error) {
	cmd := exec.Command(executable, "-role", role) //nolint:noctx // it ends with its standard input
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &subject{cmd: cmd, stdin: stdin, pid: cmd.Process.Pid}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err == nil {
		_, err = fmt.Sscanf(line, "http://%s %d", &s.address, &s.plug)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start: %w", err), s.stop())
	}
	return s, nil
}

func (s *subject) stop() error { return errors.Join(s.stdin.Close(), s.cmd.Wait()) }

func run(rounds int, duration time.Duration) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	s, err := startSubject(executable, roleServer)
	if err != nil {
		return err
	}
	p, err := startPinger(executable)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	defer func() {
		if err := errors.Join(p.stop(), s.stop()); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		}
	}()
	if _, err := s.measure(p, min(duration, time.Second/2)); err != nil { // warm-up
		return err
	}
	all := make([]round, 0, rounds)
	for i := range rounds {
		r, err := s.measure(p, duration)
		if err != nil {
			return err
		}
		all = append(all, r)
		fmt.Fprintf(os.Stderr, "\rround %d of %d", i+1, rounds)
	}
	fmt.Fprintln(os.Stderr)
	report(os.Stdout, all)
	return s.reportAfter(os.Stdout)
}

// runPages measures pages, against a server of their own.
func runPages(rounds int, duration time.Duration) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	s, err := startSubject(executable, rolePages)
	if err != nil {
		return err
	}
	return errors.Join(measurePages(s.address, rounds, duration, os.Stderr, os.Stdout), s.stop())
}

// measure does one round.
func (s *subject) measure(p *pinger, duration time.Duration) (r round, err error) {
	if r.ping, err = p.measure(); err != nil {
		return r, err
	}
	if r.directOne, err = load(s.address, ask{path: "/api/" + directName + "/hello"}, 1, duration); err != nil {
		return r, err
	}
	if r.acrossOne, err = load(s.address, ask{path: "/api/" + pluginName + "/hello"}, 1, duration); err != nil {
		return r, err
	}
	r.directCrowd, r.directCPU, _, err = s.crowd(directName, duration)
	if err != nil {
		return r, err
	}
	r.acrossCrowd, r.acrossHost, r.acrossPlug, err = s.crowd(pluginName, duration)
	return r, err
}

// crowd measures throughput, and the processor time per request of server and plugin.
func (s *subject) crowd(name string, duration time.Duration) (got sample, server, plug time.Duration, err error) {
	cpu := func() (server, plug time.Duration, err error) {
		if server, err = cpuTime(s.pid); err != nil {
			return 0, 0, err
		}
		plug, err = cpuTime(s.plug)
		return server, plug, err
	}
	server0, plug0, err := cpu()
	if err != nil {
		return got, 0, 0, err
	}
	if got, err = load(s.address, ask{path: "/api/" + name + "/hello"}, crowd, duration); err != nil {
		return got, 0, 0, err
	}
	server1, plug1, err := cpu()
	n := time.Duration(got.requests)
	return got, (server1 - server0) / n, (plug1 - plug0) / n, err
}

// reportAfter prints what is left in memory after the load.
func (s *subject) reportAfter(w io.Writer) error {
	http.DefaultClient.CloseIdleConnections()
	for _, of := range []struct {
		what, name string
		pid        int
	}{{"server", directName, s.pid}, {"plugin", pluginName, s.plug}} {
		resident, err := residentBytes(of.pid)
		if err != nil {
			return err
		}
		n, err := s.goroutines(of.name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "after the load, %s: %d MB resident, %d goroutines\n", of.what, resident>>20, n)
	}
	return nil
}

func (s *subject) goroutines(name string) (n int, err error) {
	req, err := http.NewRequest(http.MethodGet, "http://"+s.address+"/api/"+name+"/goroutines", strings.NewReader("")) //nolint:noctx // a local server
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Forwarded-User", "1001")
	req.Header.Set("X-Forwarded-Email", "ana@example.com")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return n, json.NewDecoder(resp.Body).Decode(&n)
}
