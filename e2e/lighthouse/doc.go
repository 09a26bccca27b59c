// Package lighthouse runs Lighthouse on a page, with the sign-in of a user and as often as a fair measurement takes.
package lighthouse
