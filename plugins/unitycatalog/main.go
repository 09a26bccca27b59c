// Command unitycatalog is the Corbel plugin for Unity Catalog: it browses catalogs, schemas, tables and rows, and runs SQL, as
// the calling user.
package main

import "corbel.example/sdk/serve"

func main() { serve.Main(&unityCatalog{}) }
