// Package asset serves the scripts and stylesheets that plugins list in their manifests: it gets each from its plugin once,
// checks that it is what the manifest says, and from then on answers with it by itself. The shell's own are package web's.
package asset
