// Package workspace puts the embedded workspace together: principals, metastore,
// warehouse, statements and APIs over one state folder, filled with the sample catalog at
// its first start. Everything it writes is beneath that folder.
package workspace
