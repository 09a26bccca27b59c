// Package invocation sends requests to serving endpoints as the calling user: it checks them first, repeats what failed for a passing
// reason, and tells apart whose fault it was: the caller's, the model's or the platform's.
package invocation
