// Command corbel is the host: it starts the configured plugins and serves the app that they make up.
//
//	corbel serve                  the app
//	corbel config show|check      the configuration, where each value comes from, what is wrong with it
//	corbel plugins describe NAME  a plugin's manifest
//	corbel bundle generate|check  what the Databricks bundle says of the plugins
//	corbel doctor                 what is missing in the workspace, and how to repair it
//	corbel COMMAND                a command of a plugin
//	corbel version
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"corbel.example/host/internal/command"
	"corbel.example/host/internal/config"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		// Somebody is in a hurry. The plugins end with the host.
		os.Exit(exitInterrupted)
	}()
	os.Exit(run(ctx, process{args: os.Args[1:], environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}))
}

// exitInterrupted is the exit code of a command that was interrupted, and after a second signal, as shells report it.
const exitInterrupted = 130

// run executes one command and returns the exit code.
func run(ctx context.Context, p process) int {
	cmd := newRootCommand(p)
	err := addPluginCommands(ctx, cmd, p)
	if err == nil {
		err = cmd.ExecuteContext(ctx)
	}
	var (
		findings config.Findings
		misuse   *command.Misuse
		failure  *command.Failure
	)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(p.stderr, "corbel: interrupted")
		return exitInterrupted
	case errors.As(err, &misuse):
		fmt.Fprintln(p.stderr, "corbel:", misuse)
		return command.ExitMisuse
	case errors.As(err, &failure):
		fmt.Fprintln(p.stderr, "corbel:", err)
		return failure.ExitCode()
	case errors.As(err, &findings):
		fmt.Fprintf(p.stderr, "corbel: the configuration is not accepted:\n%v\n", findings)
	default:
		fmt.Fprintln(p.stderr, "corbel:", err)
	}
	return 1
}
