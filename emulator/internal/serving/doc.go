// Package serving holds the workspace's model serving endpoints: what they are, whether they are
// ready, who may use them and how often, and what they answer.
//
// The models behind them learn from the sample data when the process first opens a workspace. HTTP, identities'
// tokens and the form of errors belong to package api.
package serving
