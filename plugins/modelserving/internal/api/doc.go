// Package api is the plugin's JSON API.
package api
