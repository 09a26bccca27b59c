package secret_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/secret"
)

func open(t *testing.T, dir string) *secret.Store {
	t.Helper()
	s, err := secret.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSecretsOutliveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	must(t, s.CreateScope("shop", "ben"))
	must(t, s.Put("shop", "key", []byte("first")))
	must(t, s.Put("shop", "key", []byte("s\x00cond")))
	must(t, s.Put("shop", "other", nil))
	must(t, s.PutACL("shop", "analysts", secret.Read))
	s = open(t, dir)
	if got, err := s.Get("shop", "key"); err != nil || string(got.Value) != "s\x00cond" || got.Updated.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := s.List("shop"); err != nil || len(list) != 2 || list[0].Key != "key" {
		t.Errorf("%+v, %v", list, err)
	}
	if acl, err := s.ACL("shop"); err != nil || len(acl) != 2 || acl["analysts"] != secret.Read || acl["ben"] != secret.Manage {
		t.Errorf("%+v, %v", acl, err)
	}
	must(t, s.Delete("shop", "key"))
	must(t, s.DeleteACL("shop", "analysts"))
	must(t, s.DeleteScope("shop"))
	if got := open(t, dir).Scopes(); len(got) != 0 {
		t.Errorf("scopes %q", got)
	}
}

func TestPermissionsOnScopes(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	must(t, s.CreateScope("shop", "ben"))
	must(t, s.PutACL("shop", "analysts", secret.Write))
	analyst := principal.Principal{UserName: "dora", Groups: []string{"analysts"}}
	for name, tt := range map[string]struct {
		who   principal.Principal
		need  secret.Permission
		scope string
		want  bool
	}{
		"who made it":        {principal.Principal{UserName: "ben"}, secret.Manage, "shop", true},
		"a group":            {analyst, secret.Read, "shop", true},
		"not more":           {analyst, secret.Manage, "shop", false},
		"somebody else":      {principal.Principal{UserName: "cleo"}, secret.Read, "shop", false},
		"an administrator":   {principal.Principal{UserName: "ana", Groups: []string{principal.Admins}}, secret.Manage, "shop", true},
		"a scope of nothing": {principal.Principal{UserName: "ben"}, secret.Read, "none", false},
	} {
		if got := s.Allows(tt.who, tt.need, tt.scope); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if secret.Permission("OWN").Valid() || !secret.Write.Valid() {
		t.Error("valid permissions")
	}
}

func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	must(t, s.CreateScope("shop", "ben"))
	for name, tt := range map[string]struct{ got, want error }{
		"a scope twice":          {s.CreateScope("shop", "ben"), secret.ErrExists},
		"a scope of no name":     {s.CreateScope("", "ben"), secret.ErrName},
		"a scope with a space":   {s.CreateScope("a b", "ben"), secret.ErrName},
		"no scope":               {s.Put("none", "k", nil), secret.ErrNoScope},
		"a key with a newline":   {s.Put("shop", "a\nb", nil), secret.ErrName},
		"a value too large":      {s.Put("shop", "k", []byte(strings.Repeat("x", secret.MaxValue+1))), secret.ErrTooLarge},
		"deleting no secret":     {s.Delete("shop", "k"), secret.ErrNoSecret},
		"deleting no scope":      {s.DeleteScope("none"), secret.ErrNoScope},
		"deleting no permission": {s.DeleteACL("shop", "cleo"), secret.ErrNoACL},
	} {
		if !errors.Is(tt.got, tt.want) {
			t.Errorf("%s: %v", name, tt.got)
		}
	}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = s.CreateScope(fmt.Sprint("more", i), "ben")
	}
	if !errors.Is(err, secret.ErrTooMany) {
		t.Errorf("more and more scopes: %v", err)
	}
}
