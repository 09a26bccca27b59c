// Package rules holds the repository to its own rules: who may import whom, what stands where, that documents tell the
// truth. It has only tests; each failure says why the rule exists.
package rules
