package plugin

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"path"
	"slices"
)

// File is a script or style sheet that a plugin brings: the [Asset] of its manifest, and the handler of the asset's path. The path is a
// route of the plugin too.
type File struct {
	Asset

	content []byte
}

// NewFile returns the file that a plugin answers with at path, whose last part is its name.
func NewFile(at, contentType string, content []byte) File {
	digest := sha512.Sum384(content)
	return File{content: content, Asset: Asset{
		Name: path.Base(at), ContentType: contentType, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(digest[:]), Path: at,
	}}
}

// NewScript is [NewFile] for a script that finds the words that it says to users as the properties of the constant texts: they stand
// with the plugin's other texts.
func NewScript(at string, texts map[string]string, source []byte) File {
	words, _ := json.Marshal(texts) // strings can always be written
	return NewFile(at, "text/javascript", slices.Concat([]byte("const texts = "), words, []byte(";\n"), source))
}

// ServeHTTP answers with the file, to the host.
func (f File) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", f.ContentType)
	_, _ = w.Write(f.content) // the host may be gone: there is nobody left to tell
}
