package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"time"
)

// exchangeTimeout bounds one exchange of a Visitor, maxAnswer the body of its answer.
const (
	exchangeTimeout = 30 * time.Second
	maxAnswer       = 64 << 20
)

// Visitor is somebody who uses the application over HTTP. It does not follow redirects.
type Visitor struct {
	base   string
	client *http.Client
	token  string
}

// Answer is what a Visitor got.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Decode decodes the answer's JSON.
func (a Answer) Decode(v any) error {
	if err := json.Unmarshal([]byte(a.Body), v); err != nil {
		return fmt.Errorf("decode the answer (status %d): %w:\n%.500s", a.Status, err, a.Body)
	}
	return nil
}

// RequestID returns the id under which the answer's request stands in the log.
func (a Answer) RequestID() string { return a.Header.Get("X-Request-Id") }

// Stranger returns a visitor who is not signed in.
func (s *Stack) Stranger() *Visitor {
	return &Visitor{base: s.URL, client: &http.Client{
		Timeout:       exchangeTimeout,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// theme is the cookie of a browser in which nothing but the system decides between light and dark. A browser without one would get
// what the user has chosen elsewhere, in another test for example.
var theme = &http.Cookie{Name: "corbel_theme", Value: "system", Path: "/"}

// SignIn signs a user in at the front door, as a browser does that has been used before.
func (s *Stack) SignIn(ctx context.Context, user string) (*Visitor, error) {
	v := s.Stranger()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v.client.Jar = jar
	form := url.Values{"user": {user}, "next": {"/"}}.Encode()
	a, err := v.Do(ctx, http.MethodPost, "/_frontdoor/sign-in", strings.NewReader(form), "Content-Type", "application/x-www-form-urlencoded")
	if err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", user, err)
	}
	if a.Status != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in as %s: status %d: %.300s", user, a.Status, a.Body)
	}
	base, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	jar.SetCookies(base, []*http.Cookie{theme})
	return v, nil
}

// Cookies returns what the visitor would send to the application: for a browser that goes on in their place.
func (v *Visitor) Cookies() ([]*http.Cookie, error) {
	base, err := url.Parse(v.base)
	if err != nil {
		return nil, err
	}
	if v.client.Jar == nil {
		return nil, nil
	}
	return v.client.Jar.Cookies(base), nil
}

// Bearer returns a visitor with a token of the user's, as a script does.
func (s *Stack) Bearer(ctx context.Context, user string) (*Visitor, error) {
	env, err := s.Env(ctx, user)
	if err != nil {
		return nil, err
	}
	v := s.Stranger()
	v.token = env["DATABRICKS_TOKEN"]
	return v, nil
}

// Env returns what `emulator env` prints for a user, with more flags if need be.
func (s *Stack) Env(ctx context.Context, user string, flags ...string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, s.programs.Program("emulator"), append([]string{"env", "--user", user}, flags...)...)
	cmd.Env = append(environment(), "CORBEL_STATE_DIR="+s.StateDir)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("emulator env --user %s: %w", user, err)
	}
	env := map[string]string{}
	for line := range strings.Lines(string(out)) {
		assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export ")
		if name, value, found := strings.Cut(assignment, "="); ok && found {
			env[name] = strings.Trim(value, `'"`)
		}
	}
	return env, nil
}

// Get gets a path. header is name, value, name, value...
func (v *Visitor) Get(ctx context.Context, path string, header ...string) (Answer, error) {
	return v.Do(ctx, http.MethodGet, path, http.NoBody, header...)
}

// Post posts JSON.
func (v *Visitor) Post(ctx context.Context, path, body string, header ...string) (Answer, error) {
	return v.Do(ctx, http.MethodPost, path, strings.NewReader(body), append([]string{"Content-Type", "application/json"}, header...)...)
}

// Do sends a request. The path is sent as it is written, escapes included.
func (v *Visitor) Do(ctx context.Context, method, path string, body io.Reader, header ...string) (Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.base+path, body)
	if err != nil {
		return Answer{}, err
	}
	if v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := v.client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}, nil
}
