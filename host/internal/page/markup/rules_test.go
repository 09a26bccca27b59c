package markup

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestBareElementsAreExpanded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"button": {
			`<databricks-button variant="primary" size="small">Go &lt;on&gt;</databricks-button>`,
			`<databricks-button variant="primary" size="small"><button type="button">Go &lt;on&gt;</button></databricks-button>`,
		},
		"submit button": {
			`<databricks-button type="submit" name="do" value="run" disabled loading>Run</databricks-button>`,
			`<databricks-button loading=""><button type="submit" name="do" value="run" disabled="">Run</button></databricks-button>`,
		},
		"full button":  {`<databricks-button><button>Go</button></databricks-button>`, `<databricks-button><button>Go</button></databricks-button>`},
		"empty button": {`<databricks-button> </databricks-button>`, `<databricks-button> </databricks-button>`},
		"hostile button": {
			`<databricks-button type="image" onclick="x" formaction="//evil">Go</databricks-button>`,
			`<databricks-button><button>Go</button></databricks-button>`,
		},
		"input": {
			`<databricks-input label="Name" name="n" value="a&quot;b" required hint="As in &lt;b&gt;"></databricks-input>`,
			`<databricks-input><label for="field-n">Name</label><input name="n" value="a&#34;b" required="" id="field-n" aria-describedby="field-n-hint"/>` +
				`<small id="field-n-hint">As in &lt;b&gt;</small></databricks-input>`,
		},
		"two inputs of one name": {
			`<databricks-input label="A" name="n"></databricks-input><databricks-input label="B" name="n"></databricks-input>`,
			`<databricks-input><label for="field-n">A</label><input name="n" id="field-n"/></databricks-input>` +
				`<databricks-input><label for="field-n-2">B</label><input name="n" id="field-n-2"/></databricks-input>`,
		},
		"textarea": {
			`<databricks-textarea label="SQL" name="q" rows="4" value="a</textarea><script>"></databricks-textarea>`,
			`<databricks-textarea><label for="field-q">SQL</label><textarea name="q" rows="4" id="field-q">` +
				`a&lt;/textarea&gt;&lt;script&gt;</textarea></databricks-textarea>`,
		},
		"checkbox": {
			`<databricks-checkbox label="All" name="all" value="1" checked></databricks-checkbox>`,
			`<databricks-checkbox><label><input name="all" value="1" checked="" type="checkbox"/> All</label></databricks-checkbox>`,
		},
		"no label": {`<databricks-input name="n"></databricks-input>`, `<databricks-input></databricks-input>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := testRules.Clean([]byte(test.source))
			if err != nil || got.HTML != test.want {
				t.Errorf("cleaned to\n%s\nwant\n%s\n(%v)", got.HTML, test.want, err)
			}
		})
	}
}

func TestFormsGoToTheirOwnPluginAlone(t *testing.T) {
	t.Parallel()
	for source, keeps := range map[string]bool{
		`<form action="/sql" method="post">`:                   true,
		`<form action="/sql?x=1" method="POST">`:               true,
		`<form action="/catalog/search">`:                      true,
		`<form action="/catalog/search" method="post">`:        false, // the plugin takes only GET there
		`<form action="?q=1">`:                                 true,
		`<form action="">`:                                     true,
		`<form action="/api/mine/x" method="post">`:            true,
		`<form action="/api/mine/../other/x" method="post">`:   false,
		`<form action="/api/mine/%2e%2e/other" method="post">`: false,
		`<form action="/api/other/x" method="post">`:           false,
		`<form action="/_theme" method="post">`:                false,
		`<form action="catalog">`:                              false,
		`<form action="//evil.example/sql">`:                   false,
		`<form action="https://evil.example/sql">`:             false,
		`<form action="/sql" method="dialog">`:                 false,
		`<form method="dialog">`:                               true,
	} {
		got, err := testRules.Clean([]byte(source + "</form>"))
		if err != nil {
			t.Fatal(err)
		}
		if kept := strings.Contains(got.HTML, "action=") == strings.Contains(source, "action="); kept != keeps {
			t.Errorf("%s became %s", source, got.HTML)
		}
		strict, err := Rules{}.Clean([]byte(source + "</form>"))
		if err != nil || strings.Contains(strict.HTML, `action="/`) {
			t.Errorf("by the strictest rules %s became %s, %v", source, strict.HTML, err)
		}
	}
}

func TestScriptsLoadFragmentsAlone(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"/_fragment/unitycatalog/branch?catalog=main&x=%2F": true,
		"/_fragment/a/b":               true,
		"/_fragment/a/b/c":             false,
		"/_fragment/a/../../api/x":     false,
		"/_fragment/a/..?x":            false,
		"/_fragment/%2e%2e/x":          false,
		"/_fragment/a/b#x":             false,
		"/_fragment/a/b?x\ny":          false,
		"/api/x":                       false,
		"//evil.example/_fragment/a/b": false,
		"_fragment/a/b":                false,
		"javascript:alert(1)":          false,
		"":                             false,
	} {
		for _, format := range []string{`<li data-src="@">x</li>`, `<databricks-fragment src="@" loading="lazy">x</databricks-fragment>`} {
			source := strings.Replace(format, "@", html.EscapeString(address), 1)
			got, err := testRules.Clean([]byte(source))
			if err != nil || strings.Contains(got.HTML, "src=") != ok {
				t.Errorf("%s became %s, %v", source, got.HTML, err)
			}
		}
	}
	got, err := testRules.Clean([]byte(`<databricks-fragment refresh="0">a</databricks-fragment><databricks-fragment refresh="30">b</databricks-fragment><databricks-fragment refresh="-1e9">c</databricks-fragment>`))
	if want := `<databricks-fragment>a</databricks-fragment><databricks-fragment refresh="30">b</databricks-fragment><databricks-fragment>c</databricks-fragment>`; err != nil || got.HTML != want {
		t.Errorf("%s, %v", got.HTML, err)
	}
}

func TestIDsAreThereOnce(t *testing.T) {
	t.Parallel()
	got, err := testRules.Clean([]byte(`<p id="a">1</p><p id="b">2</p><p id="a">3</p><svg id="b"></svg><p id="c d">4</p><p id="">5</p>`))
	if err != nil || got.HTML != `<p id="a">1</p><p id="b">2</p><p>3</p><svg></svg><p>4</p><p>5</p>` || !slices.Equal(got.IDs, []string{"a", "b"}) {
		t.Errorf("%s with %q, %v", got.HTML, got.IDs, err)
	}
}

func TestIDsWithAPrefix(t *testing.T) {
	t.Parallel()
	rules := testRules
	rules.IDPrefix = "corbel-f2-"
	source := `<label for="a">x</label><input id="a" list="b" aria-labelledby="a b  elsewhere"/><datalist id="b"></datalist><a href="#a">y</a><a href="#elsewhere">z</a><a href="/x#a">w</a>`
	want := `<label for="corbel-f2-a">x</label><input id="corbel-f2-a" list="corbel-f2-b" aria-labelledby="corbel-f2-a corbel-f2-b elsewhere"/>` +
		`<datalist id="corbel-f2-b"></datalist><a href="#corbel-f2-a">y</a><a href="#elsewhere">z</a><a href="/x#a">w</a>`
	got, err := rules.Clean([]byte(source))
	if err != nil || got.HTML != want || !slices.Equal(got.IDs, []string{"corbel-f2-a", "corbel-f2-b"}) {
		t.Errorf("%s with %q, %v", got.HTML, got.IDs, err)
	}
}

func TestOnlyThePrimaryFragmentHasTheHeading(t *testing.T) {
	t.Parallel()
	source := []byte(`<h1 id="a">One</h1><h1>Two</h1>`)
	if got, err := testRules.Clean(source); err != nil || got.HTML != `<h1 id="a">One</h1><h2>Two</h2>` || got.Heading != "One" {
		t.Errorf("primary: %s, heading %q, %v", got.HTML, got.Heading, err)
	}
	if got, err := (Rules{}).Clean(source); err != nil || got.HTML != `<h2 id="a">One</h2><h2>Two</h2>` || got.Heading != "" {
		t.Errorf("others: %s, heading %q, %v", got.HTML, got.Heading, err)
	}
}

func TestCleanOfHostileFragments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"invalid UTF-8":       {"<p>a\xff\xfeb<i\xc0\xbc>c</p>", "<p>a\uFFFDbc</p>"},
		"UTF-8 in attributes": {"<p title=\"\xf0\x28\x8c\x28\">x</p>", "<p title=\"\uFFFD(\uFFFD(\">x</p>"},
		"null bytes":          {"<p>a\x00b<scr\x00ipt>x</p>", "<p>abx</p>"},
		"nested templates":    {`<template><template shadowrootmode="open"><slot name="f1"></slot></template></template><p>x</p>`, `<p>x</p>`},
		"the page's end":      {`</div></main></body></html><base href="//evil"><meta http-equiv="refresh" content="0;url=//evil"><p>x`, `<p>x</p>`},
		"another's place":     {`</div><div slot="f2" class="corbel-fragment">mine</div>`, `<div>mine</div>`},
		"a page within":       {`<div class="corbel-page"><template shadowrootmode="open">x</template></div>`, `<div></div>`},
		"shell's dialog":      {`<dialog open class="corbel-shortcuts" id="corbel-main">x</dialog>`, `<dialog open="">x</dialog>`},
		"autofocus":           {`<input autofocus onfocus="alert(1)">`, `<input/>`},
		"popover":             {`<button popovertarget="x" popovertargetaction="show" commandfor="x" command="--x">x</button>`, `<button>x</button>`},
		"form of another":     {`<input form="corbel-theme" formaction="/x" formmethod="post">`, `<input/>`},
		"picture sources":     {`<picture><source srcset="//evil 1x"><img src="/a" srcset="//evil 2x"></picture>`, `<img src="/a"/>`},
		"links that ping":     {`<a href="/x" ping="//evil" download="x" target="_top">x</a>`, `<a href="/x">x</a>`},
		"xlink":               {`<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`, `<svg></svg>`},
		"svg set":             {`<svg><set attributeName="href" to="javascript:alert(1)"/><rect class="series-1" role="img" aria-label="x"/></svg>`, `<svg><rect class="series-1" role="img" aria-label="x"></rect></svg>`},
		"is":                  {`<button is="x-y">x</button>`, `<button>x</button>`},
		"nested forms":        {`<form action="/sql"><div><form action="/sql">x</form></div></form>`, `<form action="/sql"><div>x</div></form>`},
		"scripts by pieces":   {`<scr<script>ipt>alert(1)</scr</script>ipt>`, `ipt&gt;alert(1)ipt&gt;`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := testRules.Clean([]byte(test.source))
			if err != nil || got.HTML != test.want {
				t.Errorf("cleaned %q to\n%q\nwant\n%q\n(%v)", test.source, got.HTML, test.want, err)
			}
			check(t, []byte(test.source))
		})
	}
}

func TestLargeFragmentsAreCleanedInTime(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"1 MiB of text":  strings.Repeat("<p>text &amp; more</p>", 1<<20/22),
		"1 MiB of ids":   strings.Repeat(`<p id="a">`, 1<<20/10),
		"1 MiB unclosed": "<table>" + strings.Repeat("<tr><td>x", 1<<20/9),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := testRules.Clean([]byte(source))
			if err != nil || len(got.HTML) < len(source)/2 {
				t.Errorf("%d bytes became %d, %v", len(source), len(got.HTML), err)
			}
			if again, err := testRules.Clean([]byte(got.HTML)); err != nil || !bytes.Equal([]byte(again.HTML), []byte(got.HTML)) {
				t.Errorf("cleaned again: %d bytes, %v", len(again.HTML), err)
			}
		})
	}
}
