package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Programs are the built programs: a folder like bin after `make build`.
type Programs struct {
	// Root is the repository, Bin the folder with corbel, emulator and plugins/.
	Root, Bin string
}

// emulator is the one program that links C.
const emulator = "./emulator/cmd/emulator"

// Build builds the programs of the repository at root into bin.
func Build(ctx context.Context, root, bin string) (Programs, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return Programs{}, err
	}
	plugins, err := filepath.Glob(filepath.Join(root, "plugins", "*", "go.mod"))
	if err != nil {
		return Programs{}, err
	}
	builds := map[string]string{"./host/cmd/corbel": "corbel", emulator: "emulator"}
	for _, mod := range plugins {
		name := filepath.Base(filepath.Dir(mod))
		builds["./plugins/"+name] = filepath.Join("plugins", name)
	}
	for pkg, program := range builds {
		if err := build(ctx, root, pkg, filepath.Join(bin, program)); err != nil {
			return Programs{}, err
		}
	}
	return Programs{Root: root, Bin: bin}, nil
}

func build(ctx context.Context, root, pkg, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", program, pkg)
	cmd.Dir = root
	if pkg != emulator {
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is deployed
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// Program returns the path of a program: "emulator", "plugins/unitycatalog".
func (p Programs) Program(name string) string { return filepath.Join(p.Bin, filepath.FromSlash(name)) }
