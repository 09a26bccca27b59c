package workspace

import (
	"net/http"
	"testing"
	"time"

	sdkduration "github.com/databricks/databricks-sdk-go/common/types/duration"
	sdktime "github.com/databricks/databricks-sdk-go/common/types/time"
	"github.com/databricks/databricks-sdk-go/service/database"
	"github.com/databricks/databricks-sdk-go/service/postgres"
)

func checkCredentialsOfBothAPIsLogIn(t *testing.T, s *served) {
	t.Helper()
	projects, instances := postgres.NewPostgres(s.databricks(t, ben)), database.NewDatabase(s.databricks(t, ben))
	newer, err := projects.GenerateDatabaseCredential(t.Context(), postgres.GenerateDatabaseCredentialRequest{Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	older, err := instances.GenerateDatabaseCredential(t.Context(), database.GenerateDatabaseCredentialRequest{InstanceNames: []string{"corbel"}, RequestId: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	expires, err := time.Parse(time.RFC3339, older.ExpirationTime)
	if err != nil {
		t.Fatal(err)
	}
	for api, c := range map[string]struct {
		token   string
		expires time.Time
	}{"postgres": {newer.Token, newer.ExpireTime.AsTime()}, "database": {older.Token, expires}} {
		if left := time.Until(c.expires); left < 59*time.Minute || left > time.Hour {
			t.Errorf("%s: the token is good for %v", api, left)
		}
		if who, err := s.logIn(t, ben, c.token); err != nil || who != ben {
			t.Errorf("%s: logged in as %q, %v", api, who, err)
		}
		if got := s.loginCode(t, ana, c.token); got != "28P01" {
			t.Errorf("%s: as somebody else: %s", api, got)
		}
		// It is good for nothing else.
		if got, body := s.request(t, "/api/2.0/preview/scim/v2/Me", "Bearer "+c.token); got != http.StatusForbidden {
			t.Errorf("%s: the workspace answers the token with %d: %s", api, got, body)
		}
	}
}

func checkTheAppLogsInWithItsOwnToken(t *testing.T, s *served) {
	t.Helper()
	app := s.Directory().App()
	token, _, err := s.Directory().Mint(app, []string{"all-apis"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := s.logIn(t, app.UserName, token); err != nil || who != app.UserName {
		t.Errorf("logged in as %q, %v", who, err)
	}
	credential, err := postgres.NewPostgres(s.databricksWith(t, token)).GenerateDatabaseCredential(t.Context(), postgres.GenerateDatabaseCredentialRequest{Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	if who, err := s.logIn(t, app.UserName, credential.Token); err != nil || who != app.UserName {
		t.Errorf("logged in as %q, %v", who, err)
	}
}

func TestCredentialsExpireAndAreRevoked(t *testing.T) {
	t.Parallel()
	const life = 2 * time.Second
	s := serveLakebase(t, life)
	api := postgres.NewPostgres(s.databricks(t, ben))
	credential := func() *postgres.DatabaseCredential {
		c, err := api.GenerateDatabaseCredential(t.Context(), postgres.GenerateDatabaseCredentialRequest{Endpoint: endpoint})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	brief := credential()
	if got := s.loginCode(t, ben, brief.Token); got != "" {
		t.Errorf("a new one: %s", got)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(brief.ExpireTime.AsTime()) {
		<-tick.C
	}
	if got := s.loginCode(t, ben, brief.Token); got != "28P01" {
		t.Errorf("after %v: %q", life, got)
	}

	admin := s.databricks(t, ana)
	revoke := func(body object) error {
		return admin.Do(t.Context(), http.MethodPost, "/_emulator/tokens/revoke", map[string]string{"Content-Type": "application/json"}, nil, body, nil)
	}
	first, second := credential(), credential()
	if err := revoke(object{"token": first.Token}); err != nil {
		t.Fatal(err)
	}
	if got := s.loginCode(t, ben, first.Token); got != "28P01" {
		t.Errorf("a revoked one: %q", got)
	}
	if err := revoke(object{"principal": ben}); err != nil {
		t.Fatal(err)
	}
	if got := s.loginCode(t, ben, second.Token); got != "28P01" {
		t.Errorf("the other one: %q", got)
	}
	if got := s.loginCode(t, ben, s.personalToken(t, ben)); got != "" {
		t.Errorf("a personal token, which isn't minted: %s", got)
	}
	for _, body := range []object{{}, {"token": "x", "principal": ben}, {"nope": 1}} {
		if err := revoke(body); apiError(t, err).StatusCode != http.StatusBadRequest {
			t.Errorf("revoke %v: %v", body, err)
		}
	}
}

func checkRequestsForCredentialsAreChecked(t *testing.T, s *served) {
	t.Helper()
	c := s.databricks(t, ben)
	for name, request := range map[string]struct {
		path string
		body object
		want string
	}{
		"no endpoint":       {"postgres", object{}, "INVALID_PARAMETER_VALUE"},
		"another endpoint":  {"postgres", object{"endpoint": branch + "/endpoints/other"}, "NOT_FOUND"},
		"a short life":      {"postgres", object{"endpoint": endpoint, "ttl": "10s"}, "INVALID_PARAMETER_VALUE"},
		"a life in hours":   {"postgres", object{"endpoint": endpoint, "ttl": "1h"}, "INVALID_PARAMETER_VALUE"},
		"a life of nothing": {"postgres", object{"endpoint": endpoint, "ttl": "x"}, "INVALID_PARAMETER_VALUE"},
		"an end long past":  {"postgres", object{"endpoint": endpoint, "expire_time": "2020-01-01T00:00:00Z"}, "INVALID_PARAMETER_VALUE"},
		"two lives":         {"postgres", object{"endpoint": endpoint, "ttl": "600s", "expire_time": "2020-01-01T00:00:00Z"}, "INVALID_PARAMETER_VALUE"},
		"claims":            {"postgres", object{"endpoint": endpoint, "claims": []object{{}}}, "NOT_IMPLEMENTED"},
		"no instance":       {"database", object{"request_id": "x"}, "INVALID_PARAMETER_VALUE"},
		"another instance":  {"database", object{"instance_names": []string{"corbel", "other"}}, "NOT_FOUND"},
	} {
		err := c.Do(t.Context(), http.MethodPost, "/api/2.0/"+request.path+"/credentials", map[string]string{"Content-Type": "application/json"}, nil, request.body, nil)
		if e := apiError(t, err); e.ErrorCode != request.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	api := postgres.NewPostgres(c)
	for name, request := range map[string]postgres.GenerateDatabaseCredentialRequest{
		"ttl":         {Endpoint: endpoint, Ttl: sdkduration.New(10 * time.Minute)},
		"expire_time": {Endpoint: endpoint, ExpireTime: sdktime.New(time.Now().Add(10 * time.Minute))},
	} {
		credential, err := api.GenerateDatabaseCredential(t.Context(), request)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if left := time.Until(credential.ExpireTime.AsTime()); left < 9*time.Minute || left > 10*time.Minute {
			t.Errorf("%s: the token is good for %v", name, left)
		}
	}
}
