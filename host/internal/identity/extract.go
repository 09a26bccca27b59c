package identity

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
)

// The headers of the platform's proxy, in canonical form.
const (
	userHeader  = "X-Forwarded-User"
	emailHeader = "X-Forwarded-Email"
	nameHeader  = "X-Forwarded-Preferred-Username"
	tokenHeader = "X-Forwarded-Access-Token" //nolint:gosec // the name of a header
	hostHeader  = "X-Forwarded-Host"
	protoHeader = "X-Forwarded-Proto"
)

const (
	// maxNameBytes bounds user id, e-mail address and name.
	maxNameBytes = 512
	// maxTokenBytes bounds the access token.
	maxTokenBytes = 16 << 10
	// maxHostBytes bounds a host with its port: RFC 1035's 255, a colon and five digits.
	maxHostBytes = 261
)

// Params are what an Extractor needs.
type Params struct {
	// Host is where the server listens: an IP address or "localhost".
	Host string
	// InDatabricksApp says that the platform's proxy is the only way in.
	InDatabricksApp bool
	// TrustedProxies are believed wherever the server listens.
	TrustedProxies []netip.Prefix
	// Logger gets a line for each peer that is not believed. Required.
	Logger *slog.Logger
}

// Extractor reads who is calling. It is safe for concurrent use.
type Extractor struct {
	trust      trust
	distrusted distrusted
}

// New returns an Extractor, or an error when nobody could be believed where the server listens.
func New(p Params) (*Extractor, error) {
	t, err := newTrust(p)
	if err != nil {
		return nil, err
	}
	return &Extractor{trust: t, distrusted: distrusted{logger: p.Logger, peers: map[netip.Addr]struct{}{}}}, nil
}

// Caller is who calls, and how they see the address that they call.
type Caller struct {
	// Identity is zero when nobody is signed in.
	Identity identity.Identity
	// Host is the host of the address in the browser, "" when no proxy said so.
	Host string
	// Scheme is "http" or "https".
	Scheme string
}

// Caller returns who sent r. It trusts the headers of believed peers only. A header that is doubled, too long or holds
// anything but printable text is a fault of kind Invalid: nobody honest sends it.
func (e *Extractor) Caller(r *http.Request) (Caller, error) {
	c := Caller{Scheme: "http"}
	if r.TLS != nil {
		c.Scheme = "https"
	}
	if !e.trust.believes(r.RemoteAddr) {
		if claims(r.Header) {
			e.distrusted.report(r.Context(), r.RemoteAddr)
		}
		return c, nil
	}
	var err error
	if c.Identity, err = identityOf(r.Header); err != nil {
		return Caller{}, err
	}
	if c.Host, err = forwardedHost(r.Header); err != nil {
		return Caller{}, err
	}
	switch scheme := last(r.Header[protoHeader]); scheme {
	case "http", "https":
		c.Scheme = scheme
	case "":
	default:
		return Caller{}, refuse(protoHeader, "is neither http nor https")
	}
	return c, nil
}

// claims says whether the headers name a user.
func claims(h http.Header) bool {
	return h[userHeader] != nil || h[emailHeader] != nil || h[nameHeader] != nil || h[tokenHeader] != nil
}

func identityOf(h http.Header) (id identity.Identity, err error) {
	user := &id.User
	if user.ID, err = single(h, userHeader, maxNameBytes); err != nil {
		return identity.Identity{}, err
	}
	if user.Email, err = single(h, emailHeader, maxNameBytes); err != nil {
		return identity.Identity{}, err
	}
	if user.Name, err = single(h, nameHeader, maxNameBytes); err != nil {
		return identity.Identity{}, err
	}
	token, err := single(h, tokenHeader, maxTokenBytes)
	switch {
	case err != nil:
		return identity.Identity{}, err
	case user.ID == "" && user.Email == "":
		// A name or a token alone is nobody: rows and caches are kept by id.
		return identity.Identity{}, nil
	case user.ID == "":
		user.ID = user.Email
	}
	if user.Name == "" {
		user.Name = user.Email
	}
	if token != "" {
		id.AccessToken = secret.New(token)
	}
	return id, nil
}

// single returns the only value of a header.
func single(h http.Header, name string, limit int) (string, error) {
	values := h[name]
	switch {
	case len(values) == 0:
		return "", nil
	case len(values) > 1:
		return "", refuse(name, "is there more than once")
	case len(values[0]) > limit:
		return "", refuse(name, "is too long")
	case !printable(values[0]):
		return "", refuse(name, "holds characters that cannot be printed")
	}
	return values[0], nil
}

// printable says whether a text is valid UTF-8 without control and format characters, which could forge what a log or a
// page shows.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return printableUnicode(s)
		}
	}
	return true
}

func printableUnicode(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// forwardedHost returns the host that the nearest proxy names.
func forwardedHost(h http.Header) (string, error) {
	host := last(h[hostHeader])
	if len(host) > maxHostBytes {
		return "", refuse(hostHeader, "is too long")
	}
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(".-_:[]", c) >= 0:
		default:
			return "", refuse(hostHeader, "is not a host name")
		}
	}
	return host, nil
}

// last returns the last element of a list header: what the nearest proxy, the one that is believed, has added.
func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	line := lines[len(lines)-1]
	return strings.TrimSpace(line[strings.LastIndexByte(line, ',')+1:])
}

func refuse(header, why string) error {
	return fault.Newf(fault.Invalid, "The header %s %s.", header, why).WithOp("identity")
}
