// Package app runs the app as a child process, the way the Databricks Apps
// runtime does: a command without a shell, the platform's environment variables
// and nothing else of ours, a port to listen on, and SIGTERM with a deadline at
// the end.
//
// It knows one process. Restarting the app when it fails is not its business: on
// one machine a crash should be seen.
package app
