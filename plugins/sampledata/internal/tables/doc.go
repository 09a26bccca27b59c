// Package tables makes, checks and removes the sample's tables in Unity Catalog, as the calling user. A table that does not
// bear the sample's mark is never touched.
package tables
