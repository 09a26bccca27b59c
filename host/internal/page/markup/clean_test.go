package markup

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// testRules are those of a fragment whose plugin has everything below /catalog, /sql and /api/mine.
var testRules = Rules{KeepHeading: true, Takes: func(method string, u *url.URL) bool {
	return strings.HasPrefix(u.Path, "/catalog") && method == "GET" || u.Path == "/sql" || strings.HasPrefix(u.Path, "/api/mine/")
}}

func TestCleanKeepsWhatAuthorsWrite(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`<databricks-card elevation="1"><header><h2>Columns</h2><databricks-tag type="info">5</databricks-tag></header></databricks-card>`,
		`<databricks-table tabindex="0"><table><thead><tr><th scope="col" aria-sort="ascending"><a href="?sort=-id">id</a></th></tr></thead><tbody><tr><td class="number null">NULL</td></tr></tbody></table></databricks-table>`,
		`<databricks-breadcrumb><nav aria-label="Breadcrumb"><ol><li><a href="/catalog/a%2Fb">a/b</a></li><li aria-current="page">x</li></ol></nav></databricks-breadcrumb>`,
		`<form action="/sql" method="post"><databricks-input><label for="q">SQL</label><textarea id="q" name="q" rows="4">SELECT 1 &lt; 2</textarea></databricks-input><databricks-button variant="primary"><button type="submit">Run</button></databricks-button></form>`,
		`<a href="https://docs.example/x?y=1#z">docs</a> <a href="mailto:ana@example.com">Ana</a> <a href="#here" id="here">x</a> <a href="?page=2" rel="next">next</a> <a href="">again</a>`,
		`<img src="data:image/png;base64,AAAA" alt=""/><img src="/pic.png" alt="x"/>`,
		`<svg viewBox="0 0 10 10" role="img"><title>Rows &lt;1&gt;</title><g transform="scale(2)"><path d="M0 0h1" fill="currentColor"></path><text x="1" y="2">a</text></g></svg>`,
		`<details open=""><summary>More</summary><p>text</p></details>`,
		`plain &amp; simple`,
	} {
		got, err := testRules.Clean([]byte(source))
		if err != nil {
			t.Errorf("%s: %v", source, err)
		}
		if got.HTML != source {
			t.Errorf("cleaned\n%s\nto\n%s", source, got.HTML)
		}
	}
}

func TestCleanTakesAwayWhatIsNotAllowed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"script":                   {`a<script>alert(1)</script>b`, `ab`},
		"script without an end":    {`a<script>alert(1)`, `a`},
		"style":                    {`<style>*{display:none}</style>x`, `x`},
		"style attribute":          {`<p style="color:red">x</p>`, `<p>x</p>`},
		"event handler":            {`<p onclick="alert(1)" ONLOAD=x>x</p>`, `<p>x</p>`},
		"handler in noscript":      {`<noscript><img src=x onerror=alert(1)></noscript>x`, `x`},
		"javascript link":          {`<a href="javascript:alert(1)">x</a>`, `<a>x</a>`},
		"javascript with a tab":    {"<a href=\"java\tscript:alert(1)\">x</a>", `<a>x</a>`},
		"javascript with a blank":  {"<a href=\" javascript:alert(1)\">x</a>", `<a>x</a>`},
		"javascript as an entity":  {`<a href="java&#115;cript&colon;alert(1)">x</a>`, `<a>x</a>`},
		"javascript with a null":   {"<a href=\"\x00javascript:alert(1)\">x</a>", `<a>x</a>`},
		"data link":                {`<a href="data:text/html,<script>alert(1)</script>">x</a>`, `<a>x</a>`},
		"another host by slashes":  {`<a href="//evil.example">x</a><a href="/\evil.example">y</a>`, `<a>x</a><a>y</a>`},
		"another host by dots":     {`<a href="/.//evil.example">x</a>`, `<a href="/.//evil.example">x</a>`},
		"image from elsewhere":     {`<img src="https://evil.example/x.png" onerror=x>`, `<img/>`},
		"form to elsewhere":        {`<form action="https://evil.example"><button formaction="https://evil.example">x</button></form>`, `<form><button>x</button></form>`},
		"password field":           {`<input type="password" name="p">`, `<input name="p"/>`},
		"iframe with srcdoc":       {`<iframe srcdoc="<script>alert(1)</script>"></iframe>x`, `x`},
		"base, meta, link, object": {`<base href=//evil><meta http-equiv=refresh content="0;url=//evil"><link rel=stylesheet href=x><object data=x>y</object>z`, `z`},
		"plaintext":                {`a<plaintext>b</div>`, `a`},
		"template and slot":        {`<template shadowrootmode=open><p>x</p></template><slot name="main">y</slot><p slot="z">w</p>`, `y<p>w</p>`},
		"unclosed tags":            {`<div><p>a<b>b<table><tr><td>c`, `<div><p>a<b>b</b></p><table><tbody><tr><td>c</td></tr></tbody></table></div>`},
		"closing tags too many":    {`</div></main></body></html><p>x</p></div>`, `<p>x</p>`},
		"comment":                  {`a<!-- x --><!--[if IE]>y<![endif]-->b`, `ab`},
		"unknown element":          {`<blink>x<font color=red>y</font></blink>`, `xy`},
		"the shell's own classes":  {`<p class="corbel-bar number corbel-x" id="corbel-main">x</p>`, `<p class="number">x</p>`},
		"script in svg":            {`<svg><script>alert(1)</script><a href="javascript:x"><circle r="1"/></a><use href="x"/><animate/></svg>`, `<svg></svg>`},
		"html in svg":              {`<svg><foreignObject><p>x</p></foreignObject><desc><style><img onerror=x></style><b>y</b>z</desc></svg>`, `<svg><desc>z</desc></svg>`},
		"style in svg":             {`<svg><style><img src=x onerror=alert(1)></style><rect fill="url(//evil)"/></svg>`, `<svg></svg><img src="x"/>`},
		"fill that refers":         {`<svg><rect fill="url(//evil)" stroke="none"/></svg>`, `<svg><rect stroke="none"></rect></svg>`},
		"math":                     {`<math><mtext><table><mglyph><style><img onerror=x></style></mglyph></table></mtext></math>x`, `x`},
		"quotes in attributes":     {`<p title='"><script>alert(1)</script>'>x</p>`, `<p title="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">x</p>`},
		"tabindex above the page":  {`<p tabindex="5">x</p><p tabindex="-1">y</p>`, `<p>x</p><p tabindex="-1">y</p>`},
		"odd attribute names":      {`<p data-a"b=1 aria-<x=2 data-ok=3>x</p>`, `<p data-ok="3">x</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := testRules.Clean([]byte(test.source))
			if err != nil {
				t.Fatal(err)
			}
			if got.HTML != test.want {
				t.Errorf("cleaned %q to\n%s\nwant\n%s", test.source, got.HTML, test.want)
			}
		})
	}
}

func TestCleanReportsTheHeading(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`<h2>a</h2><header><h1> b <b>c</b>
d</h1></header><h1>e</h1>`: "b c d",
		`<h2>a</h2>`: "",
		`<h1>` + strings.Repeat("é", 1000) + `</h1>`: strings.Repeat("é", maxHeading),
	} {
		got, err := testRules.Clean([]byte(source))
		if err != nil || got.Heading != want {
			t.Errorf("heading of %.40q = %q, %v, want %q", source, got.Heading, err, want)
		}
	}
}

func TestCleanSurvivesAbsurdDepth(t *testing.T) {
	t.Parallel()
	if _, err := testRules.Clean([]byte(strings.Repeat("<div>", 100_000))); err == nil {
		t.Error("100,000 nested elements were taken")
	}
}

func isOf(n *html.Node, id string) bool {
	return n.Type == html.ElementNode && attribute(n, "id") == id
}

// checkLists looks for what is on no list, in the cleaned fragment as a page's parser sees it.
func checkLists(t *testing.T, source []byte, fragment *html.Node) {
	t.Helper()
	ids := map[string]bool{}
	for n := range fragment.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
			t.Fatalf("%q was cleaned to something with a comment", source)
		}
		if n.Type != html.ElementNode {
			continue
		}
		allowed, ok := elements[n.Data]
		if n.Namespace == svgNamespace {
			allowed, ok = svgAttributes, svgElements[n.Data]
		}
		if !ok || n.Namespace != "" && n.Namespace != svgNamespace {
			t.Fatalf("%q was cleaned to something with <%s %s>", source, n.Namespace, n.Data)
		}
		for _, a := range n.Attr {
			if kept, ok := allowed.value(a.Key, a.Val); !ok || kept != a.Val || a.Namespace != "" {
				t.Fatalf("%q was cleaned to something with <%s %s=%q>", source, n.Data, a.Key, a.Val)
			}
			if a.Key == "id" && ids[a.Val] {
				t.Fatalf("%q was cleaned to something with the id %q twice", source, a.Val)
			}
			ids[a.Val] = ids[a.Val] || a.Key == "id"
		}
	}
}

// check parses a cleaned fragment in its place and looks for what must not be there.
func check(t *testing.T, source []byte) {
	t.Helper()
	cleaned, err := testRules.Clean(source)
	if err != nil {
		return
	}
	again, err := testRules.Clean([]byte(cleaned.HTML))
	if err != nil || again.HTML != cleaned.HTML {
		t.Fatalf("%q was cleaned to %q, and that to %q (%v)", source, cleaned.HTML, again.HTML, err)
	}
	const after = "corbel-after"
	page := `<!DOCTYPE html><html><body><main><div id="corbel-fragment">` + cleaned.HTML + `</div><p id="` + after + `">after</p></main></body></html>`
	document, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return // Deeper than the parser goes, in a place where it was not before.
	}
	found := false
	for n := range document.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if isOf(n, "corbel-fragment") {
			checkLists(t, source, n)
		}
		for _, a := range n.Attr {
			if a.Key == "id" && a.Val == after {
				found = true
				if n.Parent.Data != "main" || n.PrevSibling == nil || n.PrevSibling.Data != "div" {
					t.Fatalf("%q was cleaned to %q, which swallows or leaves its place", source, cleaned.HTML)
				}
			}
		}
	}
	if !found {
		t.Fatalf("%q was cleaned to %q, which swallows the page", source, cleaned.HTML)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{
		`<p>a<b>b</p>c`, `<table><div><td>x</table>`, `<svg><title><style></title><img onerror=1>`, `<select><option><div></select>`, `<form><form></form></form>`, `<databricks-button>x<databricks-input label=x name=y>`,
		`<form action=/sql><table><form action=//x></table>`, `<div id=a><p id=a><a href=#a>`, `<databricks-fragment src=/_fragment/a/b?c refresh=1><li data-src=/_fragment/../x>`,
		"\xff<p title=\xfe>\x00", `<dialog open><form method=dialog><button>`, `<svg><foreignObject><p><svg><style>`, `<h1><h1><h2></h1>`, `<b><p><i></b></p></i><nobr><nobr>`,
		`<a><table><a>x`, `<button><p><button>`, `<math><annotation-xml encoding="text/html"><div>`, `<textarea></textarea><textarea>`, `<plaintext>`,
		`<svg><desc><svg><p>`, `<marquee><p><p>`, `<ruby><rt><rp>`, `</p></br><br></div>`, `<frameset><frame>`, `<pre>` + "\n\n" + `</pre>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(check)
}

func BenchmarkClean(b *testing.B) {
	row := `<tr><td>21007</td><td class="number">3127.25</td><td>2026-01-02</td><td class="null">NULL</td><td><databricks-tag type="success">OK</databricks-tag></td></tr>`
	source := []byte(`<databricks-table><table><tbody>` + strings.Repeat(row, 150) + `</tbody></table></databricks-table>`)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		if _, err := testRules.Clean(source); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCleanHostile(b *testing.B) {
	for name, source := range map[string]string{"formatting": "<b><i><a><p>", "tables": "<table><td><b>", "attributes": "<p a=1 b=2 c=3>", "entities": "&amp;&lt;", "foster": "<table><b>x"} {
		b.Run(name, func(b *testing.B) {
			text := bytes.Repeat([]byte(source), 64<<10/len(source))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := testRules.Clean(text); err != nil {
					b.SkipNow()
				}
			}
		})
	}
}
