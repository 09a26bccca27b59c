package metastore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/principal"
)

var (
	owner  = principal.Principal{UserName: "owner@example.com", Groups: []string{"users"}}
	admin  = principal.Principal{UserName: "admin@example.com", Groups: []string{"admins", "users"}}
	reader = principal.Principal{UserName: "reader@example.com", Groups: []string{"readers", "users"}}

	cat   = Name{Catalog: "c"}
	sch   = Name{Catalog: "c", Schema: "s"}
	table = Name{Catalog: "c", Schema: "s", Table: "t"}
)

func filled(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(func(tx *Tx) error {
		return errors.Join(
			tx.CreateCatalog(cat, owner.UserName, "", nil),
			tx.CreateSchema(sch, owner.UserName, "", nil),
			tx.CreateTable(Table{Catalog: "c", Schema: "s", Name: "t", Kind: Managed, Details: Details{Owner: owner.UserName}}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func grant(t *testing.T, s *Store, to string, on Name, privileges ...Privilege) {
	t.Helper()
	if err := s.Update(func(tx *Tx) error { return tx.ChangeGrants(on, Change{Principal: to, Add: privileges}) }); err != nil {
		t.Fatal(err)
	}
}

func TestReadingTakesThreePrivileges(t *testing.T) {
	t.Parallel()
	s := filled(t, t.TempDir())
	for _, step := range []struct {
		on        Name
		privilege Privilege
		lacks     string
	}{
		{privilege: "", lacks: "User does not have USE CATALOG on Catalog 'c'."},
		{cat, UseCatalog, "User does not have USE SCHEMA on Schema 'c.s'."},
		{sch, UseSchema, "User does not have SELECT on Table 'c.s.t'."},
		{cat, Select, ""},
	} {
		if step.privilege != "" {
			grant(t, s, "readers", step.on, step.privilege)
		}
		err := s.Snapshot().Check(reader, Select, table)
		if got := errorText(err); got != step.lacks {
			t.Errorf("after %s: %q, want %q", step.privilege, got, step.lacks)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestWhoManages(t *testing.T) {
	t.Parallel()
	s := filled(t, t.TempDir())
	snapshot := s.Snapshot()
	for who, want := range map[*principal.Principal]bool{&owner: true, &admin: true, &reader: false} {
		if got := snapshot.CanManage(*who, table); got != want {
			t.Errorf("%s manages: %v", who.UserName, got)
		}
	}
	if snapshot.Has(admin, Select, table) {
		t.Error("an administrator reads without a grant")
	}
	grant(t, s, "readers", cat, AllPrivileges)
	if s.Snapshot().CanManage(reader, table) {
		t.Error("ALL PRIVILEGES includes MANAGE")
	}
	grant(t, s, "readers", sch, Manage)
	if !s.Snapshot().CanManage(reader, table) {
		t.Error("MANAGE is not inherited")
	}
}

func TestChangesSurviveReopening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := filled(t, dir)
	grant(t, s, "readers", sch, Select, Modify)
	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want, got := s.Snapshot(), again.Snapshot()
	if diff := cmp.Diff(want.Grants(sch), got.Grants(sch)); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
	wantTable, _ := want.Table(table)
	gotTable, ok := got.Table(table)
	if diff := cmp.Diff(wantTable, gotTable); !ok || diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if want.ID() != got.ID() {
		t.Error("the metastore has another id")
	}
}

func TestFailedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := filled(t, dir)
	before := s.Snapshot()
	onDisk, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(func(tx *Tx) error {
		return errors.Join(tx.Drop(sch, true), tx.CreateCatalog(cat, "x", "", nil))
	})
	if !errors.Is(err, ErrExists) || s.Snapshot() != before {
		t.Errorf("error %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil || string(after) != string(onDisk) {
		t.Errorf("the file changed, error %v", err)
	}
}

func TestOldSnapshotsDoNotChange(t *testing.T) {
	t.Parallel()
	s := filled(t, t.TempDir())
	before := s.Snapshot()
	err := s.Update(func(tx *Tx) error {
		return errors.Join(
			tx.Change(table, "x", func(d *Details) error { d.Comment = "new"; return nil }),
			tx.ChangeGrants(table, Change{Principal: "p", Add: []Privilege{Select}}),
			tx.Drop(sch, true),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	old, ok := before.Table(table)
	if !ok || old.Comment != "" || len(before.Grants(table)) != 0 {
		t.Error("an old snapshot shows a new state")
	}
	if s.Snapshot().Exists(table) || len(s.Snapshot().Grants(table)) != 0 {
		t.Error("dropping the schema left the table or its grants")
	}
}

func TestDropRefusesWhatIsNotEmpty(t *testing.T) {
	t.Parallel()
	s := filled(t, t.TempDir())
	for _, n := range []Name{cat, sch} {
		if err := s.Update(func(tx *Tx) error { return tx.Drop(n, false) }); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("%s: error %v", n, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	s := filled(t, t.TempDir())
	for _, bad := range []string{"", "a.b", "a b", "a/b", "a\n", strings.Repeat("x", 256)} {
		var invalid *InvalidNameError
		if err := s.Update(func(tx *Tx) error { return tx.CreateSchema(Name{Catalog: "c", Schema: bad}, "o", "", nil) }); bad != "" && !errors.As(err, &invalid) {
			t.Errorf("schema %q: error %v", bad, err)
		}
	}
	for full, want := range map[string]Name{"C": cat, "c.S": sch, "c.s.t": table} {
		if got, err := ParseName(full); err != nil || got != want {
			t.Errorf("%q: %v, %v", full, got, err)
		}
	}
	for _, bad := range []string{"", "a..b", "a.b.c.d", "."} {
		if n, err := ParseName(bad); err == nil {
			t.Errorf("%q was read as %v", bad, n)
		}
	}
}

func TestPrivilegesFitTheirSecurable(t *testing.T) {
	t.Parallel()
	if p, err := ParsePrivilege("use  catalog", KindCatalog); err != nil || p != UseCatalog {
		t.Errorf("%s, %v", p, err)
	}
	for text, kind := range map[string]SecurableKind{"USE_CATALOG": KindSchema, "CREATE_TABLE": KindTable, "NONSENSE": KindCatalog} {
		if _, err := ParsePrivilege(text, kind); err == nil {
			t.Errorf("%s on a %s was accepted", text, kind)
		}
	}
}

func TestDamagedFileIsNamed(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"{", `{"version": 99}`} {
		dir := t.TempDir()
		path := filepath.Join(dir, stateFile)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", content, err)
		}
	}
}

func TestRenamingTakesEverythingAlong(t *testing.T) {
	t.Parallel()
	s := filled(t, t.TempDir())
	filter := Name{Catalog: "c", Schema: "s", Function: "f"}
	err := s.Update(func(tx *Tx) error {
		return errors.Join(
			tx.PutFunction(Function{Catalog: "c", Schema: "s", Name: "f"}, false),
			tx.ChangeTable(table, "x", func(t *Table) error { t.RowFilter = &Policy{Function: filter}; return nil }),
			tx.Grant(Grant{table, "readers", Select}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	before := s.Snapshot()
	renamed := Name{Catalog: "c", Schema: "s2", Table: "t2"}
	err = s.Update(func(tx *Tx) error {
		return errors.Join(
			tx.Rename(sch, Name{Catalog: "c", Schema: "s2"}, "x"),
			tx.Rename(Name{Catalog: "c", Schema: "s2", Table: "t"}, renamed, "x"),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	after, ok := s.Snapshot().Table(renamed)
	if !ok {
		t.Fatal("the table is not where it was moved to")
	}
	if got := after.RowFilter.Function.String(); got != "c.s2.f" {
		t.Errorf("row filter %s, want c.s2.f", got)
	}
	if got := after.Stored(); got != table {
		t.Errorf("rows are at %s, want %s", got, table)
	}
	if !s.Snapshot().Has(reader, Select, renamed) {
		t.Error("the grant did not follow")
	}
	if old, ok := before.Table(table); !ok || old.RowFilter.Function != filter {
		t.Error("an old snapshot changed")
	}
	if s.Snapshot().Exists(sch) || s.Snapshot().Exists(table) {
		t.Error("the old names still exist")
	}
	if err := s.Update(func(tx *Tx) error { return tx.Rename(renamed, renamed, "x") }); !errors.Is(err, ErrExists) {
		t.Errorf("renaming to the same name: %v, want %v", err, ErrExists)
	}
}
