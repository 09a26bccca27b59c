// Package api is the plugin's JSON API under /api/unitycatalog: one file a resource. Errors are faults; package fault and
// the host turn them into problem details.
package api
