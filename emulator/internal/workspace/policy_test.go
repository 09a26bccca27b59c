package workspace

import (
	"net/http"
	"testing"

	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestOneSampleTableHasARowFilterAndMasks(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	const strikes = "samples.transport.wildlife_strikes"
	play(t, s, []step{
		{as: ana, sql: "SELECT count(*), count_if(operator = 'MILITARY'), sum(total_cost) > 0, count(repair_cost) FROM " + strikes, want: "10000|829|true|10000"},
		{as: ben, sql: "SELECT count(*), count_if(operator = 'MILITARY'), sum(total_cost) > 0, count(repair_cost) FROM " + strikes, want: "9171|0|NULL|0"},
		{as: ben, sql: "SELECT count(*) FROM " + strikes + " WHERE operator = 'MILITARY' OR total_cost > 1000", want: "0"},
		{as: ben, sql: "CREATE TABLE main.samples.strikes AS SELECT * FROM " + strikes, want: "9171|9171"},
		{as: ben, sql: "ALTER TABLE " + strikes + " DROP ROW FILTER", fails: denied},
		{as: ben, sql: "SELECT samples.transport.cost_for_admins(1)", fails: denied},
		{as: cleo, sql: "SELECT count(*) FROM " + strikes, fails: denied},
	})
	var table catalog.TableInfo
	err := s.databricks(t, ben).Do(t.Context(), http.MethodGet, "/api/2.1/unity-catalog/tables/"+strikes, nil, nil, nil, &table)
	if err != nil {
		t.Fatal(err)
	}
	want := &catalog.TableRowFilter{FunctionName: "samples.transport.civil_or_admin", InputColumnNames: []string{"operator"}}
	if diff := cmp.Diff(want, table.RowFilter, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("row filter (-want +got):\n%s", diff)
	}
	masked := map[string]string{}
	for _, c := range table.Columns {
		if c.Mask != nil {
			masked[c.Name] = c.Mask.FunctionName
		}
	}
	const f = "samples.transport.cost_for_admins"
	if diff := cmp.Diff(map[string]string{"repair_cost": f, "other_cost": f, "total_cost": f}, masked); diff != "" {
		t.Errorf("masks (-want +got):\n%s", diff)
	}
}
