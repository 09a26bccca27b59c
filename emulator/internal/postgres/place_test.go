package postgres

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corbel.example/emulator/internal/account"
)

// aPlace makes a place that says it belongs to a workspace.
func aPlace(t *testing.T, shared, name string, owner ownership) string {
	t.Helper()
	dir := filepath.Join(shared, name)
	text, err := json.Marshal(owner)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, ownerFile), string(text), 0o600)
	writeFile(t, filepath.Join(dir, lockFile), "", 0o600)
	return dir
}

func TestSweepRemovesTheDataOfDeletedWorkspacesOnly(t *testing.T) {
	t.Parallel()
	shared, elsewhere := t.TempDir(), t.TempDir()
	device, err := deviceOf(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	workspace := func(name, folder string) string {
		dir := filepath.Join(elsewhere, name)
		text, err := json.Marshal(record{Folder: folder, Key: make([]byte, keyLength)})
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, recordFile), string(text), 0o600)
		return dir
	}
	gone := filepath.Join(elsewhere, "gone", "for", "good")
	kept := map[string]string{
		"its workspace is there":      aPlace(t, shared, "0000000000000001", ownership{workspace("a", filepath.Join(shared, "0000000000000001")), device}),
		"its disk may not be there":   aPlace(t, shared, "0000000000000002", ownership{gone, device + 1}),
		"somebody has it":             aPlace(t, shared, "0000000000000003", ownership{gone, device}),
		"it has another name":         aPlace(t, shared, "postgresql-17", ownership{gone, device}),
		"it does not say whose it is": filepath.Join(shared, "0000000000000004"),
	}
	if err := os.Mkdir(kept["it does not say whose it is"], 0o700); err != nil {
		t.Fatal(err)
	}
	p := &place{dir: kept["somebody has it"]}
	if err := p.open(""); err != nil {
		t.Fatal(err)
	}
	defer p.close()
	removed := map[string]string{
		"its workspace is gone":            aPlace(t, shared, "0000000000000005", ownership{gone, device}),
		"its workspace has another by now": aPlace(t, shared, "0000000000000006", ownership{workspace("b", filepath.Join(shared, "0000000000000007")), device}),
	}
	if err := sweep(shared); err != nil {
		t.Fatal(err)
	}
	for why, dir := range kept {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("%s: %v", why, err)
		}
	}
	for why, dir := range removed {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: it is there", why)
		}
	}
}

func TestADamagedRecordSaysTheWayOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", `{"key":"c2hvcnQ="}`} {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, recordFile), text, 0o600)
		if _, err := Open(testConfig(dir)); err == nil || !strings.Contains(err.Error(), "delete the state folder") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRootsDataIsOutOfClosedFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := openPlace(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if os.Geteuid() != 0 {
		if p.dir != filepath.Join(dir, "postgres") || p.account != nil {
			t.Errorf("as an ordinary user: %s, %+v", p.dir, p.account)
		}
		return
	}
	if !strings.HasPrefix(p.dir, "/var/") || p.account == nil || *p.account == (account.Account{}) {
		t.Errorf("as root: %s, %+v", p.dir, p.account)
	}
	for path := p.dir; path != "/"; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o001 == 0 {
			t.Errorf("%s can't be passed: %v, %v", path, info, err)
		}
	}
	// The folders within belong to the account.
	if err := p.account.MakeFolder(p.data()); err != nil {
		t.Fatal(err)
	}
	again, err := accountFor(p.data())
	if err != nil || *again != *p.account {
		t.Errorf("the data is %+v's, %v", again, err)
	}
}
