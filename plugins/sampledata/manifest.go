package main

import (
	"slices"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/plugins/sampledata/internal/config"
	"corbel.example/plugins/sampledata/internal/pages"
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/shell"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/plugin"
)

const version = "0.1.0"

// userScopes are the API scopes that the user's token needs.
var userScopes = []string{"sql", "catalog.schemas:read", "catalog.tables:read"}

func (*sampleData) Manifest() plugin.Manifest {
	m := plugin.Manifest{
		Name:         "sampledata",
		Version:      version,
		Summary:      "Puts small sample data where a new user looks first, and takes it away again.",
		Routes:       slices.Concat(api.Routes(), shell.Routes()),
		Commands:     shell.Commands(),
		ConfigSchema: config.Schema,
		Resources: []plugin.Resource{{
			Kind: "sql_warehouse", Key: "sql-warehouse", Permission: "CAN_USE",
			Env: "DATABRICKS_WAREHOUSE_ID", Description: "Makes the sample's tables.",
		}},
		Calls:            slices.Concat(personal.Calls(), tables.Calls()),
		UserScopes:       userScopes,
		NeedsAccessToken: true,
	}
	pages.Describe(&m)
	return m
}
