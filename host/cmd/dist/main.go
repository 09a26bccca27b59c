// Command dist makes the folders that are deployed, one for each platform: the packed programs, what starts them, and the
// configuration. Building the same sources again makes the same bytes. Run it from the repository's root.
//
//	dist -version 1.2.3 -out dist linux/amd64 linux/arm64
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	var d distribution
	flag.StringVar(&d.version, "version", "", "what `corbel version` says of the build")
	flag.StringVar(&d.out, "out", "dist", "folder that gets a folder for each platform")
	flag.StringVar(&d.builds, "builds", filepath.Join("bin", "dist"), "folder that keeps the programs as they are built")
	flag.StringVar(&d.config, "config", "config", "folder of the configuration")
	flag.Parse()
	for _, platform := range flag.Args() {
		if err := d.make(platform); err != nil {
			fmt.Fprintln(os.Stderr, "dist:", err)
			os.Exit(1)
		}
	}
}

// distribution is what is made.
type distribution struct{ version, out, builds, config string }

// make makes the folder of one platform, such as linux/amd64.
func (d distribution) make(platform string) error {
	goos, goarch, ok := strings.Cut(platform, "/")
	if !ok {
		return fmt.Errorf("%q is no platform: name one as linux/amd64", platform)
	}
	name := goos + "-" + goarch
	b := build{dir: filepath.Join(d.builds, name), environ: []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch}}
	programs, err := b.programs(d.version)
	if err != nil {
		return err
	}
	f := folder{dir: filepath.Join(d.out, name)}
	if err := f.fill(b, programs, d); err != nil {
		return err
	}
	size, err := f.check()
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%s: %d programs in %.1f MB\n", f.dir, len(programs), float64(size)/1e6)
	return err
}
