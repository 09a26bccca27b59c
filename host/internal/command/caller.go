package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

// TokenVariable names the environment variable with the caller's access token.
const TokenVariable = "DATABRICKS_TOKEN"

// Caller asks the workspace whose token it is (SCIM Me). The identity is the one that the platform's proxy gives the same
// user in a browser, so that what is kept for a user is found from both.
func Caller(ctx context.Context, host string, token secret.String, log slog.Handler) (identity.Identity, error) {
	if host == "" || token.IsZero() {
		return identity.Identity{}, unauthenticated(errors.New("set DATABRICKS_HOST and " + TokenVariable +
			"; for the workspace of make run, eval \"$(bin/emulator env --app)\""))
	}
	w, err := workspace.New(workspace.Config{Host: host}, workspace.Options{Logger: slog.New(log)})
	if err != nil {
		return identity.Identity{}, err
	}
	defer w.Close()
	// Who it is turns out by the answer: until then the token has to have some holder.
	asking := identity.NewContext(ctx, identity.Identity{User: identity.User{ID: "token"}, AccessToken: token})
	me, err := w.Me(asking)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated && err != nil:
		return identity.Identity{}, unauthenticated(fmt.Errorf("the workspace does not accept the token in %s: get a new one", TokenVariable))
	case err != nil:
		f := fault.From(err)
		return identity.Identity{}, &Failure{fault.Wrap(f.Kind, err, "The workspace at "+host+" does not say who you are: "+f.UserMessage()).Problem("")}
	case me.ID == "" || me.UserName == "":
		return identity.Identity{}, fmt.Errorf("ask %s who you are: the answer names no user", host)
	}
	user := identity.User{ID: me.ID, Email: me.UserName, Name: me.UserName}
	if me.WorkspaceID != "" {
		user.ID += "@" + me.WorkspaceID
	}
	if len(me.Emails) > 0 {
		user.Email = me.Emails[0]
	}
	return identity.Identity{User: user, AccessToken: token}, nil
}

func unauthenticated(why error) error {
	return &Failure{fault.New(fault.Unauthenticated, "The command needs to know who you are: "+why.Error()+".").Problem("")}
}
