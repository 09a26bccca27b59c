// Package wire is the border between a host and a plugin process: the only code that knows both Go's types and the
// contract's protobuf types. Both ends use it.
//
// Three sockets join a host and a plugin, none of which another process can use:
//
//   - go-plugin's own gRPC connection, for Describe, Configure, Check, Drain and Stream. Each end checks the other's
//     process id (see DialOptions and ServerOptions).
//   - the link, a socketpair that the plugin inherits as descriptor LinkFD. Small HTTP exchanges travel on it as frames,
//     many at once.
//   - a second socketpair, descriptor HostFD, on which the host serves Log and Call.
//
// Client is the host's end, Server the plugin's. An exchange whose request is larger than InlineBody, or of unknown
// length, goes by Stream; one whose response is larger, or is flushed, moves to a Stream when that shows.
package wire

import "time"

// The bounds of the border. Both ends enforce them.
const (
	// InlineBody is the largest body, in bytes, that travels in a frame.
	InlineBody = 64 << 10
	// MaxHeaderBytes is the largest sum of header names and values of a request or a response.
	MaxHeaderBytes = 64 << 10
	// MaxHeaders is the largest number of header lines of a request or a response.
	MaxHeaders = 256
	// MaxFrame is the longest frame in bytes, its length prefix not counted.
	MaxFrame = 256 << 10
	// MaxInFlight is how many exchanges a plugin process takes at once on its link, and again on streams.
	MaxInFlight = 256
	// partBytes is the size of a body's pieces on a stream.
	partBytes = 64 << 10
	// streamWindow is HTTP/2's flow-control window of one stream: what a slow reader can make us hold.
	streamWindow = 256 << 10
	// connWindow is HTTP/2's flow-control window of the connection; gRPC returns it without waiting for readers.
	connWindow = 4 << 20
	// maxMessage is the largest gRPC message either way; manifests are the largest.
	maxMessage = 4 << 20
	// resumeTimeout is how long a plugin waits for the host to fetch a response that continues.
	resumeTimeout = 10 * time.Second
)

// The file descriptors that a plugin inherits.
const (
	// LinkFD is the plugin's end of the link.
	LinkFD = 3
	// HostFD is the plugin's end of the connection to the host's services.
	HostFD = 4
)
