// Command modelserving is the Corbel plugin for Databricks Model Serving: it lists endpoints, invokes them and streams what they
// generate, as the calling user.
package main

import "corbel.example/sdk/serve"

func main() { serve.Main(newModelServing()) }
