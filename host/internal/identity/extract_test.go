package identity_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/host/internal/identity"
	"corbel.example/sdk/fault"
	sdkidentity "corbel.example/sdk/identity"
)

func extractor(t *testing.T, p identity.Params) *identity.Extractor {
	t.Helper()
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	e, err := identity.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// request returns a request of a peer with headers given as name, value, name, value.
func request(peer string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", http.NoBody)
	r.RemoteAddr = peer
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestWhoIsBelieved(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for name, test := range map[string]struct {
		params   identity.Params
		peer     string
		believed bool
	}{
		"loopback to loopback":             {identity.Params{Host: "127.0.0.1"}, "127.0.0.1:5", true},
		"loopback by name":                 {identity.Params{Host: "localhost"}, "[::1]:5", true},
		"IPv6 loopback":                    {identity.Params{Host: "::1"}, "[::1]:5", true},
		"stranger to loopback":             {identity.Params{Host: "127.0.0.1"}, "192.0.2.1:5", false},
		"loopback in an app":               {identity.Params{Host: "127.0.0.1", InDatabricksApp: true}, "192.0.2.1:5", false},
		"anyone in an app":                 {identity.Params{Host: "0.0.0.0", InDatabricksApp: true}, "192.0.2.1:5", true},
		"stranger in an app with proxies":  {identity.Params{Host: "0.0.0.0", InDatabricksApp: true, TrustedProxies: proxies}, "192.0.2.1:5", false},
		"proxy":                            {identity.Params{Host: "0.0.0.0", TrustedProxies: proxies}, "10.1.2.3:5", true},
		"proxy as IPv4 in IPv6":            {identity.Params{Host: "::", TrustedProxies: proxies}, "[::ffff:10.1.2.3]:5", true},
		"stranger beside the proxy":        {identity.Params{Host: "0.0.0.0", TrustedProxies: proxies}, "11.1.2.3:5", false},
		"loopback where proxies are named": {identity.Params{Host: "0.0.0.0", TrustedProxies: proxies}, "127.0.0.1:5", false},
		"address that is none":             {identity.Params{Host: "127.0.0.1"}, "@", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(test.peer, "X-Forwarded-User", "u1", "X-Forwarded-Host", "app.example", "X-Forwarded-Proto", "https")
			got, err := extractor(t, test.params).Caller(r)
			if err != nil {
				t.Fatal(err)
			}
			want := identity.Caller{Scheme: "http"}
			if test.believed {
				want = identity.Caller{Identity: sdkidentity.Identity{User: sdkidentity.User{ID: "u1"}}, Host: "app.example", Scheme: "https"}
			}
			if got != want {
				t.Errorf("caller is %+v, want %+v", got, want)
			}
		})
	}
}

func TestHostThatTrustsNobodyDoesNotStart(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"0.0.0.0", "::", "192.0.2.1"} {
		_, err := identity.New(identity.Params{Host: host})
		if !errors.Is(err, identity.ErrNoProxies) || !strings.Contains(err.Error(), "server.trusted_proxies") {
			t.Errorf("%s: error is %v", host, err)
		}
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		headers []string
		want    sdkidentity.User
		token   string
	}{
		"nobody": {nil, sdkidentity.User{}, ""},
		"all": {
			[]string{"X-Forwarded-User", "1@2", "X-Forwarded-Email", "a@example.com", "X-Forwarded-Preferred-Username", "Ada", "X-Forwarded-Access-Token", "dapi"},
			sdkidentity.User{ID: "1@2", Email: "a@example.com", Name: "Ada"},
			"dapi",
		},
		"e-mail alone":     {[]string{"X-Forwarded-Email", "a@example.com"}, sdkidentity.User{ID: "a@example.com", Email: "a@example.com", Name: "a@example.com"}, ""},
		"name alone":       {[]string{"X-Forwarded-Preferred-Username", "Ada"}, sdkidentity.User{}, ""},
		"token alone":      {[]string{"X-Forwarded-Access-Token", "dapi"}, sdkidentity.User{}, ""},
		"other alphabet":   {[]string{"X-Forwarded-User", "1", "X-Forwarded-Preferred-Username", "Ада Λ 愛"}, sdkidentity.User{ID: "1", Name: "Ада Λ 愛"}, ""},
		"empty":            {[]string{"X-Forwarded-User", ""}, sdkidentity.User{}, ""},
		"underscored name": {[]string{"X_Forwarded_User", "1"}, sdkidentity.User{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extractor(t, identity.Params{Host: "127.0.0.1"}).Caller(request("127.0.0.1:5", test.headers...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Identity.User); diff != "" || got.Identity.AccessToken.Reveal() != test.token {
				t.Errorf("%s token %q", diff, got.Identity.AccessToken.Reveal())
			}
		})
	}
}

func TestHeadersThatNobodyHonestSends(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{
		"two users":         {"X-Forwarded-User", "a", "X-Forwarded-User", "b"},
		"two equal users":   {"X-Forwarded-User", "a", "X-Forwarded-User", "a"},
		"two e-mails":       {"X-Forwarded-User", "a", "X-Forwarded-Email", "a", "X-Forwarded-Email", "b"},
		"two names":         {"X-Forwarded-Preferred-Username", "a", "X-Forwarded-Preferred-Username", "b"},
		"two tokens":        {"X-Forwarded-Access-Token", "a", "X-Forwarded-Access-Token", "b"},
		"long user":         {"X-Forwarded-User", strings.Repeat("a", 513)},
		"long token":        {"X-Forwarded-Access-Token", strings.Repeat("a", 16<<10+1)},
		"control character": {"X-Forwarded-User", "a\x07b"},
		"tab":               {"X-Forwarded-User", "a\tb"},
		"DEL":               {"X-Forwarded-User", "a\x7f"},
		"not UTF-8":         {"X-Forwarded-User", "a\xff"},
		"right to left":     {"X-Forwarded-Preferred-Username", "a\u202eb"},
		"host with a path":  {"X-Forwarded-Host", "app.example/evil"},
		"host with a user":  {"X-Forwarded-Host", "evil@app.example"},
		"long host":         {"X-Forwarded-Host", strings.Repeat("a", 262)},
		"scheme":            {"X-Forwarded-Proto", "javascript"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := extractor(t, identity.Params{Host: "127.0.0.1"}).Caller(request("127.0.0.1:5", headers...))
			if err == nil || fault.KindOf(err) != fault.Invalid || got != (identity.Caller{}) {
				t.Errorf("caller is %+v, error %v", got, err)
			}
		})
	}
}

func TestNearestProxyWins(t *testing.T) {
	t.Parallel()
	r := request("127.0.0.1:5", "X-Forwarded-Host", "evil.example, app.example:8443", "X-Forwarded-Proto", "http,https")
	got, err := extractor(t, identity.Params{Host: "127.0.0.1"}).Caller(r)
	if err != nil || got.Host != "app.example:8443" || got.Scheme != "https" {
		t.Errorf("caller is %+v, error %v", got, err)
	}
}

func TestStrangersAreReportedOnceAndBounded(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	e := extractor(t, identity.Params{Host: "127.0.0.1", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for i := range 1000 {
		peer := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, byte(i >> 8), byte(i)}), 5).String()
		for range 2 {
			if _, err := e.Caller(request(peer, "X-Forwarded-User", "forged", "X-Forwarded-Access-Token", "secret-token")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := e.Caller(request("198.51.100.1:5")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(log.String(), "\n"); got != 256 {
		t.Errorf("%d lines", got)
	}
	if !strings.Contains(log.String(), "peer=192.0.0.7") || strings.Contains(log.String(), "198.51.100.1") || strings.Contains(log.String(), "forged") || strings.Contains(log.String(), "secret-token") {
		t.Error("log has", log.String()[:300])
	}
}

func FuzzCaller(f *testing.F) {
	f.Add("user", "a@example.com", "Ada", "dapi", "app.example", "https")
	f.Add("", "", "", "", "a,b", "http, https")
	f.Add("\x00", "\xff", "\u202e", "\n", "[::1]:8000", "HTTPS")
	e, err := identity.New(identity.Params{Host: "127.0.0.1", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, user, email, name, token, host, scheme string) {
		r := request("127.0.0.1:5", "X-Forwarded-User", user, "X-Forwarded-Email", email, "X-Forwarded-Preferred-Username", name,
			"X-Forwarded-Access-Token", token, "X-Forwarded-Host", host, "X-Forwarded-Proto", scheme)
		c, err := e.Caller(r)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("error is %v", err)
			}
			return
		}
		if strings.ContainsAny(c.Identity.User.ID+c.Identity.User.Email+c.Identity.User.Name+c.Host, "\x00\r\n\t") {
			t.Errorf("control characters passed: %+v", c)
		}
		if c.Scheme != "http" && c.Scheme != "https" {
			t.Errorf("scheme is %q", c.Scheme)
		}
	})
}
