package pages

import (
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"net/http"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/sdk/plugin"
)

//go:embed assets/run.js
var script []byte

const (
	scriptName = "run.js"
	scriptType = "text/javascript"
	scriptPath = api.Root + "/assets/" + scriptName
)

func asset() plugin.Asset {
	digest := sha512.Sum384(script)
	return plugin.Asset{Name: scriptName, ContentType: scriptType, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(digest[:]), Path: scriptPath}
}

// serveScript answers with the script, to the host.
func serveScript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", scriptType)
	_, _ = w.Write(script) // the host may be gone: there is nobody left to tell
}
