// Command bundle builds the browser's part of the shell: web/dist from web/styles, web/elements, web/shell, web/editor and web/plot. What it
// writes is committed, so that neither a build nor the running program needs it.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"

	"corbel.example/web"
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
	if !packagesInstalled(root) {
		return errors.New("the packages of web/package.json are not installed: run `make web-packages`")
	}
	lazy, err := bundleLazy(root)
	if err != nil {
		return err
	}
	// The core has the addresses of the others, and those have the hashes of their content.
	core, err := bundleCore(root, lazy)
	if err != nil {
		return err
	}
	for _, file := range append(lazy, core...) {
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

// lazyModules are the modules that only the pages with their element load. The core knows their addresses by these constants.
var lazyModules = []struct{ name, entry, constant string }{
	{"editor", "editor/editor.ts", "editorModule"},
	{"plot", "plot/plot.ts", "plotModule"},
}

// bundleCore returns the stylesheet and the module of every page.
func bundleCore(root string, lazy []api.OutputFile) ([]api.OutputFile, error) {
	options := buildOptions(root,
		api.EntryPoint{InputPath: "styles/corbel.css", OutputPath: "corbel"}, api.EntryPoint{InputPath: "elements/corbel.ts", OutputPath: "corbel"})
	options.External = []string{web.AssetPrefix + "*"}
	options.Define = map[string]string{}
	for i, module := range lazyModules {
		file, err := web.NewFile("text/javascript", lazy[i].Contents)
		if err != nil {
			return nil, err
		}
		options.Define[module.constant] = `"` + web.AssetPrefix + file.Hash() + "/" + module.name + `.js"`
	}
	result, err := build(options)
	return result.OutputFiles, err
}

// bundleLazy returns the other modules, with the licences of what is in them.
func bundleLazy(root string) ([]api.OutputFile, error) {
	var files []api.OutputFile
	for _, module := range lazyModules {
		options := buildOptions(root, api.EntryPoint{InputPath: module.entry, OutputPath: module.name})
		options.Metafile = true
		options.Loader = map[string]api.Loader{".css": api.LoaderText} // for shadow roots
		result, err := build(options)
		if err != nil {
			return nil, err
		}
		notices, err := licences(root, result.Metafile)
		if err != nil {
			return nil, err
		}
		file := result.OutputFiles[0]
		file.Contents = append(file.Contents, notices...)
		files = append(files, file)
	}
	return files, nil
}

// buildOptions are those of all bundles. The browsers are the oldest ones that know light-dark(), on which the tokens stand.
func buildOptions(root string, entries ...api.EntryPoint) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:       root,
		EntryPointsAdvanced: entries,
		Outdir:              "dist",
		Bundle:              true,
		Format:              api.FormatESModule,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "120"}, {Name: api.EngineSafari, Version: "17.5"},
		},
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
	}
}

func build(options api.BuildOptions) (api.BuildResult, error) {
	result := api.Build(options)
	for _, messages := range [][]api.Message{result.Errors, result.Warnings} {
		if len(messages) > 0 {
			return result, errors.New(api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})[0])
		}
	}
	return result, nil
}
