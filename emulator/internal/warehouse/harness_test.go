package warehouse

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// people are the principals of a test.
type people map[string]principal.Principal

func (p people) User(name string) (principal.Principal, bool) { u, ok := p[name]; return u, ok }

func (p people) Known(name string) (string, bool) {
	for _, u := range p {
		if u.MemberOf(name) {
			return name, true
		}
	}
	_, ok := p[name]
	return name, ok
}

func (p people) Users() (users []principal.Principal) {
	for _, u := range p {
		users = append(users, u)
	}
	return users
}

func (p people) Groups() []principal.Group { return []principal.Group{{DisplayName: "insiders"}} }

func person(name string, groups ...string) principal.Principal {
	return principal.Principal{UserName: name, Groups: append(groups, principal.AllUsers)}
}

// lab is a warehouse with people of its own.
type lab struct {
	*Warehouse
	people people
}

const (
	admin = "admin"
	ann   = "ann"
	bob   = "bob"
)

// newLab opens an empty warehouse. Besides the given people there are admin, an
// administrator, ann of the group "insiders", and bob.
func newLab(t testing.TB, others ...principal.Principal) *lab {
	t.Helper()
	l := openLab(t, t.TempDir(), others...)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// openLab is newLab in a folder; the caller closes it.
func openLab(t testing.TB, dir string, others ...principal.Principal) *lab {
	t.Helper()
	all := people{}
	for _, p := range append(others, person(admin, principal.Admins), person(ann, "insiders"), person(bob)) {
		all[p.UserName] = p
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	store, err := metastore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), Config{Dir: filepath.Join(dir, "warehouse"), Metastore: store, Principals: all, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return &lab{w, all}
}

// page is a sink that keeps a result as text: columns with | between them, rows with newlines.
type page struct {
	columns []Column
	rows    []string
}

func (p *page) Columns(columns []Column) error { p.columns = columns; return nil }

func (p *page) Row(values []any) error {
	cells := make([]string, len(values))
	for i, v := range values {
		text, valid, err := dialect.Render(p.columns[i].Type, v)
		if err != nil {
			return err
		}
		if cells[i] = text; !valid {
			cells[i] = "NULL"
		}
	}
	p.rows = append(p.rows, strings.Join(cells, "|"))
	return nil
}

func (l *lab) try(ctx context.Context, user, statement string) (rows string, err error) {
	var p page
	err = l.Execute(ctx, Request{Statement: statement, Principal: l.people[user]}, &p)
	return strings.Join(p.rows, "\n"), err
}

// must runs statements that succeed, and returns the rows of the last.
func (l *lab) must(t testing.TB, user string, statements ...string) (rows string) {
	t.Helper()
	for _, s := range statements {
		var err error
		if rows, err = l.try(t.Context(), user, s); err != nil {
			t.Fatalf("%s: %s: %v", user, s, err)
		}
	}
	return rows
}

// class is the error class of a failure, or "" of a success.
func class(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var known *dialect.Error
	if !errors.As(err, &known) {
		t.Fatalf("error without a class: %v", err)
	}
	return known.Class
}
