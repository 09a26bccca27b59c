package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/plugin"
)

func warehouse(permission string, env ...string) plugin.Resource {
	r := plugin.Resource{Kind: "sql_warehouse", Key: "sql-warehouse", Permission: permission, Description: "Runs statements."}
	if len(env) > 0 {
		r.Env = env[0]
	}
	return r
}

func generate(t *testing.T, manifests ...plugin.Manifest) map[string]string {
	t.Helper()
	files, err := Generate("Trips", manifests)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, content := range files {
		texts[name] = string(content)
	}
	return texts
}

func TestWhatPluginsNeedIsInTheBundle(t *testing.T) {
	t.Parallel()
	got := generate(t,
		plugin.Manifest{Name: "reader", UserScopes: []string{"sql", "catalog.tables:read"}, Resources: []plugin.Resource{warehouse("CAN_USE", "WAREHOUSE")}},
		plugin.Manifest{Name: "keeper", UserScopes: []string{"sql"}, Resources: []plugin.Resource{
			{Kind: "uc_securable", Key: "files", Permission: "READ_VOLUME", Env: "VOLUME"},
			warehouse("CAN_MANAGE", "KEEPER_WAREHOUSE"),
		}},
	)
	want := map[string]string{
		ResourceFile: header + `variables:
  files_securable_full_name:
    description: 'Full name of the Unity Catalog object: catalog.schema.name. Needed by keeper.'
  sql_warehouse_id:
    description: Id of the SQL warehouse. Needed by reader, keeper.
resources:
  apps:
    corbel:
      name: ${var.app_name}
      description: Trips
      source_code_path: ../dist/${var.platform}
      config:
        command: [sh, start.sh]
        env:
          - name: VOLUME
            value_from: files
          - name: WAREHOUSE
            value_from: sql-warehouse
          - name: KEEPER_WAREHOUSE
            value_from: sql-warehouse
          - name: CORBEL_PROFILE
            value: ${bundle.target}
      user_api_scopes:
        - catalog.tables:read
        - sql
      resources:
        - name: files
          uc_securable:
            permission: READ_VOLUME
            securable_full_name: ${var.files_securable_full_name}
            securable_type: VOLUME
        - name: sql-warehouse
          description: Runs statements.
          sql_warehouse:
            id: ${var.sql_warehouse_id}
            permission: CAN_MANAGE
`,
		AppFile: header + `command: [sh, start.sh]
env:
  - name: VOLUME
    valueFrom: files
  - name: WAREHOUSE
    valueFrom: sql-warehouse
  - name: KEEPER_WAREHOUSE
    valueFrom: sql-warehouse
`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestManifestsThatMakeNoBundleAreRefused(t *testing.T) {
	t.Parallel()
	secret := plugin.Resource{Kind: "secret", Key: "sql-warehouse", Permission: "READ"}
	for name, tt := range map[string]struct {
		resources []plugin.Resource
		want      string
	}{
		"a kind that bundles lack":       {[]plugin.Resource{{Kind: "sparkle", Key: "x", Permission: "CAN_USE"}}, `resource "x" has the kind "sparkle": kinds are database,`},
		"a permission that it has not":   {[]plugin.Resource{warehouse("CAN_QUERY")}, "a sql_warehouse has CAN_USE, CAN_MANAGE, IS_OWNER"},
		"a key that is no name":          {[]plugin.Resource{{Kind: "job", Key: "The job", Permission: "CAN_VIEW"}}, "lower-case letters"},
		"one key for two kinds":          {[]plugin.Resource{warehouse("CAN_USE"), secret}, "is a sql_warehouse of plugin p and a secret of plugin p"},
		"one variable for two resources": {[]plugin.Resource{warehouse("CAN_USE", "X"), {Kind: "job", Key: "job", Permission: "CAN_VIEW", Env: "X"}}, "the variable X names resource"},
		"a table that is a volume": {[]plugin.Resource{
			{Kind: "uc_securable", Key: "x", Permission: "SELECT"}, {Kind: "uc_securable", Key: "x", Permission: "READ_VOLUME"},
		}, "which no object has both"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Generate("", []plugin.Manifest{{Name: "p", Resources: tt.resources}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDriftIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files, err := Generate("", []plugin.Manifest{{Name: "p", Resources: []plugin.Resource{warehouse("CAN_USE", "WAREHOUSE")}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(dir, files); err == nil || !strings.Contains(err.Error(), "app.yaml is not there") {
		t.Errorf("without files: %v", err)
	}
	changed, err := Write(dir, files)
	if diff := cmp.Diff([]string{AppFile, ResourceFile}, changed); err != nil || diff != "" {
		t.Errorf("first: %v %s", err, diff)
	}
	if changed, err := Write(dir, files); err != nil || len(changed) != 0 {
		t.Errorf("again: %v %v", changed, err)
	}
	if err := Check(dir, files); err != nil {
		t.Error(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(ResourceFile))
	edited := strings.Replace(string(files[ResourceFile]), "permission: CAN_USE", "permission: IS_OWNER", 1)
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	err = Check(dir, files)
	for _, want := range []string{"corbel bundle generate", "resources/app.yml:", `it is "permission: IS_OWNER", and must be "permission: CAN_USE"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q: %v", want, err)
		}
	}
}
