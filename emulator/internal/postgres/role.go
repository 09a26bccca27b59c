package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SQLSTATEs that setting up expects.
const (
	cannotConnectNow = "57P03" // the server is starting
	unknownDatabase  = "3D000"
	duplicateObject  = "42710"
)

// Role is a role that can log in, and owns nothing at first.
type Role struct {
	Name string
	// Creates says that it may create schemas in the database.
	Creates bool
}

// setUp makes what every cluster has: the database, and a role for everybody who may log in.
// It can be repeated.
func (s *Server) setUp(ctx context.Context) error {
	session, err := s.loginOwner(ctx, "template1")
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { session.Close() })()
	return errors.Join(s.makeAll(session), session.Close())
}

func (s *Server) makeAll(session *Session) error {
	// Renaming the database that initdb made is faster than making another.
	err := session.runUnless(unknownDatabase, "ALTER DATABASE postgres RENAME TO "+quoteName(Database))
	if err != nil {
		return err
	}
	if err := session.run("REVOKE CONNECT ON DATABASE template1 FROM PUBLIC"); err != nil {
		return err
	}
	for _, role := range s.roles() {
		if err := s.makeRole(session, role); err != nil {
			return err
		}
	}
	return nil
}

// makeRole makes a role if there is none, and gives it what it may do.
func (s *Server) makeRole(session *Session, role Role) error {
	name := quoteName(role.Name)
	if err := session.runUnless(duplicateObject, "CREATE ROLE "+name+" LOGIN"); err != nil {
		return err
	}
	privileges := "CONNECT"
	if role.Creates {
		privileges = "CONNECT, CREATE"
	}
	return session.run(s.passwordStatement(role.Name) + "GRANT " + privileges + " ON DATABASE " + quoteName(Database) + " TO " + name)
}

func (s *Server) roles() []Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.config.Roles)
}

// Role returns the role of that name, if it is one of those that must exist.
func (s *Server) Role(name string) (Role, bool) {
	for _, role := range s.roles() {
		if role.Name == name {
			return role, true
		}
	}
	return Role{}, false
}

// AddRole adds one to the roles that must exist. It is made by the next start or by
// [Server.Repair], whichever comes first.
func (s *Server) AddRole(role Role) {
	s.RemoveRole(role.Name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config.Roles = append(s.config.Roles, role)
}

// RemoveRole removes one from the roles that must exist. What it made stays.
func (s *Server) RemoveRole(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config.Roles = slices.DeleteFunc(slices.Clone(s.config.Roles), func(r Role) bool { return r.Name == name })
}

func (s *Server) passwordStatement(role string) string {
	return "ALTER ROLE " + quoteName(role) + " PASSWORD " + quoteText(deriveKeys(s.place.Key, role).verifier()) + ";"
}

// Repair makes a role's login work: of one that has changed its password, or was added since
// the server started.
func (s *Server) Repair(ctx context.Context, name string) error {
	role, ok := s.Role(name)
	if !ok {
		return fmt.Errorf("no role %q", name)
	}
	session, err := s.loginOwner(ctx, Database)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { session.Close() })()
	return errors.Join(s.makeRole(session, role), session.Close())
}

// loginOwner opens a session as the cluster's owner.
func (s *Server) loginOwner(ctx context.Context, database string) (*Session, error) {
	return s.Login(ctx, map[string]string{"user": Superuser, "database": database, "application_name": "corbel emulator"})
}

// runUnless runs statements; that they fail with the given SQLSTATE is no error.
func (s *Session) runUnless(code, statements string) error {
	err := s.run(statements)
	var refused *ServerError
	if errors.As(err, &refused) && refused.Code == code {
		return nil
	}
	return err
}

// quoteName quotes an identifier, and quoteText a string literal.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteText(text string) string { return `'` + strings.ReplaceAll(text, `'`, `''`) + `'` }
