// Package files keeps the workspace's files and folders: a tree of names in one state file,
// and what is in the files by its SHA-256, so that a deployment can hold on to the files as
// they were while the tree goes on changing.
//
// Who may read and write is not its business.
package files
