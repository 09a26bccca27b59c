// Package api serves the workspace's REST APIs: one file per API, and the middleware,
// errors and paging that they share. Handlers read requests and write answers; what they
// mean is in the packages beneath.
package api
