package web

import (
	"embed"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// The assets by name.
const (
	Stylesheet = "corbel.css"
	Module     = "corbel.js"
	Icon       = "icon.svg"
	// Editor is what databricks-editor loads, Plot what a databricks-chart with many points does.
	Editor = "editor.js"
	Plot   = "plot.js"
)

// AssetPrefix is the path under which Handler expects to be mounted.
const AssetPrefix = "/assets/"

//go:embed dist
var dist embed.FS

// assets are made once, from files that are part of the program: failing to make them is a defect of the build.
var assets = sync.OnceValue(func() map[string]File {
	return map[string]File{
		Stylesheet: mustFile(Stylesheet, "text/css; charset=utf-8"),
		Module:     mustFile(Module, "text/javascript; charset=utf-8"),
		Icon:       mustFile(Icon, "image/svg+xml"),
		Editor:     mustFile(Editor, "text/javascript; charset=utf-8"),
		Plot:       mustFile(Plot, "text/javascript; charset=utf-8"),
	}
})

func mustFile(name, contentType string) File {
	content, err := dist.ReadFile("dist/" + name)
	if err != nil {
		panic(fmt.Sprintf("web: embedded asset: %v", err))
	}
	file, err := NewFile(contentType, content)
	if err != nil {
		panic(fmt.Sprintf("web: embedded asset %s: %v", name, err))
	}
	return file
}

// coreAsset is one of the shell's own assets.
func coreAsset(name, assetType string) Asset {
	return Asset{Href: Href(name), Integrity: assets()[name].Integrity(), Type: assetType}
}

// Href returns the path of an asset: /assets/<hash of its content>/<name>. It panics when there is no asset of that name.
func Href(name string) string {
	a, ok := assets()[name]
	if !ok {
		panic(fmt.Sprintf("web: no asset %q", name))
	}
	return AssetPrefix + a.Hash() + "/" + name
}

// ServeAsset answers a GET or HEAD under AssetPrefix. An address whose hash is not that of the current content is not found,
// so that a copy can be kept for ever: then ServeAsset returns false, and the answer is the caller's.
func ServeAsset(w http.ResponseWriter, r *http.Request) (found bool) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, AssetPrefix), "/")
	a, ok := assets()[name]
	if !ok || hash != a.Hash() {
		return false
	}
	a.Serve(w, r)
	return true
}
