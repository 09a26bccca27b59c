// Package server is the host's HTTP surface. Every request passes the same stages:
//
//	correlation -> access log -> recover -> identity -> limits -> cross-origin -> route
//
// The access log stands outside of recover and identity, so that a panic and a refused identity header have their line
// too. Errors travel back as faults and become HTTP in one place (fail.go). Which plugin answers what is decided by package
// mount, how pages are composed by package page.
package server
