// Package dataset is the sample itself: three small tables that belong together, and what a user gets of their own. All of
// it is made up for Corbel. It knows how a table is written in SQL, and sends nothing.
package dataset
