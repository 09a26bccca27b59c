package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"corbel.example/host/internal/config"
)

func newConfigCommand(p process) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show or check the configuration", Args: cobra.NoArgs}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "show",
			Short: "Print every value and where it comes from; secrets print as ***",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				cfg, err := loadConfig(cmd, p)
				if err != nil {
					return err
				}
				return showConfig(cmd, cfg)
			},
		},
		&cobra.Command{
			Use:   "check",
			Short: "Say what is wrong with the configuration, that of the plugins included",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				cfg, err := loadConfig(cmd, p)
				if err != nil {
					return err
				}
				return checkConfig(cmd, cfg)
			},
		},
	)
	return cmd
}

// showConfig prints a table. What a plugin has for itself is masked when the plugin cannot say which of it is secret.
func showConfig(cmd *cobra.Command, cfg *config.Config) error {
	schemas := map[string]json.RawMessage{}
	for name, d := range describeAll(cmd.Context(), cfg.Settings.Plugins) {
		if d.err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "plugin %s cannot be asked what is secret, its configuration is masked: %v\n", name, d.err)
			continue
		}
		schemas[name] = d.manifest.ConfigSchema
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, v := range cfg.Values(schemas) {
		fmt.Fprintf(table, "%s\t%s\t%s\n", v.Key, v.Text, v.Origin)
	}
	return table.Flush()
}

// checkConfig asks every enabled plugin for its schema and holds its configuration against it.
func checkConfig(cmd *cobra.Command, cfg *config.Config) error {
	var findings config.Findings
	descriptions := describeAll(cmd.Context(), cfg.Settings.Plugins)
	for _, p := range cfg.Settings.Plugins {
		d, enabled := descriptions[p.Name]
		switch {
		case !enabled:
		case d.err != nil:
			findings = append(findings, config.Finding{Message: fmt.Sprintf("plugin %s cannot be described: %v", p.Name, d.err)})
		default:
			_, found := cfg.Resolve(p.Name, d.manifest.ConfigSchema)
			findings = append(findings, found...)
		}
	}
	if len(findings) > 0 {
		return findings
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "The configuration is accepted, that of %d plugins included.\n", len(descriptions))
	return err
}
