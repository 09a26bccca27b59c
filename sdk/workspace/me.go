package workspace

import (
	"context"
	"net/http"
	"slices"
)

const (
	mePath = "/api/2.0/preview/scim/v2/Me"
	// workspaceHeader is on every answer of a workspace.
	workspaceHeader = "X-Databricks-Org-Id"
)

// Me is the calling user as the workspace knows them.
type Me struct {
	ID          string `json:"id"`
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	// Emails has the primary address first.
	Emails []string `json:"emails"`
	// Groups are display names, sorted.
	Groups []string `json:"groups"`
	// WorkspaceID is the workspace that the user was asked of, "" when it does not say.
	WorkspaceID string `json:"-"`
}

// Me asks the workspace who the user in ctx is (SCIM Me), and keeps the answer for five minutes.
func (w *Workspace) Me(ctx context.Context) (Me, error) {
	if err := w.requireToken(ctx); err != nil {
		return Me{}, err
	}
	me, err := w.me.Get(ctx, struct{}{}, w.fetchMe)
	if err != nil {
		return Me{}, Fault(err)
	}
	me.Emails, me.Groups = slices.Clone(me.Emails), slices.Clone(me.Groups)
	return me, nil
}

func (w *Workspace) fetchMe(ctx context.Context) (Me, error) {
	c, err := w.User(ctx)
	if err != nil {
		return Me{}, err
	}
	var answer struct {
		ID          string `json:"id"`
		UserName    string `json:"userName"`
		DisplayName string `json:"displayName"`
		Emails      []struct {
			Value   string `json:"value"`
			Primary bool   `json:"primary"`
		} `json:"emails"`
		Groups []struct {
			Display string `json:"display"`
		} `json:"groups"`
	}
	var workspaceID string
	err = Do(ctx, c, Call{
		Op: "workspace.me", Method: http.MethodGet, Path: mePath, Answer: &answer, AnswerHeader: map[string]*string{workspaceHeader: &workspaceID},
	})
	if err != nil {
		return Me{}, err
	}
	me := Me{
		ID: answer.ID, UserName: answer.UserName, DisplayName: answer.DisplayName, Emails: []string{}, Groups: []string{}, WorkspaceID: workspaceID,
	}
	for _, e := range answer.Emails {
		if e.Primary {
			me.Emails = slices.Insert(me.Emails, 0, e.Value)
		} else {
			me.Emails = append(me.Emails, e.Value)
		}
	}
	for _, g := range answer.Groups {
		me.Groups = append(me.Groups, g.Display)
	}
	slices.Sort(me.Groups)
	return me, nil
}
