package doctor

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/databricks/databricks-sdk-go/client"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

// checkTimeout bounds each check.
const checkTimeout = 15 * time.Second

// State is how a check went.
type State string

// Of a check that is Skipped nothing could be found out.
const (
	OK      State = "ok"
	Failed  State = "FAILED"
	Skipped State = "skipped"
)

// Check is one thing that was looked at.
type Check struct {
	Name  string
	State State
	// Detail is what was found.
	Detail string
	// Repair is what to do about a failure.
	Repair string
}

func ok(name, detail string) Check      { return Check{Name: name, State: OK, Detail: detail} }
func skipped(name, detail string) Check { return Check{Name: name, State: Skipped, Detail: detail} }
func failed(name, detail, repair string) Check {
	return Check{Name: name, State: Failed, Detail: detail, Repair: repair}
}

// Resource is a resource of a plugin's manifest and what the configuration says it is.
type Resource struct {
	plugin.Resource
	Plugin string
	Value  string
}

// Params are what is looked at.
type Params struct {
	// Host is the address to listen on, Port the port.
	Host string
	Port int
	// Workspace is the workspace and the app's own credentials.
	Workspace workspace.Config
	// AppName names the deployed app whose resources and scopes are looked at. Empty: none is.
	AppName   string
	Resources []Resource
	Scopes    []string
	// DatabaseAddress is host:port of the database, "" for none.
	DatabaseAddress string
}

// Run makes all checks, one after the other, and hands each to tell. It returns how many failed.
func Run(ctx context.Context, p Params, tell func(Check)) (failures int) {
	note := func(c Check) bool {
		if c.State == Failed {
			failures++
		}
		tell(c)
		return c.State == OK
	}
	note(p.port(ctx))
	c, ok := p.signIn(ctx, note)
	if !ok {
		for _, r := range p.Resources {
			note(skipped(r.name(), notSignedIn))
		}
		return failures
	}
	for _, r := range p.Resources {
		within(ctx, func(ctx context.Context) { note(r.check(ctx, c, p.DatabaseAddress)) })
	}
	within(ctx, func(ctx context.Context) { note(p.app(ctx, c)) })
	return failures
}

func within(ctx context.Context, f func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	f(ctx)
}

// signIn checks the address and the credentials, and returns the app's own client.
func (p Params) signIn(ctx context.Context, note func(Check) bool) (*client.DatabricksClient, bool) {
	w, err := workspace.New(p.Workspace, workspace.Options{})
	if err != nil {
		note(failed(checkHost, message(err), repairHost))
		return nil, false
	}
	defer w.Close()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if !note(reach(ctx, p.Workspace.Host)) {
		return nil, false
	}
	c, err := w.App(ctx)
	if err != nil {
		return nil, note(failed(checkToken, message(err), repairToken))
	}
	var me struct {
		UserName    string `json:"userName"`
		DisplayName string `json:"displayName"`
	}
	if err := workspace.Do(ctx, c, workspace.Call{Op: "doctor.me", Method: "GET", Path: "/api/2.0/preview/scim/v2/Me", Answer: &me}); err != nil {
		return nil, note(failed(checkToken, message(err), repairToken))
	}
	return c, note(ok(checkToken, "signed in as "+me.UserName))
}

// port checks that the host can listen where it is told to.
func (p Params) port(ctx context.Context) Check {
	address := net.JoinHostPort(p.Host, strconv.Itoa(p.Port))
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return failed(checkPort, err.Error(), repairPort)
	}
	if err := l.Close(); err != nil {
		return failed(checkPort, err.Error(), repairPort)
	}
	return ok(checkPort, address+" is free")
}
