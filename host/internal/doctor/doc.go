// Package doctor looks for what keeps an app from working in its workspace: the address, the app's own credentials, the
// resources that manifests name, the scopes of users' tokens, the port. It changes nothing, and starts no plugin: what a
// plugin does at its start, such as making its tables, is for the app to do as itself.
package doctor
