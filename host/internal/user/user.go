// Package user tells a caller who they are: as the workspace knows them, asked with their own token, or else as the
// platform's proxy introduced them.
package user

import (
	"context"
	"log/slog"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/workspace"
)

// lookupTimeout bounds the question to the workspace. Its answers are cached there, for each user and token apart.
const lookupTimeout = 3 * time.Second

// Where a Profile comes from.
const (
	FromDatabricks = "databricks"
	FromHeaders    = "headers"
)

// Profile is what the caller is told about themselves.
type Profile struct {
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	// Emails has the primary address first.
	Emails []string `json:"emails"`
	// Groups is empty when the workspace was not asked.
	Groups []string `json:"groups"`
	// Source is "databricks", or "headers" when the workspace could not be asked: no token, no answer.
	Source string `json:"source"`
}

// Directory knows the users of a workspace. workspace.Workspace is one.
type Directory interface {
	// Me returns the user in ctx.
	Me(ctx context.Context) (workspace.Me, error)
}

// Profiles makes profiles. It is safe for concurrent use.
type Profiles struct {
	directory Directory
	logger    *slog.Logger
}

// New returns Profiles. directory may be nil when there is no workspace.
func New(directory Directory, logger *slog.Logger) *Profiles {
	return &Profiles{directory: directory, logger: logger}
}

// Of returns the profile of the user in ctx; its error is a fault of kind Unauthenticated when there is none. A workspace
// that does not answer is no error.
func (p *Profiles) Of(ctx context.Context) (Profile, error) {
	id, signedIn := identity.FromContext(ctx)
	if !signedIn {
		return Profile{}, fault.New(fault.Unauthenticated, "")
	}
	profile := fromHeaders(id.User)
	if p.directory == nil || id.AccessToken.IsZero() {
		return profile, nil
	}
	lookup, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	me, err := p.directory.Me(lookup)
	if err != nil {
		p.logger.WarnContext(ctx, "workspace does not say who the user is", slog.Any("error", err))
		return profile, nil
	}
	return merge(profile, me), nil
}

func fromHeaders(u identity.User) Profile {
	p := Profile{UserName: u.Email, DisplayName: u.Name, Emails: []string{}, Groups: []string{}, Source: FromHeaders}
	if p.UserName == "" {
		p.UserName = u.ID
	}
	if p.DisplayName == "" {
		p.DisplayName = p.UserName
	}
	if u.Email != "" {
		p.Emails = append(p.Emails, u.Email)
	}
	return p
}

// merge puts what the workspace knows over what the headers say.
func merge(p Profile, me workspace.Me) Profile {
	p.Source = FromDatabricks
	if me.UserName != "" {
		p.UserName = me.UserName
	}
	if me.DisplayName != "" {
		p.DisplayName = me.DisplayName
	}
	if len(me.Emails) > 0 {
		p.Emails = me.Emails
	}
	if me.Groups != nil {
		p.Groups = me.Groups
	}
	return p
}
