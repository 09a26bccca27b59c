// Command bundle builds the browser's part of the shell: web/dist from web/styles, web/elements and web/shell. What it
// writes is committed, so that neither a build nor the running program needs it.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

//go:generate go run .

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	files, err := bundle(root)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.WriteFile(file.Path, file.Contents, 0o644); err != nil { //nolint:gosec // G306: these files are part of the repository.
			return err
		}
	}
	return nil
}

// findRoot returns the folder of the web module: the working directory, the one above it, or the one in the repository's root.
func findRoot() (string, error) {
	for _, directory := range []string{".", "..", "web"} {
		if _, err := os.Stat(filepath.Join(directory, "styles", "corbel.css")); err == nil {
			return filepath.Abs(directory)
		}
	}
	return "", errors.New("styles/corbel.css: not found: run in the folder of the web module")
}

// bundle returns the files of dist. The browsers are the oldest ones that know light-dark(), on which the tokens stand.
func bundle(root string) ([]api.OutputFile, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: "styles/corbel.css", OutputPath: "corbel"},
			{InputPath: "elements/corbel.ts", OutputPath: "corbel"},
		},
		Outdir: "dist",
		Bundle: true,
		Format: api.FormatESModule,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "120"}, {Name: api.EngineSafari, Version: "17.5"},
		},
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
	})
	if len(result.Errors) > 0 {
		lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, errors.New(lines[0])
	}
	if len(result.Warnings) > 0 {
		lines := api.FormatMessages(result.Warnings, api.FormatMessagesOptions{Kind: api.WarningMessage})
		return nil, errors.New(lines[0])
	}
	return result.OutputFiles, nil
}
