package main

import (
	"corbel.example/plugins/lakebase/internal/api"
	"corbel.example/plugins/lakebase/internal/config"
	"corbel.example/plugins/lakebase/internal/pages"
	"corbel.example/sdk/plugin"
)

const version = "0.1.0"

func (*lakebase) Manifest() plugin.Manifest {
	m := plugin.Manifest{
		Name:         "lakebase",
		Version:      version,
		Summary:      "Keeps each user's preferences, saved queries, history and notes in Lakebase.",
		Routes:       api.Routes(),
		ConfigSchema: config.Schema,
		Resources: []plugin.Resource{{
			Kind: "postgres", Key: "lakebase", Permission: "CAN_CONNECT_AND_CREATE",
			Env: "LAKEBASE_ENDPOINT", Description: "Keeps what belongs to users.",
		}},
	}
	pages.Describe(&m)
	return m
}
