// Package supervisor keeps plugin processes running and hands HTTP exchanges to them.
//
// One goroutine owns each plugin and takes it through its life: find and verify the file, launch, handshake, Describe,
// Configure, Check, ready, drain, stop. Every step has a bound (Settings), and one that fails says on what and what to do.
// A process that ends is replaced at once; one that keeps ending, or does not start, is tried again at growing intervals
// and never given up. No plugin holds up another or the host.
//
// Plugin.Forward is the way of every exchange: it reads one atomic pointer and calls the process's wire.Client. While a
// process is being replaced it waits, and it replays what the lost process cannot have done twice.
//
// go-plugin does the handshake and owns the gRPC connection; the process itself is ours (process, runner), because
// go-plugin's own way to start, read and end one can crash, block or orphan.
//
// The package knows nothing of HTTP paths beyond what manifests declare: package mount maps paths to plugins.
package supervisor
