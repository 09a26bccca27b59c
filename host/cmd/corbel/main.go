// Command corbel is the host: it starts the configured plugins and serves the app that they make up.
//
//	corbel serve                  the app
//	corbel config show|check      the configuration, where each value comes from, what is wrong with it
//	corbel plugins describe NAME  a plugin's manifest
//	corbel version
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

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
		os.Exit(exitHurried)
	}()
	os.Exit(run(ctx, process{args: os.Args[1:], environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}))
}

// exitHurried is the exit code after a second signal, as shells report an interrupted program.
const exitHurried = 130

// run executes one command and returns the exit code.
func run(ctx context.Context, p process) int {
	cmd := newRootCommand(p)
	err := cmd.ExecuteContext(ctx)
	var findings config.Findings
	switch {
	case err == nil:
		return 0
	case errors.As(err, &findings):
		fmt.Fprintf(p.stderr, "corbel: the configuration is not accepted:\n%v\n", findings)
	default:
		fmt.Fprintln(p.stderr, "corbel:", err)
	}
	return 1
}
