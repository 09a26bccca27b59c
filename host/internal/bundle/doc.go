// Package bundle writes what a Databricks bundle has to say of the app because of its plugins: resources with their least
// permissions, user API scopes, variables of the environment. It reads manifests and knows no plugin.
package bundle
