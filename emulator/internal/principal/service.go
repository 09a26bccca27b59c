package principal

import (
	"crypto/subtle"
	"fmt"
	"path/filepath"
	"slices"
)

// maxServicePrincipals bounds the service principals of a workspace.
const maxServicePrincipals = 1000

// AppCredentials returns the client id and secret with which the app's service
// principal gets its tokens.
func (d *Directory) AppCredentials() (clientID, secret string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.creds.AppClientID, d.creds.AppClientSecret
}

// ServicePrincipals lists the service principals: the app's own, then the others in the order
// in which they were made.
func (d *Directory) ServicePrincipals() []Principal {
	d.mu.RLock()
	defer d.mu.RUnlock()
	list := []Principal{d.app}
	for _, s := range d.creds.ServicePrincipals {
		list = append(list, s.principal())
	}
	return list
}

// ServicePrincipalNamed finds a service principal by its application id.
func (d *Directory) ServicePrincipalNamed(clientID string) (Principal, bool) {
	for _, p := range d.ServicePrincipals() {
		if p.UserName == clientID {
			return p, true
		}
	}
	return Principal{}, false
}

// AddServicePrincipal makes a service principal that belongs to no group, so that it may do
// nothing but what it is granted itself.
func (d *Directory) AddServicePrincipal(displayName string) (Principal, error) {
	var made Principal
	err := d.change(func(c *credentials) error {
		if len(c.ServicePrincipals) >= maxServicePrincipals {
			return fmt.Errorf("add service principal: there are %d, and more can't be", maxServicePrincipals)
		}
		made = c.addServicePrincipal(displayName).principal()
		return nil
	})
	return made, err
}

// RemoveServicePrincipal removes a service principal and its tokens. An unknown one is no error.
func (d *Directory) RemoveServicePrincipal(clientID string) error {
	err := d.change(func(c *credentials) error {
		c.ServicePrincipals = slices.DeleteFunc(c.ServicePrincipals, func(s servicePrincipal) bool { return s.ClientID == clientID })
		return nil
	})
	d.tokens.removeMinted(clientID)
	return err
}

func (d *Directory) change(change func(*credentials) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := *d.creds
	next.ServicePrincipals = slices.Clone(next.ServicePrincipals)
	if err := change(&next); err != nil {
		return err
	}
	if err := next.save(filepath.Join(d.dir, credentialsFile)); err != nil {
		return err
	}
	d.creds = &next
	return nil
}

// ClientSecret returns the secret of a service principal.
func (d *Directory) ClientSecret(clientID string) (secret string, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if clientID == d.creds.AppClientID {
		return d.creds.AppClientSecret, true
	}
	for _, s := range d.creds.ServicePrincipals {
		if s.ClientID == clientID {
			return s.ClientSecret, true
		}
	}
	return "", false
}

// ServicePrincipal returns the service principal that these credentials belong
// to, or [ErrUnauthenticated].
func (d *Directory) ServicePrincipal(clientID, secret string) (Principal, error) {
	p, known := d.ServicePrincipalNamed(clientID)
	want, ok := d.ClientSecret(clientID)
	if same := subtle.ConstantTimeCompare([]byte(secret), []byte(want)); !known || !ok || same != 1 {
		return Principal{}, ErrUnauthenticated
	}
	return p, nil
}
