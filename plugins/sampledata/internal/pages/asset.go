package pages

import (
	_ "embed"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/sdk/plugin"
)

//go:embed assets/run.js
var runScript []byte

var script = plugin.NewFile(api.Root+"/assets/run.js", "text/javascript", runScript)
