// Package metastore holds what Unity Catalog knows: catalogs, schemas, tables and
// their columns, who owns them, and who was granted what.
//
// The rows themselves are in package warehouse. A [Snapshot] is immutable, so a
// statement checks every name and privilege against one state of the metastore and
// no reader waits. The whole state is one small JSON document, replaced by an atomic
// rename before a change becomes visible: after SIGKILL a change is there entirely or
// not at all, and a person can read the file. A database would buy nothing at this
// size (some hundred securables) and would tie grants to one engine's file format.
package metastore
