package workspace

import (
	"net/http"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/databricks/databricks-sdk-go/service/iam"
	databrickssql "github.com/databricks/databricks-sdk-go/service/sql"
	"github.com/google/go-cmp/cmp"
)

// The tests here make the SDK's own calls, whose requests and answers nobody here has written.

func TestVolumesBySDK(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir)
	ctx := t.Context()
	volumes := catalog.NewVolumes(s.databricks(t, ana))
	made, err := volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: "Raw", VolumeType: catalog.VolumeTypeManaged, Comment: "it's raw"})
	if err != nil {
		t.Fatal(err)
	}
	if made.FullName != "main.samples.raw" || made.Owner != ana || made.Comment != "it's raw" || made.VolumeType != catalog.VolumeTypeManaged || made.VolumeId == "" {
		t.Errorf("volume %+v", made)
	}
	for _, name := range []string{"a", "b", "c"} {
		if _, err := volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: name, VolumeType: catalog.VolumeTypeManaged}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := volumes.ListAll(ctx, catalog.ListVolumesRequest{CatalogName: "main", SchemaName: "samples", MaxResults: 2})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range all {
		names = append(names, v.Name)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "raw"}, names); diff != "" {
		t.Errorf("volumes (-want +got):\n%s", diff)
	}
	if _, err := volumes.Update(ctx, catalog.UpdateVolumeRequestContent{Name: "main.samples.raw", Comment: "cooked", Owner: "analysts"}); err != nil {
		t.Fatal(err)
	}
	read, err := volumes.ReadByName(ctx, "main.samples.RAW")
	if err != nil || read.Comment != "cooked" || read.Owner != "analysts" || read.VolumeId != made.VolumeId {
		t.Errorf("volume %+v, error %v", read, err)
	}
	if err := volumes.DeleteByName(ctx, "main.samples.a"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"of nobody":         {second(volumes.ReadByName(ctx, "main.samples.a")), 404, "VOLUME_DOES_NOT_EXIST"},
		"of two parts":      {second(volumes.ReadByName(ctx, "main.samples")), 400, "INVALID_PARAMETER_VALUE"},
		"twice":             {second(volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: "B", VolumeType: catalog.VolumeTypeManaged})), 400, "VOLUME_ALREADY_EXISTS"},
		"external":          {second(volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: "x", VolumeType: catalog.VolumeTypeExternal, StorageLocation: "s3://b"})), 501, "NOT_IMPLEMENTED"},
		"with a bad name":   {second(volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: "x y", VolumeType: catalog.VolumeTypeManaged})), 400, "INVALID_PARAMETER_VALUE"},
		"of no schema":      {second(volumes.Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "nope", Name: "x", VolumeType: catalog.VolumeTypeManaged})), 404, "SCHEMA_DOES_NOT_EXIST"},
		"without privilege": {second(catalog.NewVolumes(s.databricks(t, cleo)).Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: "x", VolumeType: catalog.VolumeTypeManaged})), 403, "PERMISSION_DENIED"},
		"unseen":            {second(catalog.NewVolumes(s.databricks(t, cleo)).ReadByName(ctx, "main.samples.b")), 403, "PERMISSION_DENIED"},
		"to nobody":         {second(volumes.Update(ctx, catalog.UpdateVolumeRequestContent{Name: "main.samples.b", Owner: "nobody"})), 404, "PRINCIPAL_DOES_NOT_EXIST"},
	} {
		if e := apiError(t, c.err); e.StatusCode != c.status || e.ErrorCode != c.code {
			t.Errorf("a volume %s: %d %s %s, want %d %s", name, e.StatusCode, e.ErrorCode, e.Message, c.status, c.code)
		}
	}
}

// second is the error of a call with a result.
func second[T any](_ T, err error) error { return err }

func TestGrantsOnVolumesAndFunctionsBySDK(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	ctx, c := t.Context(), s.databricks(t, ana)
	if _, err := catalog.NewVolumes(c).Create(ctx, catalog.CreateVolumeRequestContent{CatalogName: "main", SchemaName: "samples", Name: "raw", VolumeType: catalog.VolumeTypeManaged}); err != nil {
		t.Fatal(err)
	}
	sql(t, c, "CREATE FUNCTION main.samples.double(x DECIMAL(10,2)) RETURNS DECIMAL(12,2) COMMENT 'twice' RETURN x * 2")
	grants := catalog.NewGrants(c)
	for _, g := range []struct {
		kind, name string
		privilege  catalog.Privilege
	}{
		{"catalog", "main", catalog.PrivilegeUseCatalog},
		{"schema", "main.samples", catalog.PrivilegeUseSchema},
		{"volume", "main.samples.raw", catalog.PrivilegeReadVolume},
		{"function", "main.samples.double", catalog.PrivilegeExecute},
	} {
		_, err := grants.Update(ctx, catalog.UpdatePermissions{SecurableType: g.kind, FullName: g.name, Changes: []catalog.PermissionsChange{{Principal: cleo, Add: []catalog.Privilege{g.privilege}}}})
		if err != nil {
			t.Fatalf("%s: %v", g.kind, err)
		}
		got, err := grants.Get(ctx, catalog.GetGrantRequest{SecurableType: g.kind, FullName: g.name, Principal: cleo})
		if err != nil || len(got.PrivilegeAssignments) != 1 || !cmp.Equal([]catalog.Privilege{g.privilege}, got.PrivilegeAssignments[0].Privileges) {
			t.Errorf("%s: %+v, error %v", g.kind, got, err)
		}
	}
	effective, err := catalog.NewGrants(s.databricks(t, cleo)).GetEffective(ctx, catalog.GetEffectiveRequest{SecurableType: "volume", FullName: "main.samples.raw", Principal: cleo})
	if err != nil || len(effective.PrivilegeAssignments) != 1 {
		t.Fatalf("effective %+v, error %v", effective, err)
	}
	var have []string
	for _, p := range effective.PrivilegeAssignments[0].Privileges {
		have = append(have, string(p.Privilege)+" of "+p.InheritedFromName)
	}
	if diff := cmp.Diff([]string{"READ_VOLUME of ", "USE_SCHEMA of main.samples", "USE_CATALOG of main"}, have); diff != "" {
		t.Errorf("effective (-want +got):\n%s", diff)
	}
	functions := catalog.NewFunctions(s.databricks(t, cleo))
	all, err := functions.ListAll(ctx, catalog.ListFunctionsRequest{CatalogName: "main", SchemaName: "samples"})
	if err != nil || len(all) != 1 {
		t.Fatalf("functions %+v, error %v", all, err)
	}
	f, err := functions.GetByName(ctx, "main.samples.double")
	if err != nil || f.Comment != "twice" || f.FullDataType != "decimal(12,2)" || f.DataType != catalog.ColumnTypeNameDecimal ||
		f.RoutineDefinition != "x * 2" || f.InputParams.Parameters[0].Name != "x" || f.InputParams.Parameters[0].TypeText != "decimal(10,2)" {
		t.Errorf("function %+v, error %v", f, err)
	}
	if e := apiError(t, functions.DeleteByName(ctx, "main.samples.double")); e.StatusCode != http.StatusForbidden {
		t.Errorf("delete by cleo: %v", e)
	}
	if err := catalog.NewFunctions(c).DeleteByName(ctx, "main.samples.double"); err != nil {
		t.Fatal(err)
	}
	if _, err := functions.GetByName(ctx, "main.samples.double"); apiError(t, err).ErrorCode != "FUNCTION_DOES_NOT_EXIST" {
		t.Errorf("after delete: %v", err)
	}
	_, err = grants.Update(ctx, catalog.UpdatePermissions{SecurableType: "volume", FullName: "main.samples.raw", Changes: []catalog.PermissionsChange{{Principal: cleo, Add: []catalog.Privilege{catalog.PrivilegeSelect}}}})
	if apiError(t, err).StatusCode != http.StatusBadRequest {
		t.Errorf("SELECT on a volume: %v", err)
	}
}

func TestWarehouseStopsAndStartsBySDK(t *testing.T) {
	t.Parallel()
	s := serveWith(t, Config{StateDir: t.TempDir(), WarehouseStartTime: 300 * time.Millisecond})
	ctx := t.Context()
	warehouses := databrickssql.NewWarehouses(s.databricks(t, ana))
	stopped, err := stopAndWait(t, warehouses)
	if err != nil || stopped.State != databrickssql.StateStopped || stopped.NumClusters != 0 {
		t.Fatalf("stopped: %+v, error %v", stopped, err)
	}
	wait, err := warehouses.Start(ctx, databrickssql.StartRequest{Id: WarehouseID})
	if err != nil {
		t.Fatal(err)
	}
	starting, err := warehouses.GetById(ctx, WarehouseID)
	if err != nil || starting.State != databrickssql.StateStarting {
		t.Errorf("after start: %+v, error %v", starting, err)
	}
	running, err := wait.GetWithTimeout(time.Minute)
	if err != nil || running.State != databrickssql.StateRunning {
		t.Errorf("started: %+v, error %v", running, err)
	}
}

func stopAndWait(t *testing.T, warehouses *databrickssql.WarehousesAPI) (*databrickssql.GetWarehouseResponse, error) {
	t.Helper()
	wait, err := warehouses.Stop(t.Context(), databrickssql.StopRequest{Id: WarehouseID})
	if err != nil {
		return nil, err
	}
	return wait.GetWithTimeout(time.Minute)
}

func TestStatementsBySDK(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	statements := databrickssql.NewStatementExecution(serve(t, t.TempDir()).databricks(t, ana))
	for name, c := range map[string]struct {
		statement, wait string
		onTimeout       databrickssql.ExecuteStatementRequestOnWaitTimeout
		want            []databrickssql.StatementState
	}{
		"wait":                     {"SELECT :n + 1", "30s", "", []databrickssql.StatementState{databrickssql.StatementStateSucceeded}},
		"default wait":             {"SELECT :n + 1", "", "", []databrickssql.StatementState{databrickssql.StatementStateSucceeded}},
		"no wait":                  {slow, "0s", "", []databrickssql.StatementState{databrickssql.StatementStatePending, databrickssql.StatementStateRunning}},
		"continue after the wait":  {slow, "5s", databrickssql.ExecuteStatementRequestOnWaitTimeoutContinue, []databrickssql.StatementState{databrickssql.StatementStateRunning}},
		"canceled after the wait":  {slow, "5s", databrickssql.ExecuteStatementRequestOnWaitTimeoutCancel, []databrickssql.StatementState{databrickssql.StatementStateCanceled}},
		"failed within the wait":   {"SELECT nope", "30s", "", []databrickssql.StatementState{databrickssql.StatementStateFailed}},
		"no wait and soon through": {"SELECT :n + 1", "0s", "", []databrickssql.StatementState{databrickssql.StatementStatePending, databrickssql.StatementStateRunning, databrickssql.StatementStateSucceeded}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := statements.ExecuteStatement(ctx, databrickssql.ExecuteStatementRequest{
				Statement: c.statement, WarehouseId: WarehouseID, WaitTimeout: c.wait, OnWaitTimeout: c.onTimeout,
				Parameters: []databrickssql.StatementParameterListItem{{Name: "n", Value: "41", Type: "INT"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, state := range c.want {
				found = found || answer.Status.State == state
			}
			if !found {
				t.Fatalf("%s, want %v", answer.Status.State, c.want)
			}
			if answer.Status.State == databrickssql.StatementStateSucceeded && (answer.Result.DataArray[0][0] != "42" || answer.Manifest.TotalRowCount != 1) {
				t.Errorf("answer %+v", answer.Result)
			}
			if c.statement == slow {
				if err := statements.CancelExecution(ctx, databrickssql.CancelExecutionRequest{StatementId: answer.StatementId}); err != nil {
					t.Error(err)
				}
				after, err := statements.GetStatementByStatementId(ctx, answer.StatementId)
				if err != nil || after.Status.State != databrickssql.StatementStateCanceled {
					t.Errorf("after cancel: %+v, error %v", after, err)
				}
			}
		})
	}
}

func TestChunksBySDK(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	statements := databrickssql.NewStatementExecution(serve(t, t.TempDir()).databricks(t, ana))
	answer, err := statements.ExecuteStatement(ctx, databrickssql.ExecuteStatementRequest{
		Statement: "SELECT id, repeat('x', 50) FROM range(400000)", WarehouseId: WarehouseID, Disposition: databrickssql.DispositionExternalLinks, Format: databrickssql.FormatCsv, WaitTimeout: "50s",
	})
	if err != nil || answer.Status.State != databrickssql.StatementStateSucceeded || answer.Manifest.TotalChunkCount < 2 {
		t.Fatalf("answer %+v, error %v", answer, err)
	}
	rows := int64(0)
	for i := range answer.Manifest.TotalChunkCount {
		chunk, err := statements.GetStatementResultChunkNByStatementIdAndChunkIndex(ctx, answer.StatementId, i)
		if err != nil || len(chunk.ExternalLinks) != 1 {
			t.Fatalf("chunk %d: %+v, error %v", i, chunk, err)
		}
		rows += chunk.ExternalLinks[0].RowCount
	}
	if rows != 400000 {
		t.Errorf("%d rows in the chunks", rows)
	}
}

func TestPeopleBySDK(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := serve(t, t.TempDir()).databricks(t, ana)
	users, groups := iam.NewUsersV2(c), iam.NewGroupsV2(c)
	for filter, want := range map[string][]string{
		`userName eq "BEN@example.com"`: {ben}, `userName sw "b"`: {ben}, `userName co "@example.com"`: {ana, ben, cleo}, `userName ne ana@example.com`: {ben, cleo}, `userName ew "x"`: nil,
	} {
		var got []string
		all, err := users.ListAll(ctx, iam.ListUsersRequest{Filter: filter})
		for _, u := range all {
			got = append(got, u.UserName)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v (-want +got):\n%s", filter, err, diff)
		}
	}
	all, err := groups.ListAll(ctx, iam.ListGroupsRequest{})
	if err != nil || len(all) < 3 {
		t.Fatalf("groups %+v, error %v", all, err)
	}
	one, err := groups.Get(ctx, iam.GetGroupRequest{Id: all[0].Id})
	if err != nil || one.DisplayName != all[0].DisplayName {
		t.Errorf("group %+v, error %v", one, err)
	}
	me, err := iam.NewCurrentUser(c).Me(ctx, iam.MeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := users.Get(ctx, iam.GetUserRequest{Id: me.Id}); err != nil || u.UserName != ana {
		t.Errorf("user %+v, error %v", u, err)
	}
	if _, err := users.Get(ctx, iam.GetUserRequest{Id: "1"}); apiError(t, err).StatusCode != http.StatusNotFound {
		t.Errorf("unknown user: %v", err)
	}
	if _, err := users.ListAll(ctx, iam.ListUsersRequest{Filter: `userName like "x"`}); apiError(t, err).StatusCode != http.StatusBadRequest {
		t.Errorf("unknown operator: %v", err)
	}
}
