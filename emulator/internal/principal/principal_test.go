package principal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *Directory {
	t.Helper()
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPersonalTokensSurviveReopening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir)
	for _, u := range first.Users() {
		token, err := first.PersonalToken(u.UserName)
		if err != nil {
			t.Fatal(err)
		}
		id, err := open(t, dir).Authenticate(token)
		if err != nil {
			t.Fatalf("token of %s after reopening: %v", u.UserName, err)
		}
		if diff := cmp.Diff(u, id.Principal); diff != "" {
			t.Errorf("principal (-want +got):\n%s", diff)
		}
		if !id.HasScope("sql") || !id.Expires.IsZero() {
			t.Errorf("personal token: scopes %v, expires %v", id.Scopes, id.Expires)
		}
	}
}

func TestCredentialsFileIsReadableByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	info, err := os.Stat(filepath.Join(dir, credentialsFile))
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != fs.FileMode(0o600) {
		t.Errorf("mode %o, want 600", got)
	}
}

func TestDamagedCredentialsFileIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, credentialsFile)
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestMintedTokenDiesWithItsLife(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	now := time.Now()
	d.now = func() time.Time { return now }
	ben, _ := d.User("BEN@example.com")
	token, expires, err := d.Mint(ben, []string{"sql"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.Authenticate(token)
	if err != nil || id.Principal.UserName != "ben@example.com" || !id.Expires.Equal(expires) {
		t.Fatalf("identity %+v, error %v", id, err)
	}
	if !id.HasScope("catalog.tables:read", "sql") || id.HasScope("catalog.tables:read") {
		t.Errorf("scopes are not those of the token: %v", id.Scopes)
	}
	now = expires
	if _, err := d.Authenticate(token); !errors.Is(err, ErrUnauthenticated) {
		t.Errorf("expired token: error %v", err)
	}
}

func TestInvalidTokens(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	ana, _ := d.User("ana@example.com")
	revoked, _, err := d.Mint(ana, []string{ScopeAll}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	d.Revoke(revoked)
	for name, token := range map[string]string{"empty": "", "unknown": "dapi00", "revoked": revoked} {
		if _, err := d.Authenticate(token); !errors.Is(err, ErrUnauthenticated) {
			t.Errorf("%s token: error %v", name, err)
		}
	}
	if _, _, err := d.Mint(ana, nil, 0); err == nil {
		t.Error("a token without a life was minted")
	}
}

func TestMintedTokensAreBounded(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	cleo, _ := d.User("cleo@example.com")
	first, _, err := d.Mint(cleo, nil, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for range maxMintedTokens {
		if _, _, err := d.Mint(cleo, nil, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(d.tokens.byDigest); got > maxMintedTokens {
		t.Errorf("%d tokens live, want at most %d", got, maxMintedTokens)
	}
	if _, err := d.Authenticate(first); err == nil {
		t.Error("the token that expires soonest was not the one to go")
	}
	personal, err := d.PersonalToken("cleo@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Authenticate(personal); err != nil {
		t.Errorf("a personal token was evicted: %v", err)
	}
}

func TestServicePrincipalProvesItselfBySecret(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	id, secret := d.AppCredentials()
	p, err := d.ServicePrincipal(id, secret)
	if err != nil || p.Kind != ServicePrincipal || p.UserName != id {
		t.Errorf("principal %+v, error %v", p, err)
	}
	for _, wrong := range [][2]string{{id, "x"}, {"x", secret}, {"", ""}} {
		if _, err := d.ServicePrincipal(wrong[0], wrong[1]); !errors.Is(err, ErrUnauthenticated) {
			t.Errorf("credentials %q: error %v", wrong, err)
		}
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	var names []string
	for _, g := range d.Groups() {
		names = append(names, g.DisplayName)
	}
	if diff := cmp.Diff([]string{"admins", "analysts", "users"}, names); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	users, ok := d.Group("users")
	if !ok || len(users.Members) != len(d.Users())+len(d.ServicePrincipals()) {
		t.Errorf("group users: %+v", users)
	}
	ben, _ := d.User("ben@example.com")
	if !ben.MemberOf("analysts") || !ben.MemberOf(AllAccountUsers) || ben.MemberOf("admins") {
		t.Errorf("memberships of ben: %v", ben.Groups)
	}
	for name, want := range map[string]string{"Ben@Example.com": "ben@example.com", "ANALYSTS": "analysts", "account users": "account users", "nobody": ""} {
		if got, _ := d.Known(name); got != want {
			t.Errorf("Known(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestContextCarriesIdentity(t *testing.T) {
	t.Parallel()
	if _, ok := FromContext(t.Context()); ok {
		t.Error("an identity out of nothing")
	}
	want := Identity{Principal: Principal{UserName: "ana@example.com"}}
	got, ok := FromContext(NewContext(t.Context(), want))
	if !ok || !cmp.Equal(want, got) {
		t.Errorf("got %+v", got)
	}
}
