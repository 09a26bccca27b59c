package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"corbel.example/host/internal/bundle"
)

func newBundleCommand(p process) *cobra.Command {
	cmd := &cobra.Command{Use: "bundle", Short: "Keep the Databricks bundle what the enabled plugins need", Args: cobra.NoArgs}
	var dir string
	cmd.PersistentFlags().StringVar(&dir, "bundle-dir", ".", "folder of databricks.yml")
	cmd.AddCommand(
		&cobra.Command{
			Use:   "generate",
			Short: "Write " + bundle.ResourceFile + " and " + bundle.AppFile + ": resources, permissions, scopes and environment",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				files, err := bundleFiles(cmd, p)
				if err != nil {
					return err
				}
				changed, err := bundle.Write(dir, files)
				for _, name := range changed {
					fmt.Fprintln(cmd.OutOrStdout(), "wrote", name)
				}
				if err == nil && len(changed) == 0 {
					fmt.Fprintln(cmd.OutOrStdout(), "The bundle is up to date.")
				}
				return err
			},
		},
		&cobra.Command{
			Use:   "check",
			Short: "Fail when generate would change something",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				files, err := bundleFiles(cmd, p)
				if err != nil {
					return err
				}
				if err := bundle.Check(dir, files); err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), "The bundle is up to date.")
				return err
			},
		},
	)
	return cmd
}

// bundleFiles asks the enabled plugins what they need. One that cannot be asked is an error: without it the app would lose
// what that plugin needs.
func bundleFiles(cmd *cobra.Command, p process) (map[string][]byte, error) {
	cfg, err := loadConfig(cmd, p)
	if err != nil {
		return nil, err
	}
	manifests, failures := describeEnabled(cmd.Context(), cfg)
	if len(failures) > 0 {
		return nil, failures[0]
	}
	return bundle.Generate(cfg.Settings.App.Title, manifests)
}
