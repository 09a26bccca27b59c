package app_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/app"
)

func TestVariables(t *testing.T) {
	t.Parallel()
	e := app.Environment{
		AppName:     "corbel",
		WorkspaceID: "42",
		Credentials: []string{"DATABRICKS_HOST=http://127.0.0.1:1", "DATABRICKS_CLIENT_ID=id", "DATABRICKS_CLIENT_SECRET=a=b"},
		WarehouseID: "w1",
		Catalog:     "main",
		Schema:      "samples",
		SignOutURL:  "/out",
	}
	platform := []string{
		"CORBEL_APP_SIGN_OUT_URL=/out",
		"DATABRICKS_APP_NAME=corbel",
		"DATABRICKS_CLIENT_ID=id",
		"DATABRICKS_CLIENT_SECRET=a=b",
		"DATABRICKS_HOST=http://127.0.0.1:1",
		"DATABRICKS_WAREHOUSE_ID=w1",
		"DATABRICKS_WORKSPACE_ID=42",
	}
	for name, tt := range map[string]struct {
		users []string
		want  []string // beside what the platform sets
	}{
		"nothing of the user's": {
			want: []string{"UNITY_CATALOG_NAME=main", "UNITY_CATALOG_SCHEMA=samples"},
		},
		"what a process needs": {
			users: []string{"HOME=/home/x", "PATH=/bin", "TZ=UTC", "SSL_CERT_FILE=/ca", "https_proxy=http://p"},
			want:  []string{"HOME=/home/x", "PATH=/bin", "SSL_CERT_FILE=/ca", "TZ=UTC", "UNITY_CATALOG_NAME=main", "UNITY_CATALOG_SCHEMA=samples", "https_proxy=http://p"},
		},
		"settings of the app win over defaults": {
			users: []string{"UNITY_CATALOG_SCHEMA=mine", "LOG_LEVEL=debug", "CORBEL_PROFILE=dev", "CORBEL_STATE_DIR=s", "MODEL_SERVING_TIMEOUT=10s"},
			want:  []string{"CORBEL_PROFILE=dev", "CORBEL_STATE_DIR=s", "LOG_LEVEL=debug", "MODEL_SERVING_TIMEOUT=10s", "UNITY_CATALOG_NAME=main", "UNITY_CATALOG_SCHEMA=mine"},
		},
		"a database of the user's own": {
			users: []string{"PGHOST=db", "PGPORT=1", "LAKEBASE_TOKEN=t", "PGPASSWORD=x", "CORBEL_POSTGRES=off", "CORBEL_LAKEBASE_PORT=1", "CORBEL_DATABASE_TOKEN_LIFE=1s"},
			want:  []string{"LAKEBASE_TOKEN=t", "PGHOST=db", "PGPORT=1", "UNITY_CATALOG_NAME=main", "UNITY_CATALOG_SCHEMA=samples"},
		},
		"everything else stays here": {
			users: []string{"AWS_SECRET_ACCESS_KEY=x", "DATABRICKS_TOKEN=x", "DATABRICKS_HOST=x", "CORBEL_PORT=1", "CORBEL_WORKSPACE_PORT=2", "CORBEL_ALLOWED_HOSTS=x", "CORBEL_TOKENS_PER_SECOND=1", "CORBEL_SERVING_RATE_LIMIT=1", "PATHS=x", "rubbish"},
			want:  []string{"UNITY_CATALOG_NAME=main", "UNITY_CATALOG_SCHEMA=samples"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := e.Variables(tt.users)
			want := cmp.Diff(sorted(append(tt.want, platform...)), got)
			if want != "" {
				t.Errorf("variables (-want +got):\n%s", want)
			}
		})
	}
}

func TestVariablesThatAreUnknownAreNotSet(t *testing.T) {
	t.Parallel()
	if got := (app.Environment{AppName: "corbel"}).Variables(nil); !cmp.Equal(got, []string{"DATABRICKS_APP_NAME=corbel"}) {
		t.Errorf("variables %q", got)
	}
}

func TestTheDatabaseOfThePlatformWins(t *testing.T) {
	t.Parallel()
	got := app.Environment{Database: []string{"PGHOST=127.0.0.1"}}.Variables([]string{"PGHOST=db", "PGUSER=me"})
	if !cmp.Equal(got, []string{"PGHOST=127.0.0.1", "PGUSER=me"}) {
		t.Errorf("variables %q", got)
	}
}

func sorted(pairs []string) []string {
	slices.Sort(pairs)
	return pairs
}
