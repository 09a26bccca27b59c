package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// build builds programs for one platform into a folder. What is up to date there is not linked again.
type build struct {
	dir     string
	environ []string
}

// Names of the programs within the folder of a build. corbel looks for plugins beside itself.
const (
	host     = "corbel"
	plugins  = "plugins"
	launcher = "launch"
)

// programs builds the host, the launcher and all plugins, and returns the names of those that are packed.
func (b build) programs(version string) ([]string, error) {
	modules, err := filepath.Glob(filepath.Join(plugins, "*", "go.mod"))
	if err != nil {
		return nil, err
	}
	slices.Sort(modules)
	packages := map[string]string{host: "./host/cmd/corbel", launcher: "./host/cmd/launch"}
	names := []string{host}
	for _, module := range modules {
		plugin := filepath.ToSlash(filepath.Dir(module))
		packages[plugin] = "./" + plugin
		names = append(names, plugin)
	}
	for name, pkg := range packages {
		if err := b.one(name, pkg, version); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func (b build) one(name, pkg, version string) error {
	flags := "-s -w"
	if name == host {
		flags += " -X main.release=" + version
	}
	output := filepath.Join(b.dir, filepath.FromSlash(name))
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", output, pkg) //nolint:noctx // ends with this program
	cmd.Env = append(os.Environ(), b.environ...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w", pkg, err)
	}
	return nil
}
