// Package frontdoor is the proxy that stands before the app, as the Databricks
// Apps proxy does in production: it finds out who is calling, removes whatever
// the caller forged, adds the headers that Databricks Apps adds, and forwards.
//
// The app behind it has one source of identity, these headers, and cannot tell
// the front door from the platform. People sign in either as one of the
// workspace's sample users ([Config.Identities]), on a page of the front door or
// with a workspace token, or they are the developer whose Databricks credentials
// are in the environment ([Config.Developer]).
//
// It is made for one machine: it answers only to the names of the loopback
// interface unless [Config.AllowedHosts] adds others, so that a web page which
// points its own name at this machine gets nowhere. It authorises nothing: what
// a user may do is the workspace's business.
//
// Header names: https://docs.databricks.com/aws/en/dev-tools/databricks-apps/http-headers
package frontdoor
