package user_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/host/internal/user"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

type directory func(ctx context.Context) (workspace.Me, error)

func (d directory) Me(ctx context.Context) (workspace.Me, error) { return d(ctx) }

func ada(token string) identity.Identity {
	return identity.Identity{User: identity.User{ID: "1", Email: "ada@example.com", Name: "Ada"}, AccessToken: secret.New(token)}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	knows := directory(func(context.Context) (workspace.Me, error) {
		return workspace.Me{UserName: "ada@example.com", DisplayName: "Ada Lovelace", Emails: []string{"ada@example.com", "a@example.com"}, Groups: []string{"users"}}, nil
	})
	fails := directory(func(context.Context) (workspace.Me, error) {
		return workspace.Me{}, errors.New("no route to workspace")
	})
	empty := directory(func(context.Context) (workspace.Me, error) { return workspace.Me{}, nil })
	headers := user.Profile{UserName: "ada@example.com", DisplayName: "Ada", Emails: []string{"ada@example.com"}, Groups: []string{}, Source: "headers"}
	unknown := headers
	unknown.Source = "databricks"
	for name, test := range map[string]struct {
		directory user.Directory
		identity  identity.Identity
		want      user.Profile
	}{
		"workspace knows": {knows, ada("dapi"), user.Profile{
			UserName: "ada@example.com", DisplayName: "Ada Lovelace", Emails: []string{"ada@example.com", "a@example.com"}, Groups: []string{"users"}, Source: "databricks",
		}},
		"no token":               {knows, ada(""), headers},
		"no workspace":           {nil, ada("dapi"), headers},
		"workspace down":         {fails, ada("dapi"), headers},
		"workspace says nothing": {empty, ada("dapi"), unknown},
		"id alone": {nil, identity.Identity{User: identity.User{ID: "1"}}, user.Profile{
			UserName: "1", DisplayName: "1", Emails: []string{}, Groups: []string{}, Source: "headers",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			ctx := identity.NewContext(t.Context(), test.identity)
			got, err := user.New(test.directory, slog.New(slog.NewTextHandler(&log, nil))).Of(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if failed := name == "workspace down"; failed != strings.Contains(log.String(), "no route to workspace") {
				t.Errorf("log is %q", log.String())
			}
		})
	}
}

func TestNobodyHasNoProfile(t *testing.T) {
	t.Parallel()
	_, err := user.New(nil, slog.New(slog.DiscardHandler)).Of(t.Context())
	if fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("error is %v", err)
	}
}
