// Package secret keeps the workspace's secrets: scopes of named values, and who may use
// which scope. They lie in the clear in the state folder, for its owner's eyes only, as the
// workspace's other credentials do.
package secret

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/statefile"
)

const (
	stateFile = "secrets.json"

	// MaxValue bounds a secret, in bytes.
	MaxValue   = 128 << 10
	maxScopes  = 100
	maxSecrets = 1000 // of a scope
)

// Permission is what somebody may do with a scope. Each holds those before it.
type Permission string

// The permissions.
const (
	Read   Permission = "READ"
	Write  Permission = "WRITE"
	Manage Permission = "MANAGE"
)

var ranks = []Permission{Read, Write, Manage}

// Valid reports whether there is such a permission.
func (p Permission) Valid() bool { return slices.Contains(ranks, p) }

// The reasons why something can't be done.
var (
	ErrNoScope  = errors.New("no such scope")
	ErrNoSecret = errors.New("no such secret")
	ErrNoACL    = errors.New("no such permission")
	ErrExists   = errors.New("the scope exists already")
	ErrName     = errors.New("a name has 1 to 128 letters, digits and characters of -_.@/")
	ErrTooLarge = fmt.Errorf("a secret has at most %d bytes", MaxValue)
	ErrTooMany  = errors.New("there are too many")
)

var validName = regexp.MustCompile(`^[\w.@/-]{1,128}$`)

// Secret is a value and when it was set.
type Secret struct {
	Value   []byte    `json:"value"`
	Updated time.Time `json:"updated"`
}

// scope is never changed, but replaced.
type scope struct {
	Secrets map[string]Secret     `json:"secrets"`
	ACL     map[string]Permission `json:"acl"`
}

func (s scope) clone() scope { return scope{maps.Clone(s.Secrets), maps.Clone(s.ACL)} }

// Store keeps the secrets. It is safe for concurrent use.
type Store struct {
	path string

	mu     sync.RWMutex
	scopes map[string]scope
}

// Open reads what is kept in dir, an existing folder.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, stateFile), scopes: map[string]scope{}}
	if err := statefile.Read(s.path, &s.scopes); err != nil {
		return nil, fmt.Errorf("open secrets: %w", err)
	}
	return s, nil
}

// Scopes lists the names of the scopes.
func (s *Store) Scopes() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.scopes))
}

// Allows reports whether somebody has a permission on a scope, themselves or by a group.
// Administrators have every permission.
func (s *Store) Allows(p principal.Principal, need Permission, name string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	in, ok := s.scopes[name]
	if ok && p.MemberOf(principal.Admins) {
		return true
	}
	return slices.ContainsFunc(p.Names(), func(n string) bool {
		return slices.Index(ranks, in.ACL[n]) >= slices.Index(ranks, need)
	})
}

// CreateScope makes a scope that one user, group or service principal manages.
func (s *Store) CreateScope(name, manager string) error {
	return s.update(func(scopes map[string]scope) error {
		switch _, ok := scopes[name]; {
		case !validName.MatchString(name):
			return ErrName
		case ok:
			return ErrExists
		case len(scopes) >= maxScopes:
			return ErrTooMany
		}
		scopes[name] = scope{map[string]Secret{}, map[string]Permission{manager: Manage}}
		return nil
	})
}

// DeleteScope deletes a scope with its secrets.
func (s *Store) DeleteScope(name string) error {
	return s.update(func(scopes map[string]scope) error {
		if _, ok := scopes[name]; !ok {
			return ErrNoScope
		}
		delete(scopes, name)
		return nil
	})
}

// change changes one scope.
func (s *Store) change(name string, change func(scope) error) error {
	return s.update(func(scopes map[string]scope) error {
		in, ok := scopes[name]
		if !ok {
			return ErrNoScope
		}
		in = in.clone()
		scopes[name] = in
		return change(in)
	})
}

// Put sets a secret.
func (s *Store) Put(name, key string, value []byte) error {
	return s.change(name, func(in scope) error {
		switch _, ok := in.Secrets[key]; {
		case !validName.MatchString(key):
			return ErrName
		case len(value) > MaxValue:
			return ErrTooLarge
		case !ok && len(in.Secrets) >= maxSecrets:
			return ErrTooMany
		}
		in.Secrets[key] = Secret{value, time.Now().UTC().Truncate(time.Millisecond)}
		return nil
	})
}

// Delete deletes a secret.
func (s *Store) Delete(name, key string) error {
	return s.change(name, func(in scope) error {
		if _, ok := in.Secrets[key]; !ok {
			return ErrNoSecret
		}
		delete(in.Secrets, key)
		return nil
	})
}

// Get returns a secret.
func (s *Store) Get(name, key string) (Secret, error) {
	in, err := s.scope(name)
	if err != nil {
		return Secret{}, err
	}
	found, ok := in.Secrets[key]
	if !ok {
		return Secret{}, ErrNoSecret
	}
	return found, nil
}

// Listed is a secret without its value.
type Listed struct {
	Key     string
	Updated time.Time
}

// List lists the secrets of a scope by their keys.
func (s *Store) List(name string) ([]Listed, error) {
	in, err := s.scope(name)
	if err != nil {
		return nil, err
	}
	list := []Listed{}
	for key, found := range in.Secrets {
		list = append(list, Listed{key, found.Updated})
	}
	slices.SortFunc(list, func(a, b Listed) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

func (s *Store) scope(name string) (scope, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	in, ok := s.scopes[name]
	if !ok {
		return scope{}, ErrNoScope
	}
	return in, nil
}

// ACL returns who has which permission on a scope.
func (s *Store) ACL(name string) (map[string]Permission, error) {
	in, err := s.scope(name)
	return maps.Clone(in.ACL), err
}

// PutACL gives somebody a permission, instead of the one they had.
func (s *Store) PutACL(name, who string, p Permission) error {
	return s.change(name, func(in scope) error {
		in.ACL[who] = p
		return nil
	})
}

// DeleteACL takes somebody's permission.
func (s *Store) DeleteACL(name, who string) error {
	return s.change(name, func(in scope) error {
		if _, ok := in.ACL[who]; !ok {
			return ErrNoACL
		}
		delete(in.ACL, who)
		return nil
	})
}

func (s *Store) update(change func(map[string]scope) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.scopes)
	if err := change(next); err != nil {
		return err
	}
	if err := statefile.Write(s.path, next); err != nil {
		return fmt.Errorf("keep secrets: %w", err)
	}
	s.scopes = next
	return nil
}
