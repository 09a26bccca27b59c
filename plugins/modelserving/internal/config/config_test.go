package config_test

import (
	"testing"

	"corbel.example/plugins/modelserving/internal/config"
	"corbel.example/sdk/sdktest"
)

func TestSchemaAndConfigHaveTheSameKeysAndDefaults(t *testing.T) {
	t.Parallel()
	sdktest.ConfigSchema(t, config.Schema, config.Default(), map[string]any{
		"host": "DATABRICKS_HOST", "endpoint": "MODEL_SERVING_ENDPOINT", "timeout": "MODEL_SERVING_TIMEOUT",
	})
}
