//go:build unix && !linux

package apps

// killLeftovers does nothing: this system does not tell in which folder a process runs. What
// an app started ends with its process group.
func killLeftovers(string) {}
