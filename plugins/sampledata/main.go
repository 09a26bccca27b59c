// Command sampledata is the Corbel plugin that puts small sample data where a new user looks first, and takes it away again.
package main

import "corbel.example/sdk/serve"

func main() { serve.Main(&sampleData{}) }
