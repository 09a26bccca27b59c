package page

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/ui"
	"corbel.example/web"
)

// HomeSlot is the slot of fragments that offer themselves for the home page.
const HomeSlot = "home"

// Table is what the composer needs of mount.Table.
type Table interface {
	Lookup(r *http.Request) (mount.Target, error)
	Nav() []mount.NavGroup
	Fragments(slot string) []mount.Fragment
	Fragment(plugin, id string) (mount.Fragment, bool)
	Generation() uint64
}

// Assets says what plugins' fragments need in the document's head.
type Assets interface {
	// Of returns the stylesheets and modules that a plugin's manifest lists under the names, without those that are off.
	Of(plugin string, names []string) []web.Asset
}

// Params are what New needs.
type Params struct {
	Table  Table
	Assets Assets
	Logger *slog.Logger
	// AppName is the application's name in the shell.
	AppName string
	// SignOutHref is where "Sign out" leads; "" leaves it out.
	SignOutHref string
	// Nav are the groups of the navigation behind the plugins' own: pages of the host.
	Nav []mount.NavGroup
	// RequestHref is where a request is found by its id; nil for nowhere.
	RequestHref func(requestID string) string
	// Notice is what to tell the user in ctx at the top of the home page, nil for nothing; nil never tells anything.
	Notice func(ctx context.Context) ui.Component
	// Limits, with zero values replaced by defaults.
	Limits Limits
	// Now is the clock of copies; nil for the system's.
	Now func() time.Time
}

// Limits bound a page.
type Limits struct {
	// FragmentTimeout is for fragments whose manifest gives none: from the request to the last byte. Default 1 s.
	FragmentTimeout time.Duration
	// PageTimeout is the page's budget: for all of its fragments together, whatever their own. Default 30 s; the page is seen
	// long before, and only fragments that ask for more than the default have use for it.
	PageTimeout time.Duration
	// Grace is how long a page waits for its fragments before it is sent without them: those that come within it cost no
	// write of their own. Default 8 ms.
	Grace time.Duration
	// MaxFragmentBytes is the largest fragment. Default 2 MiB.
	MaxFragmentBytes int
	// MaxAtOnce is how many fragments of one page are fetched at the same time. Default 16.
	MaxAtOnce int
	// MaxCopyAge is how old a copy may be that is shown because the fragment cannot be had. Default 15 min.
	MaxCopyAge time.Duration
	// CopyBytes is the memory for copies of fragments, of all users together. Default 32 MiB.
	CopyBytes int
	// CleanBytes is the memory for what has been cleaned, by content. Default 16 MiB.
	CleanBytes int
}

func (l Limits) orDefault() Limits {
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{
		{&l.FragmentTimeout, time.Second},
		{&l.PageTimeout, 30 * time.Second},
		{&l.Grace, 8 * time.Millisecond},
		{&l.MaxCopyAge, 15 * time.Minute},
	} {
		if *d.value <= 0 {
			*d.value = d.fallback
		}
	}
	for _, n := range []struct {
		value    *int
		fallback int
	}{
		{&l.MaxFragmentBytes, 2 << 20},
		{&l.MaxAtOnce, 16},
		{&l.CopyBytes, 32 << 20},
		{&l.CleanBytes, 16 << 20},
	} {
		if *n.value <= 0 {
			*n.value = n.fallback
		}
	}
	return l
}

// Composer composes pages. Its methods may be called concurrently.
//
// The exchange that they take carries the caller's whole identity; a plugin gets the access token only if its manifest asks
// for it. Errors are *fault.Error, or the request context's error; with an error from before the first byte nothing has been
// written.
type Composer struct {
	table   Table
	assets  Assets
	logger  *slog.Logger
	shell   web.Shell
	nav     []mount.NavGroup
	find    func(requestID string) string
	notice  func(ctx context.Context) ui.Component
	limits  Limits
	now     func() time.Time
	copies  *copies
	changes *changes
	cleaned *cleaned
}

// New returns a composer.
func New(p Params) *Composer {
	limits := p.Limits.orDefault()
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Composer{
		table: p.Table, assets: p.Assets, logger: p.Logger, limits: limits, now: p.Now,
		nav: p.Nav, find: p.RequestHref, notice: p.Notice,
		shell:  web.Shell{AppName: p.AppName, SignOutHref: p.SignOutHref},
		copies: newCopies(limits.CopyBytes), changes: newChanges(), cleaned: newCleaned(limits.CleanBytes),
	}
}
