package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
)

// columns makes a list of many columns of one expression each.
func columns(n int, expression string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, expression+" AS column_%d", i, i)
	}
	return b.String()
}

// Values that are large, many or strange are shown as they are, within the page's own bounds.
func TestSQLPageShowsWhateverTheResultHolds(t *testing.T) {
	// What the page has of a cell leads to the whole of it: how long that is, and how it ends.
	const whole = `(async () => {
		const link = [...document.querySelectorAll('databricks-fragment tbody td a')].at(-1);
		const text = await (await fetch(link.href)).text();
		return link.innerText + ': ' + [...text].length + ' ' + text.slice(-3);
	})()`
	tests := map[string]struct{ sql, rows, expression, want string }{
		"500 columns": {
			"SELECT " + columns(500, "id + %d") + " FROM range(1000)", "1-10 of 1,000",
			`[document.querySelectorAll('databricks-fragment th').length, document.querySelectorAll('databricks-fragment tbody tr').length, ` + firstRow + `.at(-1)].join()`, "500,10,499",
		},
		"500 columns of long values": {
			"SELECT " + columns(500, "repeat('<&\"%d', 500)") + " FROM range(30)", "1-10 of 30",
			whole, "all 2.9 KiB: 3000 499",
		},
		"more columns than a page has": {
			"SELECT " + columns(1200, "id + %d") + " FROM range(7)", "1-5 of 7",
			`String(document.querySelectorAll('databricks-fragment th').length + ' ' + ` + shown + `.includes('the first 1,000 of 1,200 columns'))`, "1000 true",
		},
		"cells of 1 MB": {
			"SELECT id, repeat('<b>', 349525) || 'end' AS big FROM range(100)", "1-100 of 100", whole, "all 1 MiB: 1048578 end",
		},
		"binary": {
			"SELECT unhex('00FF1B5B0A') AS b, unhex('') AS none, CAST(NULL AS BINARY) AS missing", "1-1 of 1", firstRow + `.join('|')`, "0x00FF1B5B0A|0x|NULL",
		},
		"emoji": {
			"SELECT '👩‍👩‍👧‍👦🏳️‍🌈é' AS family, repeat('👩‍👩‍👧‍👦', 50000) AS many", "1-1 of 1",
			firstRow + `[0] + ' ' + !document.querySelector('databricks-fragment').innerText.includes('\ufffd')`, "👩‍👩‍👧‍👦🏳️‍🌈é true",
		},
		"right to left": {
			"SELECT 'مرحبا' AS arabic, 'שלום abc' AS mixed, '\u202eevil' AS forced", "1-1 of 1",
			`[...document.querySelectorAll('databricks-fragment tbody td > bdi')].map(b => b.innerText).join('|')`, "مرحبا|שלום abc|\u202eevil",
		},
		"markup": {
			"SELECT '<img src=x onerror=alert(1)>' AS `<b>bold</b>`, ']]>&amp;' AS `a``b`", "1-1 of 1",
			firstRow + `.join('|') + '|' + [...document.querySelectorAll('databricks-fragment th > a')].map(a => a.innerText).join('|')`,
			"<img src=x onerror=alert(1)>|]]>&amp;|<b>bold</b>|a`b",
		},
	}
	p := openSQL(t, running(t), ana)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := &sqlPage{t: t, tab: p.tab, s: p.s}
			p.open("")
			p.run(test.sql)
			p.sees("the rows", shown+`.includes(`+strconv.Quote(test.rows)+`)`)
			p.is("the page", test.expression, test.want)
			if pixels, culprits, err := p.tab.Overflow(); err != nil || pixels != 0 {
				t.Errorf("%d pixels wider than the window: %v, %v", pixels, culprits, err)
			}
		})
	}
	p.done()
}

// A statement of 1 MB runs and is kept; a larger one is refused and stays where it was written.
func TestStatementsOfAMegabyte(t *testing.T) {
	p := openSQL(t, running(t), ana)
	long := func(n int) string { return fmt.Sprintf(`"SELECT 'ran' AS one -- " + "é".repeat(%d)`, n) }
	p.writeWhat(long(500_000))
	p.do(runIt)
	p.sees("the row", firstRow+`.join() === 'ran'`)
	p.is("the address", `location.search.replace(/[0-9a-f-]{36}/, 'id')`, "?run=id")
	p.reload()
	p.sees("it again", firstRow+`.join() === 'ran' && document.body.innerText.includes('too long for a link')`)
	p.is("the text", `String(`+written+` === `+long(500_000)+`)`, "true")

	for what, n := range map[string]int{"larger than a statement": 600_000, "larger than a form": 3_000_000} {
		p.writeWhat(long(n))
		p.do(runIt)
		p.sees(what, shown+`.includes('could not be sent') && /too large|larger than/.test(`+shown+`)`)
		p.is(what+": the text", `String(`+written+` === `+long(n)+`)`, "true")
	}
	for _, complaint := range p.tab.Complaints() {
		if !strings.Contains(complaint, "413") {
			t.Errorf("the browser complains: %s", complaint)
		}
	}
}

// One workspace, in which one thing after the other goes wrong.
func TestSQLPageInTrouble(t *testing.T) {
	s := start(t, "CORBEL_TLS=true", "CORBEL_WAREHOUSE_START_TIME=1h")
	w := newWorkspace(t, s)

	t.Run("the table changes between pages", func(t *testing.T) {
		p := openSQL(t, s, ana)
		change := func(sql string) {
			t.Helper()
			p.run(sql)
			p.sees(sql, `new URLSearchParams(location.search).get('statement') === `+strconv.Quote(sql)+` && `+shown+`.includes('Took')`)
		}
		change("CREATE TABLE main.samples.changing AS SELECT id, rand() AS r FROM range(250)")
		p.run("SELECT * FROM main.samples.changing ORDER BY id")
		p.sees("the first page", shown+`.includes('1-100 of 250')`)
		first, err := browser.Evaluate[string](p.tab, firstRow+`.join()`)
		if err != nil {
			t.Fatal(err)
		}
		at, err := p.tab.Location()
		if err != nil {
			t.Fatal(err)
		}
		change("DELETE FROM main.samples.changing WHERE id < 240")
		p.open(strings.TrimPrefix(at, s.URL+"/sql"))
		p.click(`databricks-fragment a[rel=next]`)
		p.sees("the second page of what was run", shown+`.includes('101-200 of 250')`)
		p.is("its first id", firstRow+`[0]`, "100")
		p.click(`databricks-fragment a[rel=prev]`)
		p.sees("the first page", shown+`.includes('1-100 of 250')`)
		p.is("its first row", firstRow+`.join()`, first)
		p.click(`databricks-fragment th:first-child > a`)
		p.sees("it sorted", `document.querySelector('databricks-fragment th').ariaSort === 'ascending'`)
		p.is("its first row", firstRow+`.join()`, first)
		p.done()
	})

	t.Run("two tabs", func(t *testing.T) {
		one, other := openSQL(t, s, ana), openSQL(t, s, ana)
		one.run(endless)
		one.sees("progress", shown+`.includes('RUNNING')`)
		other.run("SELECT 'of the other tab' AS t")
		other.sees("its own row", firstRow+`.join() === 'of the other tab'`)
		one.sees("progress still", shown+`.includes('RUNNING')`)
		other.write("SELECT 'not sent yet'")
		one.click(`form[action$="/sql/cancel"] button`)
		one.sees("it cancelled", shown+`.includes('was cancelled')`)
		one.is("the text", written, endless)
		other.reload()
		other.sees("its own row", firstRow+`.join() === 'of the other tab'`)
		other.is("its own text", written, "SELECT 'not sent yet'")
		one.done()
		other.done()
	})

	const unsent = "SELECT 'as it was'"
	t.Run("the token expires", func(t *testing.T) {
		p := openSQL(t, s, ana)
		remove := w.fault(t, `{"kind": "expired_token", "path": "/api/2.0/sql/statements*", "user": "`+ana+`"}`)
		p.run(unsent)
		p.sees("why", shown+`.includes('Your session has ended') && `+shown+`.includes('kept')`)
		p.is("the text", written, unsent)
		remove()
		p.reload()
		p.is("the text", written, unsent)
		p.do(runIt)
		p.sees("the row", firstRow+`.join() === 'as it was'`)
	})

	t.Run("the session ends", func(t *testing.T) {
		p := openSQL(t, s, ana)
		if err := p.tab.ClearCookies(); err != nil {
			t.Fatal(err)
		}
		p.run(unsent)
		p.sees("why", shown+`.includes('Your session has ended') && `+shown+`.includes('stays here')`)
		p.is("the text", written, unsent)
		enter(t, p.tab, s, ana)
		p.reload()
		p.sees("the text after signing in", written+` === `+strconv.Quote(unsent))
		p.do(runIt)
		p.sees("the row", firstRow+`.join() === 'as it was'`)
	})

	t.Run("cancelled while the warehouse starts", func(t *testing.T) {
		w.stop(t)
		p := openSQL(t, s, ana)
		p.run("SELECT 1")
		p.sees("what it waits for", shown+`.includes('PENDING') && `+shown+`.includes('warehouse is starting')`)
		p.click(`form[action$="/sql/cancel"] button`)
		p.sees("it cancelled", shown+`.includes('was cancelled')`)
		p.is("the text", written, "SELECT 1")
		p.done()
	})
}
