package stack

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Ran is a command that has ended.
type Ran struct {
	Stdout, Stderr string
	Code           int
}

// Corbel runs a command of corbel as a user would who has read the variables of `emulator env --app`.
func (s *Stack) Corbel(ctx context.Context, user string, args ...string) (Ran, error) {
	env, err := s.Env(ctx, user, "--app")
	if err != nil {
		return Ran{}, err
	}
	cmd := exec.CommandContext(ctx, s.programs.Program("corbel"), args...)
	cmd.Dir, cmd.Env = s.programs.Root, environment()
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return ran(cmd)
}

// Script runs a script of the repository with these programs, on a state folder.
func (p Programs) Script(ctx context.Context, name, stateDir string, args ...string) (Ran, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(p.Root, "scripts", name), args...)
	cmd.Dir, cmd.Env = p.Root, append(environment(), "CORBEL_BIN="+p.Bin, "CORBEL_STATE_DIR="+stateDir)
	return ran(cmd)
}

func ran(cmd *exec.Cmd) (Ran, error) {
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = stopTimeout // a child that keeps the output open would hold up Run
	err := cmd.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		return Ran{}, fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return Ran{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}, nil
}
