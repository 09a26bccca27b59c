package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

const (
	sampleData  = "/api/sampledata"
	sampleTable = "/catalog/main/samples/demo_data"
	// sampleTables is the list in which the table is.
	sampleTables = "/api/unitycatalog/catalogs/main/schemas/samples/tables"
)

// sampled is a stack whose ana has the sample data.
func sampled(t *testing.T) *stack.Stack {
	t.Helper()
	return sampledStack.get(t)
}

var sampledStack = lazyStack{start: func() (*stack.Stack, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := stack.Start(ctx, programs, filepath.Join(programs.Bin, "sampled"))
	if err != nil {
		return nil, err
	}
	_, err = s.Corbel(ctx, ana, "sample-data", "create", "--all")
	return s, err
}}

// reads waits until the page says something.
func reads(t *testing.T, page *browser.Tab, text string) {
	t.Helper()
	await(t, "the page says "+text, func() bool {
		got, err := page.Text()
		return err == nil && strings.Contains(got, text)
	})
}

func followTo(t *testing.T, page *browser.Tab, text, path string) {
	t.Helper()
	status, err := page.Follow(text)
	if err != nil || status != http.StatusOK {
		t.Fatalf("follow %q: status %d, %v", text, status, err)
	}
	if at, err := page.Location(); err != nil || !strings.Contains(at, path) {
		t.Fatalf("%q leads to %s, %v", text, at, err)
	}
}

// A new user presses Set up on the home page, finds the table and their own rows, presses Clean up, and both are gone.
func TestSampleDataComesAndGoesInTheBrowser(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			v := signIn(t, s, ana)
			page := tab(t, browser.Desk)
			if err := page.Scripting(scripts); err != nil {
				t.Fatal(err)
			}
			enter(t, page, s, ana)
			if got := get(t, v, http.StatusOK, sampleTables).Body; strings.Contains(got, "demo_data") {
				t.Errorf("at first: %s", got)
			}
			browse(t, page, s.URL+"/", http.StatusOK)
			followTo(t, page, "Set up sample data", "/sample-data?run=")
			finish := func(text string) {
				t.Helper()
				if scripts {
					reads(t, page, text) // by itself
					return
				}
				await(t, text, func() bool {
					got, err := page.Text()
					if err != nil || strings.Contains(got, text) {
						return err == nil
					}
					if _, err := page.Follow("Look again"); err != nil {
						t.Log(err) // the run has ended meanwhile
					}
					return false
				})
			}
			finish("The sample data is set up")
			if got := get(t, v, http.StatusOK, sampleTables).Body; !strings.Contains(got, "demo_data") {
				t.Errorf("the catalog shows what it has kept from before: %s", got)
			}
			followTo(t, page, "Open the table", sampleTable+"/data")
			reads(t, page, "Lamplighter's House")
			if got := get(t, v, http.StatusOK, lakebase+"/preferences").Body; !strings.Contains(got, `"default_catalog":"main"`) {
				t.Errorf("preferences: %s", got)
			}
			if got := get(t, v, http.StatusOK, lakebase+"/saved-queries").Body; !strings.Contains(got, "Sample: open") && !strings.Contains(got, "Sample: nights by hut") {
				t.Errorf("saved queries: %s", got)
			}
			browse(t, page, s.URL+"/sample-data", http.StatusOK)
			reads(t, page, "COMPLETE")
			if scripts {
				if err := page.Click("main databricks-dialog a.open"); err != nil {
					t.Fatal(err)
				}
			} else {
				followTo(t, page, "Clean up", "confirm=clean-up")
			}
			followTo(t, page, "Clean up sample data", "/sample-data?run=")
			finish("The sample data is gone")
			get(t, v, http.StatusNotFound, sampleTables+"/demo_data")
			if got := get(t, v, http.StatusOK, lakebase+"/preferences").Body; strings.TrimSpace(got) != "{}" {
				t.Errorf("preferences that are left: %s", got)
			}
			if complaints := page.Complaints(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
		})
	}
}

// Runs that have succeeded, failed and been forgotten, in every look.
func TestSampleDataRunsStandEveryLook(t *testing.T) {
	axe, err := os.ReadFile(nodeTool(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	s := sampled(t)
	for name, test := range map[string]struct{ user, says string }{
		"succeeded": {ana, "The sample data is set up"}, "failed": {cleo, "GRANT USE CATALOG ON CATALOG"}, "forgotten": {ben, "This run is not known any more"},
	} {
		t.Run(name, func(t *testing.T) {
			id := "forgotten"
			if test.user != ben {
				v := signIn(t, s, test.user)
				id = decode[struct{ ID string }](t, post(t, v, http.StatusAccepted, sampleData+"/runs", `{"targets": ["unity-catalog", "lakebase"]}`)).ID
				await(t, "the run's end", func() bool {
					return !strings.Contains(get(t, v, http.StatusOK, sampleData+"/runs/"+id).Body, `"state":"running"`)
				})
			}
			p := place{name: "sample-data-" + name, path: "/sample-data?run=" + id, user: test.user, at: sampled}
			tab := tab(t, browser.Desk)
			p.visit(t, tab)
			reads(t, tab, test.says)
			for _, look := range looks {
				if err := tab.Show(look.Look); err != nil {
					t.Fatal(err)
				}
				checkAccessible(t, tab, string(axe), look.name)
				checkFits(t, tab, look.name)
			}
			p.visit(t, tab)
			checkStops(t, tab)
			if complaints := tab.Complaints(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
		})
	}
}

// corbel runs a command and expects an exit code.
func corbel(t *testing.T, s *stack.Stack, user string, code int, args ...string) stack.Ran {
	t.Helper()
	ran, err := s.Corbel(bounded(t), user, args...)
	if err != nil {
		t.Fatal(err)
	}
	if ran.Code != code {
		t.Fatalf("corbel %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), ran.Code, code, ran.Stdout, ran.Stderr)
	}
	return ran
}

// The same from the shell, as the same user whom the browser knows.
func TestSampleDataComesAndGoesInTheShell(t *testing.T) {
	s := start(t)
	v := signIn(t, s, ana)
	corbel(t, s, ana, 1, "sample-data", "status")
	if dry := corbel(t, s, ana, 0, "sample-data", "create", "--all", "--dry-run"); !strings.Contains(dry.Stdout, "MERGE INTO `main`.`samples`.`demo_data` AS t") {
		t.Errorf("the dry run: %s", dry.Stdout)
	}
	get(t, v, http.StatusNotFound, sampleTables+"/demo_data")
	corbel(t, s, ana, 2, "sample-data", "create")
	begun := time.Now()
	made := corbel(t, s, ana, 0, "sample-data", "create", "--all")
	figure.Note(t, "sample data from the shell: created in %v, the start of the plugins included", time.Since(begun).Round(10*time.Millisecond))
	if !strings.Contains(made.Stdout, "Fill main.samples.demo_stays (12 rows)") || !strings.Contains(made.Stderr, "[0/8] ") {
		t.Errorf("create: %s%s", made.Stdout, made.Stderr)
	}
	corbel(t, s, ana, 0, "sample-data", "status")
	// What the shell has made is there for the browser's user, and for nobody else.
	if got := get(t, v, http.StatusOK, sampleData+"/status").Body; !strings.Contains(got, `"lakebase":{"state":"complete"`) {
		t.Errorf("in the browser: %s", got)
	}
	if got := get(t, signIn(t, s, ben), http.StatusOK, lakebase+"/saved-queries").Body; strings.Contains(got, "Sample") {
		t.Errorf("ben has ana's: %s", got)
	}
	refused := corbel(t, s, cleo, 3, "sample-data", "create", "--unity-catalog")
	if !strings.Contains(refused.Stderr, "GRANT ") || !strings.Contains(refused.Stderr, "TO `cleo@example.com`;") {
		t.Errorf("cleo: %s", refused.Stderr)
	}
	corbel(t, s, ana, 0, "sample-data", "cleanup", "--all")
	if again := corbel(t, s, ana, 0, "sample-data", "cleanup", "--all"); strings.Contains(again.Stdout, "done ") {
		t.Errorf("cleaning up twice: %s", again.Stdout)
	}
	corbel(t, s, ana, 1, "sample-data", "status")
}

// Processes that know nothing of each other make the same tables at once.
func TestSampleDataFromManyProcessesAtOnce(t *testing.T) {
	s := start(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			ran, err := s.Corbel(t.Context(), ana, "sample-data", "create", "--all")
			if err != nil || ran.Code != 0 {
				t.Errorf("%v, exit code %d: %s%s", err, ran.Code, ran.Stdout, ran.Stderr)
			}
		})
	}
	all.Wait()
	status := corbel(t, s, ana, 0, "sample-data", "status").Stdout
	for _, want := range []string{"demo_regions  4 of 4 rows", "demo_data  8 of 8 rows", "demo_stays  12 of 12 rows", "6 of 6"} {
		if !strings.Contains(status, want) {
			t.Errorf("no %s: %s", want, status)
		}
	}
}
