// Package command is how a plugin answers a command of the shell: a stream of events (text/event-stream) that say what it
// does while it does it. A plugin writes them with a Stream; the host, which runs the command, reads them with Read.
//
// A command's route may answer otherwise too: text/plain is printed as it comes, and a fault ends the command with its
// message. What has no progress to tell needs nothing of this package.
package command
