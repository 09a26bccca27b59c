// Package workspace is a Databricks workspace as a plugin reaches it: as the user who calls, with that user's own token,
// or as the app itself. All clients of one Workspace share a transport, which sends the request id upstream, repeats what
// can be repeated safely, bounds what it reads and logs every call; nothing here ever logs or returns a token.
//
//	w, err := workspace.New(config, workspace.Options{Logger: settings.Logger})
//	c, err := w.User(r.Context())
//	err = workspace.Do(ctx, c, workspace.Call{Method: "GET", Path: "/api/2.1/unity-catalog/catalogs", Answer: &answer})
//
// Errors are faults: Do and the methods of Workspace return *fault.Error, and Fault classifies what other calls of the
// Databricks SDK return.
package workspace
