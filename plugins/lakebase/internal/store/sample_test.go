package store_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/plugins/lakebase/internal/store"
)

var aSample = store.Sample{
	Preferences: store.Preferences{DefaultCatalog: ptr("main"), DefaultSchema: ptr("samples")},
	SavedQueries: []store.SampleQuery{
		{Key: "one", QueryText: store.QueryText{Name: "One", Statement: "SELECT 1", Catalog: "main", Schema: "samples"}},
		{Key: "two", QueryText: store.QueryText{Name: "Two", Statement: "SELECT 2"}},
	},
	Notes: []store.SampleNote{{Key: "note", NoteText: store.NoteText{Title: "Note", Body: "text"}}},
}

func TestSampleComesOnceAndGoes(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	s := store.Samples{Database: d}
	all := store.SampleCount{Preferences: 2, SavedQueries: 2, Notes: 1}
	var wg sync.WaitGroup
	for range 8 { // at once, as replicas would
		wg.Go(func() {
			if got, err := s.Put(t.Context(), "ana", aSample); err != nil || got != all {
				t.Errorf("put: %+v, %v", got, err)
			}
		})
	}
	wg.Wait()
	before, err := (store.Notes{Database: d}).List(t.Context(), "ana", 10, "")
	if err != nil || len(before.Items) != 1 {
		t.Fatalf("notes: %+v, %v", before, err)
	}
	if _, err := s.Put(t.Context(), "ana", aSample); err != nil {
		t.Fatal(err)
	}
	after, err := (store.Notes{Database: d}).List(t.Context(), "ana", 10, "")
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("a put that has nothing to do changes something: %s, %v", diff, err)
	}
	if got, err := s.Count(t.Context(), "ben"); err != nil || got != (store.SampleCount{}) {
		t.Errorf("another user has %+v, %v", got, err)
	}
	for range 2 {
		if got, err := s.Remove(t.Context(), "ana"); err != nil || got != (store.SampleCount{}) {
			t.Errorf("remove: %+v, %v", got, err)
		}
	}
	if p, err := (store.PreferenceStore{Database: d}).Get(t.Context(), "ana"); err != nil || p.Preferences != (store.Preferences{}) {
		t.Errorf("preferences that are left: %+v, %v", p, err)
	}
}

func TestSampleLeavesWhatIsTheUsersOwn(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	s, queries, notes, preferences := store.Samples{Database: d}, store.Queries{Database: d}, store.Notes{Database: d}, store.PreferenceStore{Database: d}
	if _, err := preferences.Replace(t.Context(), "ana", store.Preferences{Theme: ptr("dark"), DefaultCatalog: ptr("hers")}, store.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if _, err := queries.Create(t.Context(), "ana", store.QueryText{Name: "One", Statement: "SELECT 'hers'"}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Put(t.Context(), "ana", aSample)
	if want := (store.SampleCount{Preferences: 1, SavedQueries: 1, Notes: 1}); err != nil || got != want {
		t.Fatalf("put: %+v, %v, want %+v", got, err, want)
	}
	// What she edits becomes hers.
	found, err := notes.List(t.Context(), "ana", 10, "")
	if err != nil || len(found.Items) != 1 {
		t.Fatalf("notes: %+v, %v", found, err)
	}
	if _, err := notes.Update(t.Context(), "ana", found.Items[0].ID, store.NoteText{Title: "Note", Body: "edited"}, store.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if _, err := preferences.Merge(t.Context(), "ana", []byte(`{"default_schema":"hers too"}`), store.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Remove(t.Context(), "ana"); err != nil || got != (store.SampleCount{}) {
		t.Fatalf("remove: %+v, %v", got, err)
	}
	p, err := preferences.Get(t.Context(), "ana")
	if diff := cmp.Diff(store.Preferences{Theme: ptr("dark"), DefaultCatalog: ptr("hers"), DefaultSchema: ptr("hers too")}, p.Preferences); diff != "" || err != nil {
		t.Errorf("preferences: %s, %v", diff, err)
	}
	left, err := queries.List(t.Context(), "ana", 10, "")
	if err != nil || len(left.Items) != 1 || left.Items[0].Statement != "SELECT 'hers'" {
		t.Errorf("queries: %+v, %v", left, err)
	}
	if found, err := notes.List(t.Context(), "ana", 10, ""); err != nil || len(found.Items) != 1 || found.Items[0].Body != "edited" {
		t.Errorf("notes: %+v, %v", found, err)
	}
}
