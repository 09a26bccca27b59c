// Package endpoint knows the serving endpoints of a workspace, as far as the calling user may: their states, what they serve, and
// what they take (the OpenAPI document of each). It checks input against that before anything is sent.
package endpoint
