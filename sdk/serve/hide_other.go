//go:build !linux

package serve

// hideFromOthers does nothing: other systems than Linux do not show one process to another of the same user this way.
func hideFromOthers() error { return nil }
