package sqlpage

import (
	_ "embed"
	"net/http"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/sdk/plugin"
)

//go:embed assets/sql.js
var sqlScript []byte

var script = plugin.NewScript(api.Root+"/assets/sql.js", scriptTexts, sqlScript)

func serveScript(w http.ResponseWriter, r *http.Request) error {
	script.ServeHTTP(w, r)
	return nil
}
