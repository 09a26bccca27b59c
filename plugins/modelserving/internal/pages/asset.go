package pages

import (
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"net/http"

	"corbel.example/plugins/modelserving/internal/api"
	"corbel.example/sdk/plugin"
)

var (
	//go:embed assets/chat.js
	chatScript []byte
	//go:embed assets/chat.css
	chatStyles []byte
)

// asset is a file that the host serves to browsers.
type asset struct {
	name, contentType string
	content           []byte
}

var manifestAssets = []asset{{"chat.js", "text/javascript", chatScript}, {"chat.css", "text/css", chatStyles}}

func assetNames() []string {
	names := make([]string, 0, len(manifestAssets))
	for _, a := range manifestAssets {
		names = append(names, a.name)
	}
	return names
}

func (a asset) path() string { return api.Root + "/assets/" + a.name }

func (a asset) manifest() plugin.Asset {
	digest := sha512.Sum384(a.content)
	return plugin.Asset{Name: a.name, ContentType: a.contentType, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(digest[:]), Path: a.path()}
}

// ServeHTTP answers with the file, to the host.
func (a asset) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", a.contentType)
	_, _ = w.Write(a.content) // the host may be gone: there is nobody left to tell
}
