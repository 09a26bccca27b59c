// Package fault makes a healthy workspace fail on demand: rules say which requests meet
// which fault, so that a client can be tested against latency, refusals and broken answers.
package fault
