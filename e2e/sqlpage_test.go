package e2e

import (
	"net/http"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/stack"
)

// In the SQL page.
const (
	runForm  = `document.querySelector('form[action$="/sql/run"]')`
	runIt    = runForm + `.requestSubmit([...` + runForm + `.querySelectorAll('button')].find(b => b.innerText === 'Run'))`
	shown    = `(document.querySelector('databricks-fragment[src*=sql-result]')?.innerText ?? '')`
	written  = `new FormData(` + runForm + `).get('statement')`
	firstRow = `[...document.querySelectorAll('databricks-fragment tbody tr:first-child td')].map(cell => cell.innerText)`
)

// sqlPage is the SQL page in a tab. Each step ends the test when it fails.
type sqlPage struct {
	t   *testing.T
	tab *browser.Tab
	s   *stack.Stack
}

// openSQL opens the page for a user.
func openSQL(t *testing.T, s *stack.Stack, user string) *sqlPage {
	t.Helper()
	p := &sqlPage{t: t, tab: tab(t, browser.Desk), s: s}
	enter(t, p.tab, s, user)
	p.open("")
	return p
}

func (p *sqlPage) open(query string) {
	p.t.Helper()
	browse(p.t, p.tab, p.s.URL+"/sql"+query, http.StatusOK)
	approach(p.t, p.tab)
	p.sees("the editor", `!!`+editorRoot+`?.querySelector('.cm-content')`)
}

// reload opens the page's present address again.
func (p *sqlPage) reload() {
	p.t.Helper()
	at, err := p.tab.Location()
	if err != nil {
		p.t.Fatal(err)
	}
	p.open(strings.TrimPrefix(at, p.s.URL+"/sql"))
}

// do evaluates a statement of JavaScript.
func (p *sqlPage) do(js string) {
	p.t.Helper()
	if _, err := browser.Evaluate[any](p.tab, js); err != nil {
		p.t.Fatal(err)
	}
}

// sees waits until an expression is true.
func (p *sqlPage) sees(what, js string) {
	p.t.Helper()
	if err := p.tab.Await(js); err != nil {
		text, _ := p.tab.Text()
		p.t.Fatalf("%s: %v\n%.3000s", what, err, text)
	}
}

// click clicks what a CSS selector finds.
func (p *sqlPage) click(selector string) {
	p.t.Helper()
	if err := p.tab.Click(selector); err != nil {
		p.t.Fatal(err)
	}
}

// is compares a text in the page.
func (p *sqlPage) is(what, expression, want string) {
	p.t.Helper()
	if got, err := browser.Evaluate[string](p.tab, expression); err != nil || got != want {
		p.t.Errorf("%s: %.300q, want %.300q, %v", what, got, want, err)
	}
}

// write puts a text into the editor, in place of what is there.
func (p *sqlPage) write(sql string) {
	p.t.Helper()
	p.writeWhat(asJSON(p.t, sql))
}

// writeWhat is write for a text that an expression makes: a long one need not be sent to the browser.
func (p *sqlPage) writeWhat(expression string) {
	p.t.Helper()
	p.do(editorRoot + `.querySelector('.cm-content').focus()`)
	if err := p.tab.PressWithControl("a"); err != nil {
		p.t.Fatal(err)
	}
	p.do(`{
		const data = new DataTransfer();
		data.setData('text/plain', ` + expression + `);
		` + editorRoot + `.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
	}`)
}

// run writes a statement and runs it.
func (p *sqlPage) run(sql string) {
	p.t.Helper()
	p.write(sql)
	p.do(runIt)
}

// done checks that the browser has nothing to complain about.
func (p *sqlPage) done() {
	p.t.Helper()
	if complaints := p.tab.Complaints(); len(complaints) != 0 {
		p.t.Errorf("the browser complains: %v", complaints)
	}
}

// The skip link changes the address too, and must not load the page anew.
func TestSkipLinkStaysOnTheSQLPage(t *testing.T) {
	p := openSQL(t, running(t), ana)
	type place struct {
		Hash string
		Kept bool
	}
	at, err := browser.Evaluate[place](p.tab, `new Promise(done => {
		window.kept = true;
		addEventListener('popstate', () => setTimeout(() => done({Hash: location.hash, Kept: window.kept === true}), 200));
		document.querySelector('.corbel-skip').click();
	})`)
	if err != nil || at != (place{"#corbel-main", true}) {
		t.Errorf("behind the skip link: %+v, %v", at, err)
	}
}
