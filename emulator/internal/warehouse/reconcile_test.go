package warehouse

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

func open(t *testing.T, dir string, store *metastore.Store) *Warehouse {
	t.Helper()
	people, err := principal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), Config{Dir: dir, Metastore: store, Principals: people, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestOpeningReconcilesWhatAnInterruptionLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := metastore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, dir, store)
	c := metastore.Name{Catalog: "c"}
	if err := w.CreateCatalog(t.Context(), c, "o", "", nil); err != nil {
		t.Fatal(err)
	}
	name := func(table string) metastore.Name {
		return metastore.Name{Catalog: "c", Schema: DefaultSchema, Table: table}
	}
	known := func(table string) metastore.Table {
		return metastore.Table{Catalog: "c", Schema: DefaultSchema, Name: table, Kind: metastore.Managed, Columns: []metastore.Column{{Name: "a", Type: "INT", Nullable: true, Comment: "kept"}}}
	}
	for _, statement := range []string{
		"CREATE TABLE " + physical(name("unknown")) + " (a INTEGER)",
		"CREATE TABLE " + physical(name("replaced")) + " (a INTEGER, b TIMESTAMPTZ NOT NULL)",
	} {
		if _, err := w.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"missing", "replaced"} {
		if err := store.Update(func(tx *metastore.Tx) error { return tx.CreateTable(known(table)) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	w = open(t, dir, store)
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	stored, err := w.storedTables(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[metastore.Name]bool{name("replaced"): true}, stored); diff != "" {
		t.Errorf("stored tables (-want +got):\n%s", diff)
	}
	if store.Snapshot().Exists(name("missing")) {
		t.Error("a table without rows is still in the catalog")
	}
	replaced, _ := store.Snapshot().Table(name("replaced"))
	want := []metastore.Column{{Name: "a", Type: "INT", Nullable: true, Comment: "kept"}, {Name: "b", Type: "TIMESTAMP"}}
	if diff := cmp.Diff(want, replaced.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}
