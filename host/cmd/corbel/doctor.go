package main

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"github.com/spf13/cobra"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/doctor"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

// postgresPort is where a database listens unless PGPORT says otherwise.
const postgresPort = "5432"

func newDoctorCommand(p process) *cobra.Command {
	var app string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what keeps the app from working in its workspace, and say how to repair it; changes nothing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(cmd, p)
			if err != nil {
				return err
			}
			return examine(cmd, cfg, cmp.Or(app, cfg.Environment("DATABRICKS_APP_NAME")))
		},
	}
	cmd.Flags().StringVar(&app, "app", "", "deployed app whose scopes and resources are compared (DATABRICKS_APP_NAME)")
	return cmd
}

func examine(cmd *cobra.Command, cfg *config.Config, app string) error {
	server := cfg.Settings.Server
	params := doctor.Params{
		Host: server.Host, Port: server.Port, AppName: app,
		Workspace: workspace.Config{
			Host: cfg.Settings.Databricks.Host, Token: secret.New(cfg.Environment("DATABRICKS_TOKEN")),
			ClientID: cfg.Environment("DATABRICKS_CLIENT_ID"), ClientSecret: secret.New(cfg.Environment("DATABRICKS_CLIENT_SECRET")),
		},
	}
	if host := cfg.Environment("PGHOST"); host != "" {
		params.DatabaseAddress = net.JoinHostPort(host, cmp.Or(cfg.Environment("PGPORT"), postgresPort))
	}
	manifests, failures := describeEnabled(cmd.Context(), cfg)
	for i := range manifests {
		m := &manifests[i]
		params.Scopes = append(params.Scopes, m.UserScopes...)
		for _, r := range m.Resources {
			params.Resources = append(params.Resources, doctor.Resource{
				Resource: r, Plugin: m.Name, Value: cfg.Variable(m.Name, m.ConfigSchema, r.Env),
			})
		}
	}
	slices.Sort(params.Scopes)
	params.Scopes = slices.Compact(params.Scopes)
	out := cmd.OutOrStdout()
	tell := func(c doctor.Check) {
		fmt.Fprintf(out, "%-8s %s: %s\n", c.State, c.Name, c.Detail)
		if c.Repair != "" {
			fmt.Fprintf(out, "         repair: %s\n", c.Repair)
		}
	}
	for _, err := range failures {
		tell(doctor.Check{Name: "plugins", State: doctor.Failed, Detail: err.Error(), Repair: "run `corbel plugins describe` with its name"})
	}
	found := doctor.Run(cmd.Context(), params, tell) + len(failures)
	if found > 0 {
		return fmt.Errorf("failed checks: %d", found)
	}
	return nil
}
