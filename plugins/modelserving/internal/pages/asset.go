package pages

import (
	_ "embed"

	"corbel.example/plugins/modelserving/internal/api"
	"corbel.example/sdk/plugin"
)

var (
	//go:embed assets/chat.js
	chatScript []byte
	//go:embed assets/chat.css
	chatStyles []byte
)

var manifestAssets = []plugin.File{
	plugin.NewScript(api.Root+"/assets/chat.js", chatTexts, chatScript),
	plugin.NewFile(api.Root+"/assets/chat.css", "text/css", chatStyles),
}

func assetNames() []string {
	names := make([]string, 0, len(manifestAssets))
	for _, a := range manifestAssets {
		names = append(names, a.Name)
	}
	return names
}
