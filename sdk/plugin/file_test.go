package plugin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"corbel.example/sdk/plugin"
)

func TestFileIsAnAssetAndAnswersWithIt(t *testing.T) {
	f := plugin.NewFile("/api/trips/assets/map.js", "text/javascript", []byte("alert('Hello, world.');"))
	// The digest is the example of the specification Subresource Integrity.
	want := plugin.Asset{
		Name: "map.js", ContentType: "text/javascript", Path: "/api/trips/assets/map.js",
		Integrity: "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO",
	}
	if f.Asset != want {
		t.Errorf("got %+v", f.Asset)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, f.Path, nil))
	if got := w.Header().Get("Content-Type"); got != "text/javascript" || w.Body.String() != "alert('Hello, world.');" {
		t.Errorf("answers with %q, %q", got, w.Body)
	}
}

func TestScriptsFindTheirTexts(t *testing.T) {
	f := plugin.NewScript("/api/trips/assets/map.js", map[string]string{"lost": `The map's "tiles" are lost </script>`}, []byte("alert(texts.lost);"))
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, f.Path, nil))
	want := `const texts = {"lost":"The map's \"tiles\" are lost \u003c/script\u003e"};` + "\nalert(texts.lost);"
	if f.Name != "map.js" || f.ContentType != "text/javascript" || w.Body.String() != want {
		t.Errorf("%s answers with %s", f.Name, w.Body)
	}
}
