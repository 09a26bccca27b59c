// Package principal holds who may call the workspace: users, groups, the app's
// service principal, and the tokens that prove it.
//
// It decides who a caller is, never what the caller may do: privileges on data
// belong to package metastore, token scopes per API to package api.
package principal
