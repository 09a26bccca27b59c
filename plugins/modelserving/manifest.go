package main

import (
	"corbel.example/plugins/modelserving/internal/api"
	"corbel.example/plugins/modelserving/internal/config"
	"corbel.example/plugins/modelserving/internal/pages"
	"corbel.example/sdk/plugin"
)

const version = "0.1.0"

// userScopes are the API scopes that the user's token needs.
var userScopes = []string{"serving.serving-endpoints"}

func (*modelServing) Manifest() plugin.Manifest {
	m := plugin.Manifest{
		Name:         "modelserving",
		Version:      version,
		Summary:      "Lists, invokes and streams Model Serving endpoints as the calling user.",
		Routes:       api.Routes(),
		ConfigSchema: config.Schema,
		Resources: []plugin.Resource{{
			Kind: "serving_endpoint", Key: "serving-endpoint", Permission: "CAN_QUERY",
			Env: "MODEL_SERVING_ENDPOINT", Description: "The endpoint that the pages offer first.",
		}},
		UserScopes:       userScopes,
		NeedsAccessToken: true,
	}
	pages.Describe(&m)
	return m
}
