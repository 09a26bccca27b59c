package main

import (
	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/config"
	"corbel.example/plugins/unitycatalog/internal/pages"
	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/sqlpage"
	"corbel.example/sdk/plugin"
)

const version = "0.1.0"

// userScopes are the API scopes that the user's token needs.
var userScopes = []string{"sql", "catalog.catalogs:read", "catalog.schemas:read", "catalog.tables:read"}

func (*unityCatalog) Manifest() plugin.Manifest {
	m := plugin.Manifest{
		Name:         "unitycatalog",
		Version:      version,
		Summary:      "Browses Unity Catalog and runs SQL as the calling user.",
		Routes:       api.Routes(),
		ConfigSchema: config.Schema,
		Resources: []plugin.Resource{{
			Kind: "sql_warehouse", Key: "sql-warehouse", Permission: "CAN_USE",
			Env: "DATABRICKS_WAREHOUSE_ID", Description: "Runs statements and shows rows.",
		}},
		Calls:            []plugin.CallTarget{preference.Call},
		UserScopes:       userScopes,
		NeedsAccessToken: true,
	}
	pages.Describe(&m)
	sqlpage.Describe(&m)
	return m
}
