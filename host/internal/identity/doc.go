// Package identity decides who is calling: it takes the user from the X-Forwarded-* headers of a proxy that may be
// believed, and from nothing else. What an identity is, is in corbel.example/sdk/identity.
package identity
