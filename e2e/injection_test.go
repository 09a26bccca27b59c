package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
)

// payloads are texts that would run as scripts if a page took them for markup, an attribute, an address or a script.
var payloads = []string{
	`<script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`"><svg onload=alert(1)>`,
	`'" autofocus onfocus=alert(1) x='`,
	`</title></textarea></script><svg><script>alert(1)</script>`,
	`javascript:alert(1)`,
	"${alert(1)}{{alert(1)}}<!--`",
	`<template shadowrootmode="open"><slot></slot></template><div slot="f1">`,
}

// hostileNames are those of tables that Unity Catalog allows: without spaces, dots and slashes.
var hostileNames = []string{`<script>alert(1)<script>`, `"onfocus="alert(1)"autofocus="`, `javascript:alert(1)`, `'><svg><!--`}

// createHostile creates a schema with tables whose names, columns, comments and cells are payloads.
func createHostile(t *testing.T) {
	t.Helper()
	v := as(t, ana)
	run := func(statement string) {
		t.Helper()
		post(t, v, http.StatusOK, api+"/query", asJSON(t, map[string]string{"statement": statement}))
	}
	literal := func(text string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'" }
	quoted := func(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
	run("CREATE SCHEMA IF NOT EXISTS main.`hostile` COMMENT " + literal(strings.Join(payloads, " ")))
	for _, name := range hostileNames {
		table := "main.`hostile`." + quoted(name)
		run("CREATE OR REPLACE TABLE " + table + " (" + quoted(name) + " STRING COMMENT " + literal(strings.Join(payloads, " ")) + ") COMMENT " + literal(strings.Join(payloads, " ")))
		values := make([]string, len(payloads))
		for i, payload := range payloads {
			values[i] = "(" + literal(payload) + ")"
		}
		run("INSERT INTO " + table + " VALUES " + strings.Join(values, ", "))
	}
}

// What users store - names, comments, cells - is text wherever it is shown. It runs before the tests that run together: the
// host shows copies of lists for a while, and theirs would be without what is stored here.
func TestStoredTextStaysText(t *testing.T) {
	createHostile(t)
	s := running(t)
	tab := tab(t, browser.Desk)
	enter(t, tab, s, ana)
	pages := map[string]string{ // and what must be there to be read
		"/catalog/main":         payloads[0],
		"/catalog/main/hostile": hostileNames[0],
		"/catalog/search?q=" + url.QueryEscape("script"): hostileNames[0],
	}
	for _, name := range hostileNames {
		table := "/catalog/main/hostile/" + url.PathEscape(name)
		pages[table] = name
		pages[table+"?"] = payloads[1]
		pages[table+"/data"] = payloads[4]
		pages[table+"/permissions"] = name
		pages[table+"/details"] = payloads[0]
	}
	for path, text := range pages {
		browse(t, tab, s.URL+path, http.StatusOK)
		shown, err := tab.Text()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(shown, text) {
			t.Errorf("%s: %q is not to be read there:\n%.2000s", path, text, shown)
		}
		checkNothingRan(t, tab, s)
	}
	figure.Note(t, "stored: %d pages of hostile names, columns, comments and cells: no script ran, 0 reports of the policy", len(pages))
}

// What a request brings - paths, parameters, a request id - is text in the page that answers it.
func TestReflectedTextStaysText(t *testing.T) {
	t.Parallel()
	s := running(t)
	tab := tab(t, browser.Desk)
	enter(t, tab, s, ana)
	pages := 0
	for _, payload := range payloads {
		escaped, query := url.PathEscape(payload), url.QueryEscape(payload)
		// Chromium sends no header with a line break; this is as far as anybody gets.
		if err := tab.SetHeader("X-Request-Id", payload); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{
			"/" + escaped, "/catalog/" + escaped, "/catalog/samples/" + escaped, "/catalog/samples/science/" + escaped,
			"/catalog/search?q=" + query, penguins + "/" + escaped, penguins + "/data?sort=" + query, penguins + "/data?page_token=" + query,
			penguins + "?" + query + "=" + query, "/catalog?" + query, "/_fragment/unitycatalog/" + escaped, "/_fragment/" + escaped + "/x?" + query,
			"/_design?" + query, "/assets/" + escaped + "/x.js", "/api/unitycatalog/catalogs/" + escaped + "/schemas", "/_frontdoor/sign-in?next=" + query,
		} {
			if _, err := tab.Open(s.URL + path); err != nil {
				t.Error(err)
				continue
			}
			pages++
			checkNothingRan(t, tab, s)
			dangerous, err := browser.Evaluate[[]string](tab, `Array.from(document.querySelectorAll('a[href], form[action], [src]'), e => e.getAttribute('href') ?? e.getAttribute('action') ?? e.getAttribute('src')).filter(a => /^\s*(javascript|data:text|vbscript|\/\/|\/\\)/i.test(a))`)
			if err != nil || len(dangerous) > 0 {
				t.Errorf("%s: the page leads to %q, %v", path, dangerous, err)
			}
		}
	}
	figure.Note(t, "reflected: %d pages asked for with hostile paths, parameters and request ids: no script ran, 0 reports of the policy", pages)
}
