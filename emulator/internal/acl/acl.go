// Package acl keeps who has which permission on the workspace's objects that are not
// Unity Catalog's: apps, directories, files, SQL warehouses. What a permission lets
// somebody do is for those to say who ask.
package acl

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/statefile"
)

const stateFile = "permissions.json"

// Level is a permission level, such as CAN_USE.
type Level string

// The levels that the workspace itself asks for.
const (
	CanUse    Level = "CAN_USE"
	CanRead   Level = "CAN_READ"
	CanEdit   Level = "CAN_EDIT"
	CanManage Level = "CAN_MANAGE"
)

// Kind is a kind of object.
type Kind struct {
	// Type is how paths of APIs name it, and Object how answers do.
	Type, Object string
	// Levels are those there are, lowest first; each holds those before it.
	Levels []Level
}

var fileLevels = []Level{CanRead, "CAN_RUN", CanEdit, CanManage}

// The kinds of object.
var (
	App       = Kind{"apps", "apps", []Level{CanUse, CanManage}}
	Directory = Kind{"directories", "directory", fileLevels}
	File      = Kind{"files", "file", fileLevels}
	Warehouse = Kind{"warehouses", "warehouses", []Level{"CAN_VIEW", CanUse, "CAN_MONITOR", CanManage, "IS_OWNER"}}
)

// Kinds lists the kinds.
func Kinds() []Kind { return []Kind{App, Directory, File, Warehouse} }

// Object names one of the workspace's objects.
type Object struct {
	Kind Kind
	ID   string
}

func (o Object) key() string { return o.Kind.Type + "/" + o.ID }

// Has reports whether a kind has a level.
func (k Kind) Has(l Level) bool { return slices.Contains(k.Levels, l) }

// rank is the place of a level, from 1; 0 is that of none.
func (k Kind) rank(l Level) int { return slices.Index(k.Levels, l) + 1 }

// Grants are levels by the name of the user, group or service principal.
type Grants map[string]Level

// Store keeps the permissions. It is safe for concurrent use.
type Store struct {
	path string

	mu     sync.RWMutex
	grants map[string]Grants // by object
}

// Open reads what is kept in dir, an existing folder.
func Open(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, stateFile), grants: map[string]Grants{}}
	if err := statefile.Read(s.path, &s.grants); err != nil {
		return nil, fmt.Errorf("open permissions: %w", err)
	}
	return s, nil
}

// Grants returns what was granted on an object itself.
func (s *Store) Grants(o Object) Grants {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.grants[o.key()])
}

// Granted reports whether anything was ever granted on an object.
func (s *Store) Granted(o Object) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.grants[o.key()] != nil
}

// Allows reports whether somebody has the level on any of the objects, themselves or by a
// group. Administrators have every level.
func (s *Store) Allows(p principal.Principal, need Level, on ...Object) bool {
	if p.MemberOf(principal.Admins) {
		return true
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range on {
		for _, name := range p.Names() {
			if o.Kind.rank(s.grants[o.key()][name]) >= o.Kind.rank(need) {
				return true
			}
		}
	}
	return false
}

// Change grants levels on an object, beside those that there are or instead of them all.
func (s *Store) Change(o Object, grants Grants, instead bool) error {
	return s.update(func(all map[string]Grants) {
		next := Grants{}
		if !instead {
			maps.Copy(next, all[o.key()])
		}
		maps.Copy(next, grants)
		all[o.key()] = next
	})
}

// Revoke takes what one principal was granted on an object.
func (s *Store) Revoke(o Object, name string) error {
	return s.update(func(all map[string]Grants) {
		next := maps.Clone(all[o.key()])
		delete(next, name)
		all[o.key()] = next
	})
}

// Forget drops objects that are gone.
func (s *Store) Forget(objects ...Object) error {
	return s.update(func(all map[string]Grants) {
		for _, o := range objects {
			delete(all, o.key())
		}
	})
}

// ForgetPrincipal drops everything that was granted to somebody who is gone.
func (s *Store) ForgetPrincipal(name string) error {
	return s.update(func(all map[string]Grants) {
		for object, grants := range all {
			next := maps.Clone(grants)
			maps.DeleteFunc(next, func(have string, _ Level) bool { return strings.EqualFold(have, name) })
			all[object] = next
		}
	})
}

// update makes a change if it can be written. It must replace the grants of an object, not
// change them.
func (s *Store) update(change func(map[string]Grants)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.grants)
	change(next)
	if err := statefile.Write(s.path, next); err != nil {
		return fmt.Errorf("keep permissions: %w", err)
	}
	s.grants = next
	return nil
}
