// Package apps is the workspace's Databricks Apps: what is known about them, their
// deployments, their service principals and what their resources give them, and their
// processes, each behind a front door of its own.
//
// An app runs from the files that its deployment found, in a folder that is made anew for
// every start, with the platform's environment and as an unprivileged user where it can. A
// new version starts beside the old one, which answers until the new one listens.
//
// Documentation: https://docs.databricks.com/aws/en/dev-tools/databricks-apps/
package apps
