// Package model holds small models that train in well under a second: a linear regression, a
// classifier, a generator of text and an embedding of text.
//
// Trained models are immutable and safe for concurrent use. The package knows nothing of
// endpoints, requests and data sets: package serving puts those together.
package model
