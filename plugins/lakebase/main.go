// Command lakebase is the Corbel plugin for Lakebase: it keeps what belongs to each user (preferences, saved queries, history and
// notes) in PostgreSQL, isolated by row-level security.
package main

import "corbel.example/sdk/serve"

func main() { serve.Main(&lakebase{}) }
