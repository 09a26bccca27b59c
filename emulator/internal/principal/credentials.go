package principal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

const credentialsFile = "credentials.json"

// credentials are the secrets of one workspace. They are made at its first
// start and kept in the clear, readable by their owner only, because
// `emulator env` must be able to print them again.
type credentials struct {
	PersonalTokens  map[string]string `json:"personal_tokens"` // by user name
	AppClientID     string            `json:"app_client_id"`
	AppClientSecret string            `json:"app_client_secret"`
	// ServicePrincipals are the others, and the next one gets NextServicePrincipal as its id.
	ServicePrincipals    []servicePrincipal `json:"service_principals"`
	NextServicePrincipal int64              `json:"next_service_principal"`
}

// servicePrincipal is one beside the app's own, with its secret.
type servicePrincipal struct {
	ID           int64    `json:"id"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	DisplayName  string   `json:"display_name"`
	Groups       []string `json:"groups,omitempty"`
}

func (s servicePrincipal) principal() Principal {
	return Principal{ID: strconv.FormatInt(s.ID, 10), UserName: s.ClientID, DisplayName: s.DisplayName, Groups: s.Groups, Kind: ServicePrincipal}
}

// addServicePrincipal makes one that belongs to the groups.
func (c *credentials) addServicePrincipal(displayName string, groups ...string) servicePrincipal {
	s := servicePrincipal{c.NextServicePrincipal, randomUUID(), "dose" + randomHex(16), displayName, groups}
	c.NextServicePrincipal++
	c.ServicePrincipals = append(c.ServicePrincipals, s)
	return s
}

// loadCredentials reads the credentials kept in dir, makes what is missing for
// the given users, and writes the file when something was.
func loadCredentials(dir string, userNames []string) (*credentials, error) {
	path := filepath.Join(dir, credentialsFile)
	c := &credentials{}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read credentials: %w", err)
	default:
		if err := json.Unmarshal(data, c); err != nil {
			return nil, fmt.Errorf("read credentials %s: %w: remove the file to have new ones made", path, err)
		}
	}
	if !c.complete(userNames) {
		return c, c.save(path)
	}
	return c, nil
}

// complete makes what is missing, and reports whether nothing was.
func (c *credentials) complete(userNames []string) bool {
	whole := true
	if c.PersonalTokens == nil {
		c.PersonalTokens = make(map[string]string, len(userNames))
	}
	for _, name := range userNames {
		if c.PersonalTokens[name] == "" {
			c.PersonalTokens[name] = "dapi" + randomHex(16)
			whole = false
		}
	}
	if c.AppClientID == "" || c.AppClientSecret == "" {
		c.AppClientID, c.AppClientSecret = randomUUID(), "dose"+randomHex(16)
		whole = false
	}
	if c.NextServicePrincipal == 0 {
		c.NextServicePrincipal = firstServicePrincipalID
		c.addServicePrincipal(Deployer, Admins, AllUsers)
		whole = false
	}
	return whole
}

// save replaces the file in one step, so that a crash leaves the old one or the new one.
func (c *credentials) save(path string) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("save credentials: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), credentialsFile+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("save credentials: %w", err)
	}
	_, err = tmp.Write(append(data, '\n'))
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("save credentials: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	// crypto/rand.Read never fails: it ends the program instead.
	rand.Read(b)
	return b
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }

// randomUUID returns a version 4 UUID (RFC 9562).
func randomUUID() string {
	b := randomBytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
