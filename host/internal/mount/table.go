package mount

import (
	"net/http"
	"sync"
	"sync/atomic"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// Backend answers HTTP exchanges: a plugin process and what keeps it alive. The contract of Forward is that of
// wire.Client.Forward.
type Backend interface {
	Name() string
	Forward(w http.ResponseWriter, r *http.Request, x wire.Exchange) error
}

// Ready is the State of a plugin that answers. Any other state is shown to users beside the plugin's navigation.
const Ready = "ready"

// Mounted is a plugin to mount. Its manifest must not change afterwards.
type Mounted struct {
	Manifest plugin.Manifest
	Backend  Backend
	// State is Ready, or a word for people: "restarting", "failed".
	State string
	// Generation counts the processes that have served the plugin: answers of an older one are out of date.
	Generation uint64
}

// Target is what answers a request: a plugin's route, or one of its pages.
type Target struct {
	// Plugin is the plugin's name.
	Plugin string
	// Backend is where a route's requests go.
	Backend Backend
	// Route is the route; the zero Route when Page is set.
	Route plugin.Route
	// Page is the page to compose, nil for a route. The request's path values are set.
	Page *plugin.Page
	// Pattern is the route's pattern or the page's path.
	Pattern string
}

// Table says which plugin answers a path. Its methods may be called concurrently; those that read take no lock.
type Table struct {
	reserved   []string
	current    atomic.Pointer[snapshot]
	generation uint64 // of the current snapshot; for Set alone
	// set keeps two calls of Set from overtaking each other.
	set sync.Mutex
}

// NewTable returns a table without plugins. No plugin can have a reserved path or one below it. The home page "/" is always
// reserved.
func NewTable(reserved []string) *Table {
	t := &Table{reserved: reserved}
	t.current.Store(newSnapshot())
	return t
}

// Set replaces the table. Plugins are mounted in the given order: one whose manifest is not valid, or that claims a path
// of an earlier one, is left out as a whole, and a conflict says why.
func (t *Table) Set(plugins []Mounted) []Conflict {
	t.set.Lock()
	defer t.set.Unlock()
	next, conflicts := build(plugins, t.reserved)
	t.generation++
	next.generation = t.generation
	t.current.Store(next)
	return conflicts
}

// finder is the ResponseWriter of a lookup: an entry of the table leaves itself in it, and ServeMux's own answers their
// status.
type finder struct {
	entry  *entry
	status int
	header http.Header
}

func (f *finder) Header() http.Header {
	if f.header == nil {
		f.header = http.Header{}
	}
	return f.header
}

func (f *finder) Write(b []byte) (int, error) { return len(b), nil }

func (f *finder) WriteHeader(status int) { f.status = status }

var finders = sync.Pool{New: func() any { return new(finder) }}

// entry is a Target in the mux.
type entry struct{ target Target }

// ServeHTTP leaves the entry in the finder.
func (e *entry) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if f, ok := w.(*finder); ok {
		f.entry = e
	}
}

// Lookup returns what answers r, and sets r's path values. GET implies HEAD. Paths are taken as they are: one that ServeMux
// would clean or complete by a redirect is not found.
//
// The error is a *fault.Error of kind NotFound, or MethodNotAllowed with an *AllowedMethods in its chain.
func (t *Table) Lookup(r *http.Request) (Target, error) {
	// ServeMux matches the path of a CONNECT request without cleaning it.
	if r.Method == http.MethodConnect {
		return Target{}, fault.New(fault.NotFound, "")
	}
	f := finders.Get().(*finder)
	t.current.Load().mux.ServeHTTP(f, r)
	found, status, header := f.entry, f.status, f.header
	*f = finder{}
	finders.Put(f)
	if found != nil {
		return found.target, nil
	}
	r.Pattern = ""
	if status == http.StatusMethodNotAllowed {
		return Target{}, methodNotAllowed(header.Get("Allow"))
	}
	return Target{}, fault.New(fault.NotFound, "")
}

// AllowedMethods are the methods that an address takes, as the Allow header lists them.
type AllowedMethods struct{ Allow string }

func (e *AllowedMethods) Error() string { return "allowed methods: " + e.Allow }

func methodNotAllowed(allow string) *fault.Error {
	return fault.Wrap(fault.MethodNotAllowed, &AllowedMethods{Allow: allow}, "This address takes only "+allow+" requests.")
}

// Nav returns the navigation: groups in the order in which the plugins first name them. The caller must not change it.
func (t *Table) Nav() []NavGroup { return t.current.Load().nav }

// Generation changes whenever the table does.
func (t *Table) Generation() uint64 { return t.current.Load().generation }

// Fragments returns the fragments that offer themselves for a slot, in order. The caller must not change them.
func (t *Table) Fragments(slot string) []Fragment { return t.current.Load().slots[slot] }

// Assets returns a plugin's assets. The caller must not change them.
func (t *Table) Assets(pluginName string) []Asset { return t.current.Load().assets[pluginName] }

// Fragment returns a plugin's fragment; ok is false when there is none.
func (t *Table) Fragment(pluginName, id string) (f Fragment, ok bool) {
	f, ok = t.current.Load().fragments[fragmentKey{pluginName, id}]
	return f, ok
}
