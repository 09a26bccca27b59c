// Package markup makes a plugin's HTML fit to stand in the host's page: it parses a fragment, keeps the elements,
// attributes and addresses that are on its lists, and writes the tree again, so that every tag is closed. Lists of what is
// allowed, never of what is forbidden: the latter are always too short.
package markup
