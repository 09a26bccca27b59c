package main

import (
	"errors"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"corbel.example/emulator/internal/frontdoor/developer"
)

// process is what this program was started with.
type process struct {
	environ        []string
	stdout, stderr io.Writer
}

func newRootCommand(p process) *cobra.Command {
	s := &settings{}
	root := &cobra.Command{
		Use:           "emulator",
		Short:         "A Databricks workspace on this machine, and the front door of an app",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return s.resolve(cmd.Flags(), p.environ)
		},
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	s.stateFlags(root.PersistentFlags())
	root.AddCommand(newServeCommand(p, s), newRunCommand(p, s), newEnvCommand(p, s), newVersionCommand())
	return root
}

func newServeCommand(p process, s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the workspace alone",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return supervise(p, s, func(o *orders, log *slog.Logger, r *runner) error {
				return r.serve(o, log, s)
			})
		},
	}
	s.logFlags(cmd.Flags())
	s.workspaceFlags(cmd.Flags(), defaultServePort)
	s.tlsFlags(cmd.Flags())
	return cmd
}

func newRunCommand(p process, s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run -- COMMAND [ARGUMENT...]",
		Short:   "Run the workspace, the front door and the app",
		Example: "  emulator run -- bin/corbel serve",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("run: no app: name its command after --, as in `emulator run -- bin/corbel serve`")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return supervise(p, s, func(o *orders, log *slog.Logger, r *runner) error {
				return r.run(o, log, s, args)
			})
		},
	}
	s.logFlags(cmd.Flags())
	s.workspaceFlags(cmd.Flags(), 0)
	s.tlsFlags(cmd.Flags())
	s.appFlags(cmd.Flags())
	return cmd
}

// errAtOnce ends a process that was told twice to stop.
var errAtOnce = errors.New("stopped at once, by a second signal")

// supervise gives work a log and a locked state folder, and takes orders for it
// from the operating system. What work started is stopped when it returns.
func supervise(p process, s *settings, work func(*orders, *slog.Logger, *runner) error) (err error) {
	log := newLogger(p.stdout, s)
	developer.LogTo(log.With(slog.String("module", "databricks-sdk")))
	state, err := lockState(s.stateDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, state.unlock()) }()
	o := takeOrders()
	defer o.close()
	r := &runner{process: p, state: state, log: log.With(slog.String("module", "emulator"))}
	err = work(o, log, r)
	r.stop(o.now)
	if err == nil && o.now.Err() != nil {
		err = errAtOnce
	}
	return err
}
