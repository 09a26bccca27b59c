// Package deploy puts the application into the embedded workspace with the real Databricks CLI, as `make deploy` does, and looks
// at what runs there. `make test-deploy` runs it, after everything else: it has the CLI built, and measures time.
package deploy
