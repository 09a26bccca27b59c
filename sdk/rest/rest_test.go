package rest_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

type order struct {
	Name  string `json:"name"`
	Count *int   `json:"count"`
	Ship  struct {
		City string `json:"city"`
	} `json:"ship"`
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		contentType, body string
		kind              fault.Kind
		message, field    string
	}{
		"wrong type":         {"application/json", `{"name":7}`, fault.Invalid, "name must not be a JSON number.", "/name"},
		"wrong type, nested": {"application/json", `{"ship":{"city":[]}}`, fault.Invalid, "ship/city must not be a JSON array.", "/ship/city"},
		"unknown field":      {"application/json", `{"nme":"x"}`, fault.Invalid, `There is no field "nme".`, "/nme"},
		"not an object":      {"application/json", `[]`, fault.Invalid, "The request body must be a JSON object.", ""},
		"no JSON":            {"application/json", `{name}`, fault.Invalid, "The request body is not valid JSON.", ""},
		"cut off":            {"application/json", `{"name":"x`, fault.Invalid, "The request body is cut off.", ""},
		"empty":              {"application/json", ``, fault.Invalid, "The request body is empty.", ""},
		"two values":         {"application/json", `{} {}`, fault.Invalid, "The request body holds more than one JSON value.", ""},
		"other type":         {"text/plain", `{}`, fault.Invalid, "The request body must be application/json.", "Content-Type"},
		"not UTF-8":          {"application/json", "{\"name\":\"\xff\"}", fault.Invalid, "The request body is not valid UTF-8.", ""},
		"too large":          {"application/json", `{"name":"` + strings.Repeat("x", 200) + `"}`, fault.TooLarge, "The request body is larger than the 100 bytes that this address takes.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.contentType)
			var v order
			f := fault.From(rest.Decode(httptest.NewRecorder(), r, 100, &v))
			if f == nil || f.Kind != test.kind || f.Message != test.message {
				t.Fatalf("%v", f)
			}
			if test.field != "" && (len(f.Fields) != 1 || f.Fields[0].Path != test.field) {
				t.Errorf("fields %v, want %s", f.Fields, test.field)
			}
		})
	}
}

func TestDecodeTakesWhatIsRight(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{"", "application/json; charset=utf-8", "application/merge-patch+json"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"name":"é","count":null}`+"\n"))
		r.Header.Set("Content-Type", contentType)
		var v order
		if err := rest.Decode(httptest.NewRecorder(), r, 100, &v, "application/merge-patch+json"); err != nil || v.Name != "é" {
			t.Errorf("%q: %+v, %v", contentType, v, err)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := rest.Write(w, http.StatusCreated, map[string]string{"type": "ARRAY<INT>"}); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusCreated || w.Body.String() != `{"type":"ARRAY<INT>"}`+"\n" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	if err := rest.Write(w, http.StatusOK, math.NaN()); err == nil || w.Body.Len() != 0 {
		t.Errorf("a value that JSON lacks: %v, %q", err, w.Body)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]int{"": 20, "limit=1": 1, "limit=50": 50, "limit=51": 0, "limit=0": 0, "limit=": 0, "limit=x": 0} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rest.Limit(values, 20, 50)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%q: %d, %v", query, got, err)
		}
	}
}
