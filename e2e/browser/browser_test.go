package browser_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
)

// A browser that overlooks what is wrong would make every test of a page worthless.
func TestSeesWhatIsWrongWithAPage(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
			if _, err := w.Write([]byte(`<!doctype html><title>Bad</title>
				<style>@media (prefers-color-scheme: dark) { body { background: #111 } }</style>
				<p style="width: 2000px">wide</p><script>alert(1)</script><a href="/next">On</a>`)); err != nil {
				t.Error(err)
			}
		default:
			http.Error(w, "short and stout", http.StatusTeapot)
		}
	}))
	t.Cleanup(server.Close)
	b, err := browser.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	tab, err := b.Tab(browser.PhoneDark)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)

	if status, err := tab.Open(server.URL); err != nil || status != http.StatusOK {
		t.Fatalf("open: status %d, %v", status, err)
	}
	if pixels, culprits, err := tab.Overflow(); err != nil || pixels < 1000 || len(culprits) == 0 {
		t.Errorf("a page of 2000 pixels in 390 sticks out by %d, %v, %v", pixels, culprits, err)
	}
	if got, err := tab.Background(); err != nil || got != "rgb(17, 17, 17)" {
		t.Errorf("the dark background is %s, %v", got, err)
	}
	if err := tab.Screenshot(filepath.Join(t.TempDir(), "page.webp")); err != nil {
		t.Error(err)
	}
	if status, err := tab.Follow("On"); err != nil || status != http.StatusTeapot {
		t.Errorf("follow a link: status %d, %v", status, err)
	}
	if complaints := strings.Join(tab.Complaints(), "\n"); !strings.Contains(complaints, "Content Security Policy") {
		t.Errorf("the violation of the policy is not among the complaints:\n%s", complaints)
	}
}
