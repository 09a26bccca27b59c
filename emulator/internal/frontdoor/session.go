package frontdoor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	cookiePrefix = "corbel_session_"

	sessionKeySize = 32

	// sessionLife is how long somebody stays signed in.
	sessionLife = 12 * time.Hour
)

// OpenSessionKey reads the key that signs session cookies from a file, and makes
// it, readable by its owner only, when there is none. Removing the file signs
// everybody out.
func OpenSessionKey(path string) ([]byte, error) {
	key, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		key = make([]byte, sessionKeySize)
		rand.Read(key) // never fails
		if err := os.WriteFile(path, key, 0o600); err != nil {
			return nil, fmt.Errorf("make session key: %w", err)
		}
		return key, nil
	case err != nil:
		return nil, fmt.Errorf("read session key: %w", err)
	case len(key) != sessionKeySize:
		return nil, fmt.Errorf("read session key %s: %d bytes, want %d: remove the file to have a new one made", path, len(key), sessionKeySize)
	}
	return key, nil
}

// sessions seals who is signed in into a cookie. The cookie is signed instead of
// being the key of a table in memory, so that people stay signed in when the
// workspace restarts, and so that there is no table to bound.
type sessions struct {
	key    []byte
	cookie string
	now    func() time.Time
}

type session struct {
	UserName string `json:"user"`
	Expires  int64  `json:"exp"` // Unix seconds
}

func newSessions(key []byte, now func() time.Time) *sessions {
	// Two front doors on one machine share the browser's cookies: a name made
	// from the key keeps them apart.
	id := sha256.Sum256(key)
	return &sessions{key: key, cookie: cookiePrefix + hex.EncodeToString(id[:4]), now: now}
}

// start signs a user in.
func (s *sessions) start(w http.ResponseWriter, r *http.Request, userName string) error {
	payload, err := json.Marshal(session{UserName: userName, Expires: s.now().Add(sessionLife).Unix()})
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	sealed := base64.RawURLEncoding.EncodeToString(payload)
	value := sealed + "." + base64.RawURLEncoding.EncodeToString(s.sign(sealed))
	http.SetCookie(w, s.newCookie(r, value, int(sessionLife.Seconds())))
	return nil
}

// end signs the browser out.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, s.newCookie(r, "", -1))
}

// userName returns who is signed in, and false when nobody is.
func (s *sessions) userName(r *http.Request) (string, bool) {
	for _, c := range r.CookiesNamed(s.cookie) {
		if got, ok := s.open(c.Value); ok {
			return got.UserName, true
		}
	}
	return "", false
}

func (s *sessions) open(value string) (session, bool) {
	sealed, sig, ok := strings.Cut(value, ".")
	if !ok {
		return session{}, false
	}
	mac, err := base64.RawURLEncoding.DecodeString(sig)
	if err != nil || !hmac.Equal(mac, s.sign(sealed)) {
		return session{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return session{}, false
	}
	var got session
	if err := json.Unmarshal(payload, &got); err != nil {
		return session{}, false
	}
	return got, s.now().Unix() < got.Expires
}

func (s *sessions) sign(sealed string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(sealed))
	return mac.Sum(nil)
}

func (s *sessions) newCookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure only over TLS: on the loopback interface there is none
		Name:     s.cookie,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		HttpOnly: true,
		Secure:   r.TLS != nil,
		SameSite: http.SameSiteLaxMode,
	}
}
