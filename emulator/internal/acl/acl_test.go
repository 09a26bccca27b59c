package acl_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/principal"
)

var (
	ana  = principal.Principal{UserName: "ana", Groups: []string{principal.Admins}}
	ben  = principal.Principal{UserName: "ben", Groups: []string{"analysts"}}
	cleo = principal.Principal{UserName: "cleo"}
	app  = acl.Object{Kind: acl.App, ID: "shop"}
)

func open(t *testing.T, dir string) *acl.Store {
	t.Helper()
	s, err := acl.Open(dir)
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

func TestLevelsHoldTheLowerOnes(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	must(t, s.Change(app, acl.Grants{"analysts": acl.CanUse}, true))
	for name, tt := range map[string]struct {
		who  principal.Principal
		need acl.Level
		want bool
	}{
		"administrators always": {ana, acl.CanManage, true},
		"by a group":            {ben, acl.CanUse, true},
		"not more":              {ben, acl.CanManage, false},
		"nobody else":           {cleo, acl.CanUse, false},
	} {
		if got := s.Allows(tt.who, tt.need, app); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	must(t, s.Change(app, acl.Grants{"cleo": acl.CanManage}, false))
	if !s.Allows(cleo, acl.CanUse, app) || !s.Allows(ben, acl.CanUse, app) {
		t.Error("a permission beside another")
	}
	must(t, s.Change(app, acl.Grants{"cleo": acl.CanUse}, true))
	if s.Allows(cleo, acl.CanManage, app) || s.Allows(ben, acl.CanUse, app) {
		t.Error("a permission instead of others")
	}
}

func TestPermissionsOutliveARestartAndEndWithTheirHolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	other := acl.Object{Kind: acl.Directory, ID: "7"}
	must(t, s.Change(app, acl.Grants{"cleo": acl.CanUse, "ben": acl.CanUse}, true))
	must(t, s.Change(other, acl.Grants{"cleo": acl.CanRead}, true))
	must(t, s.ForgetPrincipal("cleo"))
	must(t, s.Revoke(app, "nobody"))
	s = open(t, dir)
	if diff := cmp.Diff(acl.Grants{"ben": acl.CanUse}, s.Grants(app)); diff != "" {
		t.Error(diff)
	}
	if len(s.Grants(other)) != 0 || !s.Granted(other) {
		t.Errorf("%v", s.Grants(other))
	}
	must(t, s.Forget(app, other))
	if open(t, dir).Granted(app) {
		t.Error("a forgotten object has permissions")
	}
}

func TestWhatCannotBeWrittenIsNotGranted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	must(t, os.Mkdir(dir, 0o700))
	s := open(t, dir)
	must(t, os.Remove(dir))
	if err := s.Change(app, acl.Grants{"cleo": acl.CanUse}, true); err == nil || s.Allows(cleo, acl.CanUse, app) {
		t.Errorf("error %v", err)
	}
}
