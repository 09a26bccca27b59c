package run

import (
	"container/list"
	"sync"
)

const (
	// maxRuns and maxBytes bound what is kept of all users, and maxOfUser of each: the oldest go.
	maxRuns   = 2000
	maxBytes  = 64 << 20
	maxOfUser = 50
)

// registry keeps runs.
type registry struct {
	mu    sync.Mutex
	order *list.List // of *entry, the oldest first
	byKey map[key]*list.Element
	users map[string]int
	bytes int
}

type key struct{ user, id string }

type entry struct {
	key key
	run *Run
}

func newRegistry() *registry {
	return &registry{order: list.New(), byKey: map[key]*list.Element{}, users: map[string]int{}}
}

func (g *registry) add(user string, r *Run) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := key{user, r.ID}
	if e, known := g.byKey[k]; known {
		g.remove(e)
	}
	if g.users[user] >= maxOfUser {
		for e := g.order.Front(); e != nil; e = e.Next() {
			if e.Value.(*entry).key.user == user {
				g.remove(e)
				break
			}
		}
	}
	g.byKey[k] = g.order.PushBack(&entry{k, r})
	g.users[user]++
	g.bytes += r.Query.weight()
	for g.order.Len() > maxRuns || g.bytes > maxBytes && g.order.Len() > 1 {
		g.remove(g.order.Front())
	}
}

// remove is called with mu held.
func (g *registry) remove(e *list.Element) {
	gone := g.order.Remove(e).(*entry)
	delete(g.byKey, gone.key)
	g.bytes -= gone.run.Query.weight()
	if g.users[gone.key.user]--; g.users[gone.key.user] == 0 {
		delete(g.users, gone.key.user)
	}
}

func (g *registry) get(user, id string) *Run {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e, ok := g.byKey[key{user, id}]; ok {
		return e.Value.(*entry).run
	}
	return nil
}

// open returns those of a user's runs that nobody has seen the end of.
func (g *registry) open(user string) []*Run {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.users[user] == 0 {
		return nil
	}
	var found []*Run
	for e := g.order.Front(); e != nil; e = e.Next() {
		of := e.Value.(*entry)
		if of.key.user != user {
			continue
		}
		if ended, _, _ := of.run.Ending(); !ended {
			found = append(found, of.run)
		}
	}
	return found
}
