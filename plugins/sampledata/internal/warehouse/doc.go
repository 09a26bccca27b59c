// Package warehouse runs the sample's statements on a SQL warehouse as the calling user. All of them can be repeated: one
// whose answer was lost, or that another one got in the way of, is sent again.
package warehouse
