// Package developer signs in to a real Databricks workspace as the developer
// whose credentials are in the environment, in any form that the Databricks SDK
// understands: a token, a profile, OAuth.
//
// It only finds out who the developer is and keeps their token current; what is
// done with both is the front door's and the app's business.
package developer
