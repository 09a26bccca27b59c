// Package run keeps what users have run on the SQL page: the statement with its parameters, which may be too long for an address, and
// how it went. A run belongs to its user, and to this process: after a restart a result can still be seen as long as the workspace keeps
// it, only its text is gone.
package run

import (
	"sync"
	"time"

	"corbel.example/plugins/unitycatalog/internal/statement"
)

// Query is what is run.
type Query struct {
	SQL             string
	Catalog, Schema string
	Parameters      []statement.Parameter
	// Limit bounds the rows; 0: no bound.
	Limit int64
}

func (q *Query) weight() int {
	n := len(q.SQL) + len(q.Catalog) + len(q.Schema)
	for _, p := range q.Parameters {
		n += len(p.Name) + len(p.Type)
		if p.Value != nil {
			n += len(*p.Value)
		}
	}
	return n
}

// Run is one run. Its fields do not change once it is kept; Ending does.
type Run struct {
	// ID is the statement's. A run that never became a statement has one of its own.
	ID    string
	Query Query
	// Began is when it was submitted; zero when it was not.
	Began time.Time

	mu    sync.Mutex
	seen  time.Time // when it was last seen to be running
	ended bool
	took  time.Duration
	err   error
}

// attentive is how long nobody may have looked for the time of an end to be known.
const attentive = time.Second

// look notes that the run is still under way.
func (r *Run) look(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = now
}

// end notes how the run ended, the first time. It says whether this was the first time.
func (r *Run) end(now time.Time, err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.ended, r.err = true, err
	if now.Sub(r.seen) <= attentive {
		r.took = now.Sub(r.Began)
	}
	return true
}

// Ending says whether the run has ended, how long it took (0 when nobody was looking at its end) and why it failed.
func (r *Run) Ending() (ended bool, took time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended, r.took, r.err
}
