package principal

import (
	"errors"
	"testing"
	"time"
)

func TestServicePrincipalsComeAndGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	made, err := d.AddServicePrincipal("app shop")
	if err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	got, ok := d.ServicePrincipalNamed(made.UserName)
	if !ok || got.ID != made.ID || got.Kind != ServicePrincipal || len(got.Groups) != 0 {
		t.Errorf("after reopening: %+v", got)
	}
	secret, ok := d.ClientSecret(made.UserName)
	if p, err := d.ServicePrincipal(made.UserName, secret); !ok || err != nil || p.ID != made.ID {
		t.Errorf("signed in as %+v, %v", p, err)
	}
	appID, appSecret := d.AppCredentials()
	if _, err := d.ServicePrincipal(made.UserName, appSecret); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("with another's secret: %v", err)
	}
	if _, err := d.ServicePrincipal(appID, secret); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("as another: %v", err)
	}
	token, _, err := d.Mint(got, []string{ScopeAll}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RemoveServicePrincipal(made.UserName); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Authenticate(token); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("its token: %v", err)
	}
	if _, err := d.ServicePrincipal(made.UserName, secret); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("signed in after its end: %v", err)
	}
	if name, ok := open(t, dir).Known(made.UserName); ok {
		t.Errorf("%s is still known", name)
	}
	next, err := d.AddServicePrincipal("another")
	if err != nil || next.ID == made.ID {
		t.Errorf("the id %s is used again, %v", next.ID, err)
	}
}

func TestTheDeployerAdministers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	count := 0
	for _, p := range open(t, dir).ServicePrincipals() {
		if p.DisplayName == Deployer {
			count++
			if !p.MemberOf(Admins) {
				t.Errorf("%+v", p)
			}
		}
	}
	if count != 1 {
		t.Errorf("%d deployers", count)
	}
}
