package e2e

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

const (
	resultFragment = "/_fragment/unitycatalog/sql-result?"
	aHundredKRows  = "SELECT id, id * 2 AS twice, concat('row ', id) AS name FROM range(100000)"
	aMillionRows   = "SELECT id, id * 2 AS twice, concat('row ', id) AS name, CAST(id AS DECIMAL(20,2)) AS amount, id % 7 AS k FROM range(1000000)"
)

// runSQL sends the SQL page's form, waits for the result, and returns the query of its address.
func runSQL(t *testing.T, v *stack.Visitor, sql string) url.Values {
	t.Helper()
	form := url.Values{"statement": {sql}, "catalog": {"samples"}, "schema": {"science"}, "limit": {"0"}}
	a, err := v.Do(t.Context(), http.MethodPost, api+"/sql/run", strings.NewReader(form.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json")
	if err != nil || a.Status != http.StatusOK {
		t.Fatalf("run: %d %.300s, %v", a.Status, a.Body, err)
	}
	address, err := url.Parse(decode[struct{ Address string }](t, a).Address)
	if err != nil {
		t.Fatal(err)
	}
	query := url.Values{"run": {address.Query().Get("run")}}
	await(t, "the result is there", func() bool {
		return strings.Contains(get(t, v, http.StatusOK, resultFragment+query.Encode()+"&wait=2").Body, " rows")
	})
	return query
}

func TestSQLResultsArePagedAndDownloaded(t *testing.T) {
	v := as(t, ana)
	query := runSQL(t, v, aHundredKRows)
	page := func(from string) time.Duration {
		start := time.Now()
		body := get(t, v, http.StatusOK, resultFragment+query.Encode()+"&from="+from).Body
		took := time.Since(start)
		if !strings.Contains(body, "row "+from) {
			t.Fatalf("no row %s on its page: %.500s", from, body)
		}
		return took
	}
	var first, paging time.Duration
	for i, from := range []string{"0", "50000", "99900", "20000", "70000"} {
		took := page(from)
		if i == 0 {
			first = took
		}
		paging = max(paging, took)
	}
	figure.Note(t, "100,000 rows: first page %v, slowest of five %v", first.Round(time.Millisecond), paging.Round(time.Millisecond))
	sorted := get(t, v, http.StatusOK, resultFragment+query.Encode()+"&sort=0&order=desc").Body
	if strings.Index(sorted, "row 99999<") > strings.Index(sorted, "row 99998<") || !strings.Contains(sorted, "row 99900<") {
		t.Error("the rows are not sorted")
	}
	million := runSQL(t, v, aMillionRows).Get("run")
	downloadCSV(t, million) // what it takes once is no growth
	before := memoryOfSQL(t)
	size, took := downloadCSV(t, million)
	grown := max(0, memoryOfSQL(t)-before)
	rate := float64(size) / took.Seconds() / 1e6
	figure.Note(t, "CSV of 1,000,000 rows: %d MB at %.0f MB/s, host and plugin +%d MiB", size/1e6, rate, grown>>20)
	if rate < 20 || grown > maxCSVGrowth {
		t.Errorf("%.1f MB/s, want 20; +%d MiB, want %d at most", rate, grown>>20, maxCSVGrowth>>20)
	}
	get(t, as(t, ben), http.StatusNotFound, api+"/statements/"+million+"/csv")
}

// maxCSVGrowth is far less than the result, which is 38 MB.
const maxCSVGrowth = 8 << 20

// memoryOfSQL is what host and plugin have resident together.
func memoryOfSQL(t *testing.T) (bytes int) {
	t.Helper()
	for _, program := range []string{"corbel", "plugins/unitycatalog"} {
		p, err := running(t).Process(t.Context(), program)
		if err != nil {
			t.Fatal(err)
		}
		bytes += resident(t, p)
	}
	return bytes
}

// downloadCSV reads a result to its end and checks that all rows are there.
func downloadCSV(t *testing.T, id string) (size int64, took time.Duration) {
	t.Helper()
	cookies, err := as(t, ana).Cookies()
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, running(t).URL+api+"/statements/"+id+"/csv", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	start := time.Now()
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	counted := &lineCounter{}
	size, err = io.Copy(counted, a.Body)
	took = time.Since(start)
	if err != nil || a.StatusCode != http.StatusOK || counted.lines != 1_000_001 {
		t.Fatalf("status %d, %d lines, %v", a.StatusCode, counted.lines, err)
	}
	return size, took
}

type lineCounter struct{ lines int }

func (c *lineCounter) Write(p []byte) (int, error) {
	c.lines += strings.Count(string(p), "\n")
	return len(p), nil
}

func TestBrowserRunsSQL(t *testing.T) {
	p := openSQL(t, running(t), ana)
	p.run("SELECT * FROM samples.science.penguins")
	p.sees("the rows, without a reload", shown+`.includes('1-100 of 344')`)
	p.sees("an address to share", `location.search.includes('statement=SELECT') && location.search.includes('run=')`)
	p.click(`databricks-fragment a[rel=next]`)
	p.sees("the next page", shown+`.includes('101-200 of 344')`)

	p.click(`databricks-fragment databricks-tabs a:not([aria-current])`)
	p.sees("the chart", `document.querySelectorAll('databricks-chart svg').length === 1`)
	p.do(`document.querySelector('[name=kind]').value = 'histogram'; document.querySelector('[name=kind]').form.requestSubmit()`)
	p.sees("another chart", `document.querySelector('databricks-chart')?.innerHTML.includes('Histogram') && location.search.includes('kind=histogram')`)

	p.write(aHundredKRows)
	p.do(`document.querySelector('[name=limit]').value = '100000'`)
	p.do(`window.begun = performance.now(); ` + runIt)
	p.sees("a hundred thousand rows", shown+`.includes('of 100,000') && (window.took ??= performance.now() - window.begun)`)
	took, err := browser.Evaluate[float64](p.tab, `window.took`)
	if err != nil || took > 1500 {
		t.Errorf("%.0f ms from Run to the rows, %v", took, err)
	}
	figure.Note(t, "100,000 rows: first rows on screen %.0f ms after Run, the warehouse's own time included", took)

	p.run("SELECT nope FROM samples.science.penguins")
	p.sees("the error explained", shown+`.includes('UNRESOLVED_COLUMN') && `+shown+`.includes('Request id')`)
	p.sees("and underlined in the editor", `document.querySelector('databricks-editor').dataset.errorStart === '7' && `+editorRoot+`.querySelector('.error')?.innerText === 'nope'`)

	p.write("SELECT :island AS island, :n + 1 AS n")
	p.sees("fields of the parameters", `document.querySelectorAll('[name^="p."]').length === 2`)
	p.do(`document.querySelector('[name="p.island"]').value = 'Dream'; document.querySelector('[name="t.n"]').value = 'INT'; document.querySelector('[name="p.n"]').value = '41'`)
	p.do(runIt)
	p.sees("them bound", shown+`.includes('Dream') && `+shown+`.includes('42')`)

	p.run(endless)
	p.sees("progress", shown+`.includes('RUNNING')`)
	p.click(`form[action$="/sql/cancel"] button`)
	p.sees("it cancelled", shown+`.includes('was cancelled')`)
	p.done()
}

func TestAnExampleIsTwoClicksAway(t *testing.T) {
	p := openSQL(t, running(t), ana)
	if status, err := p.tab.Follow("Try an example"); err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v", status, err)
	}
	p.sees("its statement", `document.querySelector('textarea[name=statement]')?.value.includes(':below')`)
	p.sees("its parameter", `document.querySelector('[name="p.below"]')?.value === '20' && !document.querySelector('databricks-empty a')`)
	p.do(runIt)
	p.sees("its rows", shown+`.includes('1-20 of 20')`)
	p.click(`databricks-fragment databricks-tabs a:not([aria-current])`)
	p.sees("its chart", `document.querySelectorAll('databricks-chart svg').length === 1`)
	p.done()
}

// endless is a statement that takes longer than any test.
const endless = "SELECT count(*) FROM range(100000000) a CROSS JOIN range(100000) b WHERE (a.id * b.id) % 7 = 3"

// What the server has said beside the editor is about the statement that it was sent with, and no other.
func TestTheNextRunForgetsTheError(t *testing.T) {
	p := openSQL(t, running(t), ana)
	p.run("SELECT nope FROM samples.science.penguins")
	p.sees("the error", shown+`.includes('UNRESOLVED_COLUMN')`)
	p.reload()
	p.sees("the note below the editor", `document.querySelector('databricks-editor small[role=alert]')?.innerText.includes('UNRESOLVED_COLUMN')`)
	p.sees("the place underlined", editorRoot+`.querySelector('.error')?.innerText === 'nope'`)
	p.is("the editor says so", editorRoot+`.querySelector('.cm-content').ariaInvalid ?? ''`, "true")
	p.run("SELECT 1234 FROM samples.science.penguins") // as long as the other
	p.sees("the rows", shown+`.includes('of 344')`)
	p.sees("nothing of the error", `!document.querySelector('databricks-editor small[role=alert]') && !`+editorRoot+`.querySelector('.error')`)
	p.is("the editor says so", editorRoot+`.querySelector('.cm-content').ariaInvalid ?? ''`, "")
	p.is("what a screen reader says", `String(`+editorRoot+`.querySelector('#note').innerText.includes('UNRESOLVED'))`, "false")
	p.done()
}

// What a run leads to, in every look: it breaks no rule of axe-core, nothing sticks out or is cut off.
func TestSQLResultsStandEveryLook(t *testing.T) {
	axe, err := os.ReadFile(nodeTool(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	s := running(t)
	v := as(t, ana)
	at := func(sql, view string) string {
		form := url.Values{"statement": {sql}, "catalog": {"samples"}, "schema": {"science"}}
		a, err := v.Do(t.Context(), http.MethodPost, api+"/sql/run", strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
		if err != nil || a.Status != http.StatusSeeOther {
			t.Fatalf("run: %d %.300s, %v", a.Status, a.Body, err)
		}
		return a.Header.Get("Location") + view
	}
	for name, path := range map[string]string{
		"sql-rows":   at("SELECT *, repeat(species, 100) AS long, 'שלום' AS he, unhex('00FF') AS bytes FROM penguins", ""),
		"sql-chart":  at("SELECT species, avg(body_mass_g) AS mass FROM penguins GROUP BY species", "&view=chart"),
		"sql-failed": at("SELECT species,\n       nope\nFROM penguins", ""),
		"sql-empty":  at("SELECT * FROM penguins WHERE false", ""),
	} {
		t.Run(name, func(t *testing.T) {
			tab := tab(t, browser.Desk)
			enter(t, tab, s, ana)
			browse(t, tab, s.URL+path, http.StatusOK)
			for _, look := range looks {
				if err := tab.Show(look.Look); err != nil {
					t.Fatal(err)
				}
				checkAccessible(t, tab, string(axe), look.name)
				checkFits(t, tab, look.name)
				if look.Look != browser.DeskForced {
					takePicture(t, tab, name, look.name)
				}
			}
			if complaints := tab.Complaints(); len(complaints) != 0 {
				t.Errorf("the browser complains: %v", complaints)
			}
		})
	}
}

func TestSQLPageWorksWithoutScript(t *testing.T) {
	s := running(t)
	page := tab(t, browser.Phone)
	enter(t, page, s, ana)
	if err := page.Scripting(false); err != nil {
		t.Fatal(err)
	}
	browse(t, page, s.URL+"/sql?statement="+url.QueryEscape("SELECT species, :limit AS n FROM samples.science.penguins LIMIT 3")+"&p.limit=7&t.limit=INT", http.StatusOK)
	if _, err := browser.Evaluate[any](page, `document.querySelector('form[action$="/sql/run"] button').focus()`); err != nil {
		t.Fatal(err)
	}
	if _, err := page.PressToLeave(browser.KeyEnter); err != nil {
		t.Fatal(err)
	}
	text, err := page.Text()
	if err != nil || !strings.Contains(text, "1-3 of 3") || !strings.Contains(text, "Adelie") {
		t.Errorf("no rows without script: %v\n%s", err, text)
	}
	if at, err := page.Location(); err != nil || !regexp.MustCompile(`/sql\?.*run=`).MatchString(at) {
		t.Errorf("the page is %s, %v", at, err)
	}
	if pixels, culprits, err := page.Overflow(); err != nil || pixels != 0 {
		t.Errorf("%d px beside a phone: %v, %v", pixels, culprits, err)
	}
}
