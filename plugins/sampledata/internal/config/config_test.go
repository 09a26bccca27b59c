package config_test

import (
	"testing"

	"corbel.example/plugins/sampledata/internal/config"
	"corbel.example/sdk/sdktest"
)

func TestSchemaAndConfigHaveTheSameKeysAndDefaults(t *testing.T) {
	t.Parallel()
	sdktest.ConfigSchema(t, config.Schema, config.Default(), map[string]any{
		"host": "DATABRICKS_HOST", "warehouse_id": "DATABRICKS_WAREHOUSE_ID", "catalog": "UNITY_CATALOG_NAME", "schema": "UNITY_CATALOG_SCHEMA",
	})
}
