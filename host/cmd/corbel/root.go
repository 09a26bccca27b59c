package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"corbel.example/host/internal/config"
)

// process is what a command gets from its process.
type process struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
}

func newRootCommand(p process) *cobra.Command {
	root := &cobra.Command{
		Use:           "corbel",
		Short:         "Databricks apps made of plugins",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
	}
	root.SetArgs(p.args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	flags := root.PersistentFlags()
	flags.String("config-dir", "", "folder of the configuration files (CORBEL_CONFIG_DIR; default: config)")
	flags.String("profile", "", "also read corbel.<profile>.yaml (CORBEL_PROFILE)")
	for _, f := range config.Flags() {
		flags.String(f.Name, "", f.Usage)
	}
	root.AddCommand(newServeCommand(p), newConfigCommand(p), newPluginsCommand(p), newBundleCommand(p), newDoctorCommand(p), newVersionCommand())
	return root
}

// loadConfig reads the configuration as the command's flags say.
func loadConfig(cmd *cobra.Command, p process) (*config.Config, error) {
	return loadFlags(cmd.Flags(), p)
}

// loadFlags reads the configuration as flags say.
func loadFlags(flags *pflag.FlagSet, p process) (*config.Config, error) {
	source := config.Source{Flags: map[string]string{}, Environ: p.environ, PluginDir: pluginDir()}
	flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "help":
		case "config-dir":
			source.Dir = f.Value.String()
		case "profile":
			source.Profile = f.Value.String()
		default:
			source.Flags[f.Name] = f.Value.String()
		}
	})
	return config.Load(source)
}

// pluginDir is the folder plugins beside this program.
func pluginDir() string {
	executable, err := os.Executable()
	if err != nil {
		return "plugins"
	}
	return filepath.Join(filepath.Dir(executable), "plugins")
}
