package mount

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"corbel.example/sdk/plugin"
	"corbel.example/web"
)

const integrityPrefix = "sha384-"

// parseIntegrity returns the digest in an asset's integrity.
func parseIntegrity(integrity string) (digest [sha512.Size384]byte, err error) {
	text, ok := strings.CutPrefix(integrity, integrityPrefix)
	if !ok {
		return digest, fmt.Errorf("it does not begin with %q", integrityPrefix)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return digest, err
	}
	if len(raw) != len(digest) {
		return digest, errors.New("the digest has another length than one of sha384")
	}
	return [sha512.Size384]byte(raw), nil
}

// assets checks what the host is to serve for the plugin.
func (v *validation) assets() {
	for i, asset := range v.manifest.Assets {
		item := fmt.Sprintf("asset %q", asset.Name)
		_, err := parseIntegrity(asset.Integrity)
		switch {
		case !validAssetName(asset.Name):
			v.refuse(item, "the name is not 1 to %d lower-case letters, digits, dashes and dots beginning with a letter", maxName)
		case slices.ContainsFunc(v.manifest.Assets[:i], func(a plugin.Asset) bool { return a.Name == asset.Name }):
			v.refuse(item, "two assets have this name: rename one")
		case asset.ContentType != web.TypeStylesheet && asset.ContentType != web.TypeModule:
			v.refuse(item, "the content type %q is neither %s nor %s", asset.ContentType, web.TypeStylesheet, web.TypeModule)
		case err != nil:
			v.refuse(item, "the integrity %q is not that of a file: %v", asset.Integrity, err)
		case strings.ContainsAny(asset.Path, "{}") || !v.matches(asset.Path, false):
			v.refuse(item, "no GET route of the plugin matches its path %q: declare one under routes", asset.Path)
		}
	}
}

func validAssetName(name string) bool {
	return len(name) > 0 && len(name) <= maxName && name[0] >= 'a' && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}

// unknownAsset returns the first asset of a fragment that the manifest does not have, or "".
func (v *validation) unknownAsset(fragment plugin.Fragment) string {
	for _, name := range fragment.Assets {
		if !slices.ContainsFunc(v.manifest.Assets, func(a plugin.Asset) bool { return a.Name == name }) {
			return name
		}
	}
	return ""
}
