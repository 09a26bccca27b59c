// Package catalog reads Unity Catalog's metadata as the calling user: what it returns is what that user may see. Answers are
// kept for a while for one user and token, and concurrent reads of the same thing are merged.
package catalog
