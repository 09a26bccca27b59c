package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// packages is the folder into which `make web-packages` installs what web/package-lock.json pins; web/tsconfig.json knows it, too.
const packages = "../.tools/web/node_modules"

func packagesInstalled(root string) bool {
	_, err := os.Stat(filepath.Join(root, packages, ".package-lock.json"))
	return err == nil
}

// licences returns a comment with the notices of all packages that a bundle has parts of: whose they are, and each text once.
func licences(root, metafile string) ([]byte, error) {
	var meta struct {
		Inputs map[string]struct{} `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read esbuild's metafile: %w", err)
	}
	holders := map[string][]string{} // by terms
	for _, name := range packagesOf(meta.Inputs) {
		text, err := os.ReadFile(filepath.Join(root, packages, name, "LICENSE"))
		if err != nil {
			return nil, fmt.Errorf("package %s may not be passed on without its licence: %w", name, err)
		}
		copyright, terms, ok := splitNotice(string(text))
		if !ok {
			return nil, fmt.Errorf("package %s: its licence has no line of copyright: may it be passed on?", name)
		}
		holders[terms] = append(holders[terms], name+": "+copyright)
	}
	notices := make([]string, 0, len(holders))
	for terms, of := range holders {
		notices = append(notices, strings.Join(of, "\n")+"\n\n"+terms)
	}
	slices.Sort(notices)
	return []byte("/*!\n" + strings.Join(notices, "\n\n") + "\n*/\n"), nil
}

// splitNotice parts the line that says whose something is from the terms. Where lines end does not count.
func splitNotice(text string) (copyright, terms string, ok bool) {
	before, rest, ok := strings.Cut(text, "Copyright")
	line, after, _ := strings.Cut(rest, "\n")
	terms = strings.Join(strings.Fields(before+" "+after), " ")
	return strings.TrimSpace("Copyright" + line), terms, ok
}

// packagesOf returns the names of the packages that files are of, sorted.
func packagesOf[V any](files map[string]V) []string {
	var names []string
	for file := range files {
		_, rest, ok := strings.Cut(filepath.ToSlash(file), "node_modules/")
		if !ok {
			continue
		}
		parts := strings.SplitN(rest, "/", 3)
		name := parts[0]
		if strings.HasPrefix(name, "@") && len(parts) > 1 {
			name += "/" + parts[1]
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
