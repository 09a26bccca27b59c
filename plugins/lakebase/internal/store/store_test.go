package store_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/plugins/lakebase/internal/credential"
	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/plugins/lakebase/internal/postgrestest"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/secret"
)

var server *postgrestest.Server

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m, &server)) }

// open returns a database of its own, with its tables, and how it is reached.
func open(t *testing.T) (*database.Database, database.Settings) {
	t.Helper()
	settings := server.Database(t)
	d, err := database.Open(settings, credential.Static{Value: secret.New(server.Password)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if _, err := (store.Notes{Database: d}).List(t.Context(), "nobody", 1, ""); err != nil { // once the tables are there
		t.Fatal(err)
	}
	return d, settings
}

func kindOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.From(err).Kind.String()
}

func ptr[T any](v T) *T { return &v }

func TestPreferences(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	s := store.PreferenceStore{Database: d}
	got, err := s.Get(t.Context(), "ana")
	if err != nil || got.Version != 0 || got.Theme != nil {
		t.Fatalf("before anything was saved: %+v, %v", got, err)
	}
	if _, err := s.Replace(t.Context(), "ana", store.Preferences{}, 5); kindOf(err) != "PRECONDITION_FAILED" {
		t.Errorf("a version that never was: %v", err)
	}
	saved, err := s.Replace(t.Context(), "ana", store.Preferences{Theme: ptr("dark"), PageSize: ptr(50)}, 0)
	if err != nil || saved.Version != 1 {
		t.Fatalf("first: %+v, %v", saved, err)
	}
	if _, err := s.Replace(t.Context(), "ana", store.Preferences{}, 0); kindOf(err) != "PRECONDITION_FAILED" {
		t.Errorf("first again: %v", err)
	}
	merged, err := s.Merge(t.Context(), "ana", json.RawMessage(`{"theme":null,"default_catalog":"main"}`), 1)
	if err != nil || merged.Version != 2 {
		t.Fatalf("merge: %+v, %v", merged, err)
	}
	if diff := cmp.Diff(store.Preferences{PageSize: ptr(50), DefaultCatalog: ptr("main")}, merged.Preferences); diff != "" {
		t.Error(diff)
	}
	if other, err := s.Get(t.Context(), "ben"); err != nil || other.Version != 0 {
		t.Errorf("another user: %+v, %v", other, err)
	}
}

func TestOfTwoWritersWhoKnowTheSameVersionOneIsRefused(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	s := store.PreferenceStore{Database: d}
	for version := range int64(20) {
		var wg sync.WaitGroup
		outcomes := make([]string, 4)
		for i := range outcomes {
			wg.Go(func() {
				_, err := s.Replace(t.Context(), "ana", store.Preferences{PageSize: ptr(i + 1)}, version)
				outcomes[i] = kindOf(err)
			})
		}
		wg.Wait()
		won := 0
		for _, outcome := range outcomes {
			switch outcome {
			case "":
				won++
			case "PRECONDITION_FAILED":
			default:
				t.Errorf("outcome %s", outcome)
			}
		}
		if won != 1 {
			t.Fatalf("version %d: %d writers have won: %v", version, won, outcomes)
		}
	}
}

func TestSavedQueries(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	s := store.Queries{Database: d}
	q, err := s.Create(t.Context(), "ana", store.QueryText{Name: "a", Statement: "SELECT 1"})
	if err != nil || q.Version != 1 || !store.IsID(q.ID) || q.CreatedAt.IsZero() {
		t.Fatalf("create: %+v, %v", q, err)
	}
	if _, err := s.Create(t.Context(), "ana", store.QueryText{Name: "a", Statement: "SELECT 2"}); kindOf(err) != "CONFLICT" {
		t.Errorf("a name twice: %v", err)
	}
	if _, err := s.Create(t.Context(), "ben", store.QueryText{Name: "a", Statement: "SELECT 2"}); err != nil {
		t.Errorf("the name with another user: %v", err)
	}
	for i := range 4 {
		if _, err := s.Create(t.Context(), "ana", store.QueryText{Name: fmt.Sprintf("b%d", i), Statement: "SELECT 1"}); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for token := ""; ; {
		page, err := s.List(t.Context(), "ana", 2, token)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range page.Items {
			names = append(names, q.Name)
		}
		if token = page.Next; token == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"a", "b0", "b1", "b2", "b3"}, names); diff != "" {
		t.Error(diff)
	}
	updated, err := s.Update(t.Context(), "ana", q.ID, store.QueryText{Name: "a", Statement: "SELECT 3"}, 1)
	if err != nil || updated.Version != 2 || updated.Statement != "SELECT 3" {
		t.Errorf("update: %+v, %v", updated, err)
	}
	for name, err := range map[string]error{
		"PRECONDITION_FAILED stale update": second(s.Update(t.Context(), "ana", q.ID, q.QueryText, 1)),
		"PRECONDITION_FAILED stale delete": s.Delete(t.Context(), "ana", q.ID, 1),
		"NOT_FOUND update by another":      second(s.Update(t.Context(), "ben", q.ID, q.QueryText, store.AnyVersion)),
		"NOT_FOUND delete by another":      s.Delete(t.Context(), "ben", q.ID, store.AnyVersion),
		"NOT_FOUND get by another":         second(s.Get(t.Context(), "ben", q.ID)),
		"CONFLICT rename onto another":     second(s.Update(t.Context(), "ana", q.ID, store.QueryText{Name: "b1", Statement: "x"}, 2)),
	} {
		if want, _, _ := strings.Cut(name, " "); kindOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Delete(t.Context(), "ana", q.ID, 2); err != nil {
		t.Error(err)
	}
	if err := s.Delete(t.Context(), "ana", q.ID, store.AnyVersion); kindOf(err) != "NOT_FOUND" {
		t.Errorf("delete twice: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	s := store.History{Database: d, Limit: 5}
	for i := range 9 {
		if _, err := s.Record(t.Context(), "ana", store.Execution{Statement: fmt.Sprint(i), Status: "SUCCEEDED", RowCount: ptr(int64(i))}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := s.List(t.Context(), "ana", 3, "")
	if err != nil || len(page.Items) != 3 || page.Items[0].Statement != "8" {
		t.Fatalf("%+v, %v", page, err)
	}
	rest, err := s.List(t.Context(), "ana", 3, page.Next)
	if err != nil || len(rest.Items) != 2 || rest.Items[1].Statement != "4" || rest.Next != "" {
		t.Errorf("%+v, %v", rest, err)
	}
	if _, err := s.List(t.Context(), "ana", 3, "x"); kindOf(err) != "INVALID" {
		t.Errorf("a token of nobody: %v", err)
	}
	if err := s.Clear(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	if page, err := s.List(t.Context(), "ana", 3, ""); err != nil || len(page.Items) != 0 {
		t.Errorf("after clearing: %+v, %v", page, err)
	}
}

func TestNobodyIsNoUser(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	if _, err := (store.Notes{Database: d}).Create(t.Context(), "", store.NoteText{Title: "x"}); kindOf(err) != "UNAUTHENTICATED" {
		t.Errorf("%v", err)
	}
}
