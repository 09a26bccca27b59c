// Package usage measures what endpoints are asked: how often, how it ended and how long it took. It knows endpoints by name alone; who
// may see an endpoint's figures is the caller's to say.
package usage
