// Package stream keeps answers that come piece by piece (server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html)
// between the model and the client: each event is passed on at once with a number, and held for a client that was lost and comes back.
// A stream belongs to the user who began it. Nothing is dropped: when nobody takes the events, the model is not read any further.
package stream
