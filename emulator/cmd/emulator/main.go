// Command emulator runs a Databricks workspace on this machine, and before an
// app the front door that Databricks Apps would put there.
//
//	emulator serve               the workspace alone
//	emulator run -- COMMAND...   the workspace, the front door and the app
//	emulator env                 what a Databricks client needs to use the workspace
//
// It listens on the loopback interface only, and writes nowhere but into its
// state folder. With DATABRICKS_HOST in the environment, run emulates nothing and
// puts the front door before an app that works with that workspace.
package main

import (
	"fmt"
	"os"
)

func main() {
	cmd := newRootCommand(process{environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr})
	if err := cmd.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}
