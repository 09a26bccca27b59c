package fault

import (
	"errors"
	"slices"
	"strconv"
	"sync"
)

// ErrTooMany is returned when a set is full.
var ErrTooMany = errors.New("too many faults: remove some")

// Set holds the rules in force. The zero value has none. It is safe for concurrent use.
type Set struct {
	mu    sync.Mutex
	next  int
	rules []Rule
}

// Add puts a rule in force and returns it with its id.
func (s *Set) Add(r Rule) (Rule, error) {
	if err := r.check(); err != nil {
		return Rule{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rules) >= maxRules {
		return Rule{}, ErrTooMany
	}
	s.next++
	r.ID = strconv.Itoa(s.next)
	s.rules = append(s.rules, r)
	return r, nil
}

// List returns the rules in force, oldest first. Times is what is left.
func (s *Set) List() []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rules)
}

// Remove takes a rule out of force and reports whether there was one.
func (s *Set) Remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.rules)
	s.rules = slices.DeleteFunc(s.rules, func(r Rule) bool { return r.ID == id })
	return len(s.rules) < before
}

// Clear takes every rule out of force.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// take finds the oldest rule for a request and counts it. user is asked for only when a
// rule wants to know.
func (s *Set) take(method, path string, user func() string) (Rule, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rules) == 0 {
		return Rule{}, false
	}
	who := user()
	for i, r := range s.rules {
		if !r.matches(method, path, who) {
			continue
		}
		if r.Times == 1 {
			s.rules = slices.Delete(s.rules, i, i+1)
		} else if r.Times > 1 {
			s.rules[i].Times--
		}
		return r, true
	}
	return Rule{}, false
}
