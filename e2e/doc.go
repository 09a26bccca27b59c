// Package e2e has the black-box tests of the built programs: what a user, an API client and an operator see of the
// embedded workspace, the host and its plugins as `make run` starts them.
package e2e
