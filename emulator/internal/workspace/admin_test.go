package workspace

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	databrickssql "github.com/databricks/databricks-sdk-go/service/sql"
)

func TestFaultsComeAndGo(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	const me = "/api/2.0/preview/scim/v2/Me"
	status := func(user string) int {
		got, _ := s.request(t, me, "Bearer "+s.personalToken(t, user))
		return got
	}
	c := s.databricks(t, ana)
	var rule struct {
		ID string `json:"id"`
	}
	headers := map[string]string{"Content-Type": "application/json"}
	if err := c.Do(t.Context(), http.MethodPost, "/_emulator/faults", headers, nil, object{"kind": "expired_token", "user": ben, "path": me}, &rule); err != nil {
		t.Fatal(err)
	}
	if status(ana) != http.StatusOK || status(ben) != http.StatusForbidden {
		t.Errorf("ana %d, ben %d", status(ana), status(ben))
	}
	if err := c.Do(t.Context(), http.MethodDelete, "/_emulator/faults/"+rule.ID, nil, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	if status(ben) != http.StatusOK {
		t.Errorf("ben %d after the fault", status(ben))
	}
	err := c.Do(t.Context(), http.MethodPost, "/_emulator/faults", headers, nil, object{"kind": "nope"}, nil)
	if e := apiError(t, err); e.ErrorCode != "INVALID_PARAMETER_VALUE" {
		t.Errorf("bad fault: %s", e.ErrorCode)
	}
}

func TestTheSDKWeathersRateLimits(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c := s.databricks(t, ana)
	if err := c.Do(t.Context(), http.MethodPost, "/_emulator/faults", map[string]string{"Content-Type": "application/json"}, nil,
		object{"kind": "rate_limit", "retry_after": 1, "times": 1, "method": "POST", "path": "/api/2.0/sql/statements/"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := sql(t, c, "SELECT 1").rows(); got != "1" {
		t.Errorf("rows %s", got)
	}
}

func TestADroppedConnectionIsInTheRequestLog(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c := s.databricks(t, ana)
	if err := c.Do(t.Context(), http.MethodPost, "/_emulator/faults", map[string]string{"Content-Type": "application/json"}, nil,
		object{"kind": "drop", "times": 1, "path": "/api/2.1/*"}, nil); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+uc+"catalogs", strings.NewReader(`{"name":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.personalToken(t, ana))
	if response, err := http.DefaultClient.Do(request); err == nil {
		response.Body.Close()
		t.Fatalf("answered with %d", response.StatusCode)
	}
	sql(t, c, "SELECT :p", object{"name": "p", "value": "hush"})
	var log struct {
		Requests []struct {
			Path, User string
			Status     int
			Body       json.RawMessage
			Headers    map[string]string
		} `json:"requests"`
	}
	if err := c.Do(t.Context(), http.MethodGet, "/_emulator/requests", nil, nil, nil, &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Requests) < 2 {
		t.Fatalf("log %+v", log)
	}
	last, dropped := log.Requests[0], log.Requests[1]
	if last.User != ana || last.Status != 200 || last.Headers["Authorization"] != "Bearer ***" || !strings.Contains(string(last.Body), "SELECT :p") || strings.Contains(string(last.Body), "hush") {
		t.Errorf("statement: %+v", last)
	}
	if dropped.Status != 0 || dropped.Path != uc+"catalogs" {
		t.Errorf("dropped: %+v", dropped)
	}
}

func TestTheAdminAPIIsForAdministrators(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	who, _ := s.Directory().User(ana)
	narrow, _, err := s.Directory().Mint(who, []string{"sql"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for authorization, want := range map[string]int{
		"": 401, "Bearer x": 403, "Bearer " + s.personalToken(t, ben): 403, "Bearer " + narrow: 403, "Bearer " + s.personalToken(t, ana): 200,
	} {
		for _, path := range []string{"/_emulator/faults", "/_emulator/requests"} {
			if got, body := s.request(t, path, authorization); got != want {
				t.Errorf("%s: %d, want %d: %s", path, got, want, body)
			}
		}
	}
}

func TestAStatementStartsTheWarehouse(t *testing.T) {
	t.Parallel()
	s := serveWith(t, Config{StateDir: t.TempDir(), WarehouseStartTime: 300 * time.Millisecond})
	c := s.databricks(t, ana)
	warehouses := databrickssql.NewWarehouses(c)
	state := func() databrickssql.State {
		w, err := warehouses.GetById(t.Context(), WarehouseID)
		if err != nil {
			t.Fatal(err)
		}
		return w.State
	}
	if _, err := warehouses.Stop(t.Context(), databrickssql.StopRequest{Id: WarehouseID}); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != databrickssql.StateStopped {
		t.Fatalf("after stop: %s", got)
	}
	a, err := execute(t.Context(), c, "SELECT 'x'", object{"wait_timeout": "0s"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status.State != "PENDING" {
		t.Errorf("statement is %s", a.Status.State)
	}
	poll(t, c, a.StatementID, "PENDING", "SUCCEEDED")
	if got := poll(t, c, a.StatementID, "SUCCEEDED").rows(); got != "x" {
		t.Errorf("rows %s", got)
	}
	if got := state(); got != databrickssql.StateRunning {
		t.Errorf("after the statement: %s", got)
	}
	if _, err := warehouses.Stop(t.Context(), databrickssql.StopRequest{Id: WarehouseID}); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouses.Start(t.Context(), databrickssql.StartRequest{Id: WarehouseID}); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != databrickssql.StateStarting {
		t.Errorf("after start: %s", got)
	}
	_, err = databrickssql.NewWarehouses(s.databricks(t, ben)).Stop(t.Context(), databrickssql.StopRequest{Id: WarehouseID})
	if apiError(t, err).StatusCode != http.StatusForbidden {
		t.Errorf("stop by ben: %v", err)
	}
}
