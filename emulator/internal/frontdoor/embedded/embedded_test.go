package embedded_test

import (
	"errors"
	"testing"
	"time"

	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/frontdoor/embedded"
	"corbel.example/emulator/internal/principal"
)

func open(t *testing.T) embedded.Directory {
	t.Helper()
	d, err := principal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return embedded.Directory{Directory: d}
}

func TestTokensAreMadeForUsersAndServicePrincipals(t *testing.T) {
	t.Parallel()
	d := open(t)
	app, err := d.AddServicePrincipal("app shop")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ben@example.com", app.UserName, d.App().UserName} {
		token, err := d.Mint(t.Context(), frontdoor.User{UserName: name}, []string{"sql"}, time.Hour)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// A narrow token is none to come in with.
		if _, err := d.Authenticate(t.Context(), token.Value); !errors.Is(err, frontdoor.ErrUnauthenticated) {
			t.Errorf("%s comes in with a narrow token: %v", name, err)
		}
	}
	if _, err := d.Mint(t.Context(), frontdoor.User{UserName: "nobody"}, nil, time.Hour); err == nil {
		t.Error("a token for nobody")
	}
}

func TestSignInShowsTheUsersAlone(t *testing.T) {
	t.Parallel()
	d := open(t)
	if got := d.Users(); len(got) != 3 || got[0].About == "" {
		t.Errorf("users %+v", got)
	}
	if _, ok := d.User(d.App().UserName); ok {
		t.Error("the app's service principal is a user")
	}
	if _, err := d.Authenticate(t.Context(), "x"); !errors.Is(err, frontdoor.ErrUnauthenticated) {
		t.Errorf("an unknown token: %v", err)
	}
}
