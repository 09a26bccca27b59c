// Package browser drives a real Chromium for tests: pages in light and dark, at the width of a desk and of a phone, with
// everything that the browser complains about.
package browser
