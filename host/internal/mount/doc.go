// Package mount is the table that says which plugin answers a path. It is built from the manifests, never changes, and is
// replaced as a whole. It starts no plugins, forwards no requests and renders no pages.
package mount
