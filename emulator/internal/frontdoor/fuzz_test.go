package frontdoor

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func FuzzLocalPath(f *testing.F) {
	for _, next := range []string{"/", "//evil.example", `/\evil.example`, "/a?b=c#d", "/\t/evil.example", "/%2f%2fevil.example", "/.//evil.example"} {
		f.Add(next)
	}
	here, err := url.Parse("http://localhost:8000/_frontdoor/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	// What a browser does to a Location before it resolves it (URL Standard, basic URL parser).
	asBrowser := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
	f.Fuzz(func(t *testing.T, next string) {
		got := localPath(next)
		u, err := here.Parse(asBrowser.Replace(strings.TrimSpace(got)))
		if err != nil || u.Host != here.Host || u.Scheme != here.Scheme {
			t.Errorf("localPath(%q) = %q leads to %v, %v", next, got, u, err)
		}
	})
}

func FuzzRequestID(f *testing.F) {
	f.Add("abc-123")
	f.Add("a\r\nSet-Cookie: x")
	f.Add(strings.Repeat("a", 129))
	f.Fuzz(func(t *testing.T, sent string) {
		got := requestID(http.Header{requestIDHeader: {sent}})
		if !validRequestID(got) || len(got) > maxRequestIDLength || strings.ContainsAny(got, "\r\n\" ") {
			t.Errorf("requestID(%q) = %q", sent, got)
		}
	})
}

func FuzzSession(f *testing.F) {
	f.Add("e30.AAAA")
	f.Add("")
	s := newSessions(make([]byte, sessionKeySize), nil)
	f.Fuzz(func(t *testing.T, value string) {
		if got, ok := s.open(value); ok {
			t.Errorf("a made-up cookie %q opened as %+v", value, got)
		}
	})
}
