package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"corbel.example/sdk/fault"
)

// Kind is what a Match is.
type Kind string

// The kinds.
const (
	KindCatalog Kind = "catalog"
	KindSchema  Kind = "schema"
	KindTable   Kind = "table"
	KindColumn  Kind = "column"
)

// Match is something whose name holds what was searched for.
type Match struct {
	Kind                           Kind
	Catalog, Schema, Table, Column string
	// Type is a table's or a column's.
	Type    string
	Comment string
	rank    int
}

// Found is the outcome of a search, the best matches first.
type Found struct {
	Matches []Match
	// Stopped says that there may be more: too many matches, too much to look through, or parts that gave no answer.
	Stopped bool
}

// Bounds of a search.
const (
	// MaxMatches is how many matches are returned.
	MaxMatches = 100
	// maxConsidered is how many are ranked.
	maxConsidered = 5_000
	// maxSearched is how many schemas are looked through, and searchers how many at once.
	maxSearched = 300
	searchers   = 8
	searchTime  = 3 * time.Second
)

// Search looks for a text, in any case, in the names of catalogs, schemas, tables and columns that the user may see. A text
// with a period is looked for in tables' full names. Schemas named information_schema are left out: each catalog has the same.
func (r *Reader) Search(ctx context.Context, text string) (Found, error) {
	ctx, stop := context.WithTimeout(ctx, searchTime)
	defer stop()
	s := &search{reader: r, text: strings.ToLower(strings.TrimSpace(text))}
	catalogs, err := r.Catalogs(ctx)
	if err != nil {
		return Found{}, err
	}
	s.stopped = catalogs.Truncated
	for _, c := range catalogs.Items {
		s.add(Match{Kind: KindCatalog, Catalog: c.Name, Comment: c.Comment}, c.Name)
	}
	each(catalogs.Items, func(c Catalog) { s.schemas(ctx, c.Name) })
	slices.SortFunc(s.found, func(a, b schemaName) int {
		return cmp.Or(cmp.Compare(a.catalog, b.catalog), cmp.Compare(a.schema, b.schema))
	})
	if len(s.found) > maxSearched {
		s.found, s.stopped = s.found[:maxSearched], true
	}
	each(s.found, func(name schemaName) { s.tables(ctx, name) })
	return s.result(), nil
}

// each calls visit with every item, some at once, and waits for all.
func each[T any](items []T, visit func(T)) {
	var wg sync.WaitGroup
	places := make(chan struct{}, searchers)
	for _, item := range items {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			visit(item)
		})
	}
	wg.Wait()
}

// search is one under way.
type search struct {
	reader *Reader
	text   string

	mu      sync.Mutex
	matches []Match
	found   []schemaName
	stopped bool
}

func (s *search) schemas(ctx context.Context, catalog string) {
	list, err := s.reader.Schemas(ctx, catalog)
	s.note(list.Truncated, err)
	for _, schema := range list.Items {
		if strings.EqualFold(schema.Name, "information_schema") {
			continue
		}
		s.add(Match{Kind: KindSchema, Catalog: catalog, Schema: schema.Name, Comment: schema.Comment}, schema.Name)
		s.mu.Lock()
		s.found = append(s.found, schemaName{catalog, schema.Name})
		s.mu.Unlock()
	}
}

func (s *search) tables(ctx context.Context, in schemaName) {
	list, err := s.reader.Contents(ctx, in.catalog, in.schema)
	s.note(list.Truncated, err)
	for _, t := range list.Items {
		name := t.Name
		if strings.Contains(s.text, ".") {
			name = in.catalog + "." + in.schema + "." + t.Name
		}
		s.add(Match{Kind: KindTable, Catalog: in.catalog, Schema: in.schema, Table: t.Name, Type: t.Type, Comment: t.Comment}, name)
		for _, c := range t.Columns {
			s.add(Match{Kind: KindColumn, Catalog: in.catalog, Schema: in.schema, Table: t.Name, Column: c.Name, Type: c.TypeText}, c.Name)
		}
	}
}

// note remembers that a part was not looked through. What the user may not see is no such part.
func (s *search) note(truncated bool, err error) {
	if !truncated && (err == nil || isHidden(err)) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

// add keeps a match if the name holds the text. The whole name ranks before its beginning, and that before the rest.
func (s *search) add(m Match, name string) {
	at := strings.Index(strings.ToLower(name), s.text)
	switch {
	case at < 0:
		return
	case len(name) == len(s.text):
		m.rank = 0
	case at == 0:
		m.rank = 1
	default:
		m.rank = 2
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.matches) == maxConsidered {
		s.stopped = true
		return
	}
	s.matches = append(s.matches, m)
}

var kinds = []Kind{KindCatalog, KindSchema, KindTable, KindColumn}

func (s *search) result() Found {
	slices.SortFunc(s.matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.Catalog, b.Catalog), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Column, b.Column))
	})
	if len(s.matches) > MaxMatches {
		s.matches, s.stopped = s.matches[:MaxMatches], true
	}
	return Found{Matches: s.matches, Stopped: s.stopped}
}

func isHidden(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Forbidden || kind == fault.NotFound
}
