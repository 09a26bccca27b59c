package stack

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a running process. Args identifies it together with PID: pids are used again.
type Process struct {
	PID, Parent int
	Args        string
}

// processes returns all processes of the machine that are not zombies.
func processes(ctx context.Context) (map[int]Process, error) {
	out, err := exec.CommandContext(ctx, "ps", "-A", "-o", "pid=,ppid=,stat=,args=").Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%w: apt-get install -y procps", err)
	}
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	all := map[int]Process{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || strings.HasPrefix(fields[2], "Z") {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		if err != nil {
			return nil, fmt.Errorf("ps: %q: %w", line, err)
		}
		parent, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("ps: %q: %w", line, err)
		}
		all[pid] = Process{PID: pid, Parent: parent, Args: strings.Join(fields[3:], " ")}
	}
	return all, nil
}

// family returns the process pid and its descendants.
func family(ctx context.Context, pid int) ([]Process, error) {
	all, err := processes(ctx)
	if err != nil {
		return nil, err
	}
	var found []Process
	if p, ok := all[pid]; ok {
		found = append(found, p)
	}
	for i := 0; i < len(found); i++ {
		for _, p := range all {
			if p.Parent == found[i].PID {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// alive returns which of the processes still run.
func alive(ctx context.Context, ps []Process) ([]Process, error) {
	all, err := processes(ctx)
	if err != nil {
		return nil, err
	}
	var left []Process
	for _, p := range ps {
		if now, ok := all[p.PID]; ok && now.Args == p.Args {
			left = append(left, p)
		}
	}
	return left, nil
}

// WaitGone waits until none of the processes runs any more.
func WaitGone(ctx context.Context, ps []Process) error {
	for {
		left, err := alive(ctx, ps)
		if err != nil || len(left) == 0 {
			return err
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return fmt.Errorf("still running: %v: %w", left, err)
		}
	}
}

// Kill sends the process SIGKILL.
func (p Process) Kill() error { return syscall.Kill(p.PID, syscall.SIGKILL) }

// pause waits between two looks at a condition.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
