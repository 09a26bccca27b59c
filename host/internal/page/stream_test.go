package page

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// visit is a page on its way to a client.
type visit struct {
	*http.Response
	body io.Reader
	read bytes.Buffer
	took time.Duration // to the response's head
}

// serve starts a server for c's pages and returns a way to ask it.
func serve(t *testing.T, c *Composer) func(method, path string, header ...string) *visit {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target, err := c.table.Lookup(r)
		if r.URL.Path == "/" {
			err = c.ServeHome(w, r, exchange())
		} else if err == nil {
			err = c.ServePage(w, r, target, exchange())
		}
		if f := fault.From(err); f != nil {
			http.Error(w, f.UserMessage(), f.Kind.Status())
		}
	}))
	t.Cleanup(server.Close)
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return func(method, path string, header ...string) *visit {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		t.Cleanup(cancel)
		r, err := http.NewRequestWithContext(ctx, method, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		begun := time.Now()
		response, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		v := &visit{Response: response, body: response.Body, took: time.Since(begun)}
		if response.Header.Get("Content-Encoding") == "gzip" && method != http.MethodHead {
			if v.body, err = gzip.NewReader(response.Body); err != nil {
				t.Fatal(err)
			}
		}
		return v
	}
}

// until reads until the client has all of the texts.
func (v *visit) until(t *testing.T, texts ...string) string {
	t.Helper()
	buf := make([]byte, 32<<10)
	for {
		missing := false
		for _, text := range texts {
			missing = missing || !strings.Contains(v.read.String(), text)
		}
		if !missing && len(texts) > 0 {
			return v.read.String()
		}
		n, err := v.body.Read(buf)
		v.read.Write(buf[:n])
		if err != nil && len(texts) == 0 && err == io.EOF {
			return v.read.String()
		}
		if err != nil {
			t.Fatalf("%v before %q came:\n%.2000s", err, texts, mainOf(v.read.String()))
		}
	}
}

// all reads to the end.
func (v *visit) all(t *testing.T) string {
	t.Helper()
	return v.until(t)
}

// gate returns an answer that comes when it is opened, and the way to open it.
func gate(answer answerFunc) (answerFunc, func()) {
	opened := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		select {
		case <-opened:
			return answer(w, r, x)
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}, func() { close(opened) }
}

// hangs answers when nobody waits any more.
func hangs(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
	<-r.Context().Done()
	return r.Context().Err()
}

func TestFragmentsAreShownAsTheyCome(t *testing.T) {
	t.Parallel()
	slow, open := gate(htmlOf("<p>slow</p>"))
	b := new(backend).on("/f/slow", slow).on("/f/bad", fails(fault.New(fault.Unavailable, ""))).
		on("/f/one", htmlOf("<p>one</p>")).on("/f/two", htmlOf("<p>two</p>"))
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "slow", Timeout: 10 * time.Second, Lines: 9},
		plugin.Fragment{ID: "one"}, plugin.Fragment{ID: "bad"}, plugin.Fragment{ID: "two"}))
	for name, header := range map[string][]string{"as it is": nil, "compressed": {"Accept-Encoding", "gzip"}} {
		begun := time.Now()
		v := serve(t, c)(http.MethodGet, "/catalog/main", header...)
		early := v.until(t, "<p>one</p>", "<p>two</p>", "catalog: Not available right now", `data-retry`)
		if took := time.Since(begun); took > 300*time.Millisecond {
			t.Errorf("%s: what is there was shown after %s", name, took)
		}
		if strings.Contains(early, "<p>slow</p>") || strings.Contains(early, "</main>") || strings.Count(early, `part="line"`) != 9+3*4 {
			t.Errorf("%s: the page begins with\n%s", name, mainOf(early))
		}
		if v.ContentLength >= 0 || v.Header.Get("Trailer") != "" || v.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: length %d, header %v", name, v.ContentLength, v.Header)
		}
		if name == "as it is" {
			open() // for the second client it is open from the beginning
			page := v.all(t)
			if i := strings.Index(page, `<div slot="f1" class="corbel-fragment"><p>slow</p></div></div></main>`); i < len(early)-100 {
				t.Errorf("the slow fragment is at %d of %d bytes", i, len(page))
			}
			if got := v.Trailer.Get("Server-Timing"); !strings.HasPrefix(got, "catalog.slow;dur=") {
				t.Errorf("trailer %q", got)
			}
			if got := v.Header.Get("Server-Timing"); strings.Count(got, ";dur=") != 3 || !strings.Contains(got, `desc="failed"`) || strings.Contains(got, "slow") {
				t.Errorf("header %q", got)
			}
			slow, open = gate(htmlOf("<p>slow</p>"))
			b.on("/f/slow", slow)
		}
	}
	open()
}

func TestTheShellDoesNotWaitForAPluginThatHangs(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/slow", hangs)
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "slow", Slot: HomeSlot, Timeout: 10 * time.Second}))
	ask := serve(t, c)
	var fastest time.Duration
	for range 5 { // the machine may be busy for a moment
		begun := time.Now()
		v := ask(http.MethodGet, "/")
		v.until(t, "<h1>Home</h1>", "</template>")
		if took := time.Since(begun); fastest == 0 || took < fastest {
			fastest = took
		}
		v.Body.Close()
	}
	t.Logf("first byte after %s", fastest)
	if fastest > 50*time.Millisecond {
		t.Errorf("first byte after %s", fastest)
	}
}

func TestAPageWaitsForItsPrimaryFragment(t *testing.T) {
	t.Parallel()
	primary, open := gate(answers(http.StatusNotFound, "text/html", "<h1>No table</h1>"))
	other := make(chan struct{})
	b := new(backend).on("/f/first", primary).on("/f/other", func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		close(other)
		return htmlOf("<h1>other</h1>")(w, r, x)
	})
	c := composer(t, Limits{Grace: time.Nanosecond}, catalog(b, plugin.Fragment{ID: "other"}, plugin.Fragment{ID: "first", Primary: true, Timeout: 10 * time.Second}))
	go func() {
		<-other
		open()
	}()
	v := serve(t, c)(http.MethodGet, "/catalog/main")
	page := v.all(t)
	if v.StatusCode != http.StatusNotFound || !strings.Contains(page, "<h1>No table</h1>") || !strings.Contains(page, "<h2>other</h2>") || strings.Count(page, "<h1>") != 1 {
		t.Errorf("status %d:\n%s", v.StatusCode, mainOf(page))
	}
	if !strings.Contains(page, "<title>No table - Atlas</title>") {
		t.Error("the document has not the primary fragment's title")
	}
}

func TestAPrimaryFragmentHasADeadline(t *testing.T) {
	t.Parallel()
	c := composer(t, Limits{FragmentTimeout: 50 * time.Millisecond}, catalog(new(backend).on("/f/first", hangs), plugin.Fragment{ID: "first", Primary: true}))
	if v := serve(t, c)(http.MethodGet, "/catalog/main"); v.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("status %d", v.StatusCode)
	}
}

func TestARequiredFragmentThatFailsLateIsABanner(t *testing.T) {
	t.Parallel()
	late, open := gate(fails(fault.New(fault.NotFound, "")))
	c := composer(t, Limits{Grace: time.Nanosecond}, catalog(new(backend).on("/f/late", late), plugin.Fragment{ID: "late", Required: true, Timeout: 10 * time.Second}))
	v := serve(t, c)(http.MethodGet, "/catalog/main")
	v.until(t, "</template>")
	open()
	if page := v.all(t); v.StatusCode != http.StatusOK || !strings.Contains(page, "catalog: Not found") {
		t.Errorf("status %d:\n%s", v.StatusCode, mainOf(page))
	}
}

func TestACompletePageGoesOutInOnePiece(t *testing.T) {
	t.Parallel()
	c := composer(t, Limits{Grace: 5 * time.Second}, catalog(new(backend).on("/f/one", htmlOf("<p>one</p>")), plugin.Fragment{ID: "one"}))
	ask := serve(t, c)
	plain := ask(http.MethodGet, "/catalog/main")
	if page := plain.all(t); plain.ContentLength != int64(len(page)) || !strings.HasSuffix(page, "</html>") || plain.Header.Get("Server-Timing") == "" {
		t.Errorf("%d bytes, length %d, header %v", len(page), plain.ContentLength, plain.Header)
	}
	packed := ask(http.MethodGet, "/catalog/main", "Accept-Encoding", "br, gzip")
	if page := packed.all(t); page != plain.read.String() || packed.ContentLength <= 0 || packed.ContentLength >= plain.ContentLength/2 {
		t.Errorf("compressed: %d bytes, length %d", len(page), packed.ContentLength)
	}
	head := ask(http.MethodHead, "/catalog/main", "Accept-Encoding", "gzip")
	if page := head.all(t); page != "" || head.StatusCode != http.StatusOK || head.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("HEAD: %d with %d bytes, header %v", head.StatusCode, len(page), head.Header)
	}
}

func TestHeadDoesNotWaitForSlowFragments(t *testing.T) {
	t.Parallel()
	c := composer(t, Limits{}, catalog(new(backend).on("/f/slow", hangs), plugin.Fragment{ID: "slow", Timeout: 10 * time.Second}))
	if v := serve(t, c)(http.MethodHead, "/catalog/main"); v.StatusCode != http.StatusOK || v.took > 5*time.Second {
		t.Errorf("HEAD: %d after %s", v.StatusCode, v.took)
	}
}

func TestAClientThatLeavesEndsTheFetches(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	b := new(backend).on("/f/slow", func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		defer close(ended)
		return hangs(w, r, x)
	})
	c := composer(t, Limits{PageTimeout: time.Hour}, catalog(b, plugin.Fragment{ID: "slow", Timeout: time.Hour}))
	v := serve(t, c)(http.MethodGet, "/catalog/main")
	v.until(t, "</template>")
	v.Body.Close()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the fetch goes on for nobody")
	}
}

func TestBodiesWithoutEnd(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
		w.Header().Set("Content-Type", "text/html")
		for {
			if _, err := io.WriteString(w, "<p>more</p>"); err != nil {
				return &wire.AbortedError{Err: err}
			}
		}
	}
	dribble := func(w http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		w.Header().Set("Content-Type", "text/html")
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				if _, err := io.WriteString(w, "<p>drop</p>"); err != nil {
					return &wire.AbortedError{Err: err}
				}
			case <-r.Context().Done():
				return &wire.AbortedError{Err: r.Context().Err()}
			}
		}
	}
	b := new(backend).on("/f/endless", endless).on("/f/dribble", dribble).on("/f/big", htmlOf(strings.Repeat("<p>x</p>", 5<<20/8))).on("/f/good", htmlOf("<p>good</p>"))
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "endless"}, plugin.Fragment{ID: "dribble", Timeout: 100 * time.Millisecond},
		plugin.Fragment{ID: "big"}, plugin.Fragment{ID: "good"}))
	v := serve(t, c)(http.MethodGet, "/catalog/main")
	page := v.all(t)
	if strings.Count(page, "catalog: No usable answer") != 2 || strings.Count(page, "catalog: It took too long") != 1 || !strings.Contains(page, "<p>good</p>") ||
		strings.Contains(page, "drop") || !strings.HasSuffix(page, "</html>") {
		t.Errorf("page:\n%.4000s", mainOf(page))
	}
}

func TestIDsOfFragmentsDiffer(t *testing.T) {
	t.Parallel()
	field := `<label for="name">N</label><input id="name" aria-describedby="hint other"/><small id="hint">x</small><a href="#name">y</a>`
	second, open := gate(htmlOf(field))
	b := new(backend).on("/f/one", htmlOf(field)).on("/f/two", second)
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "one"}, plugin.Fragment{ID: "two", Timeout: 10 * time.Second}))
	v := serve(t, c)(http.MethodGet, "/catalog/main")
	v.until(t, field)
	open()
	prefixed := `<label for="corbel-f2-name">N</label><input id="corbel-f2-name" aria-describedby="corbel-f2-hint other"/>` +
		`<small id="corbel-f2-hint">x</small><a href="#corbel-f2-name">y</a>`
	if page := v.all(t); !strings.Contains(page, prefixed) {
		t.Errorf("page:\n%s", mainOf(page))
	}
}

func TestPluginsThatAreDownAreShownAsSuch(t *testing.T) {
	t.Parallel()
	table := mount.NewTable(nil)
	c := New(Params{Table: table, Logger: discard})
	ask := serve(t, c)
	m := catalog(new(backend))
	for state, want := range map[string]string{"": "", mount.Ready: "<span>Catalog</span> </a>", "restarting": "restarting</databricks-tag>", "failed": "unavailable</databricks-tag>"} {
		if m.State = state; state == "" {
			table.Set(nil)
		} else {
			table.Set([]mount.Mounted{m})
		}
		page := ask(http.MethodGet, "/").all(t)
		if state == "" && strings.Contains(page, "/catalog/all") || !strings.Contains(page, want) {
			t.Errorf("state %q: the navigation lacks %q", state, want)
		}
	}
}
