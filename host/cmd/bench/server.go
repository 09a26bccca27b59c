package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"corbel.example/host/internal/asset"
	"corbel.example/host/internal/config"
	"corbel.example/host/internal/identity"
	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/page"
	"corbel.example/host/internal/server"
	"corbel.example/host/internal/status"
	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/trace"
	"corbel.example/host/internal/user"
	"corbel.example/sdk/correlation"
	sdkidentity "corbel.example/sdk/identity"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

const (
	// roleServer is the process that serves both variants of the small document.
	roleServer = "server"
	// rolePages is the process that serves pages.
	rolePages = "pages"
)

// direct is a mount.Backend in the host's process.
type direct struct{ handler http.Handler }

func (d *direct) Name() string { return directName }

// Forward gives the handler what a plugin's would get: the identity, the request id and a context with the deadline.
func (d *direct) Forward(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	ctx := sdkidentity.NewContext(correlation.NewContext(r.Context(), x.RequestID), x.Identity)
	if x.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, x.Timeout)
		defer cancel()
	}
	d.handler.ServeHTTP(w, r.WithContext(ctx))
	return nil
}

// nobody is the profile source: the measured route asks for no profile.
type nobody struct{}

func (nobody) Of(context.Context) (user.Profile, error) {
	return user.Profile{}, errors.New("no profiles here")
}

// servePages serves the page, whose plugins are this program under four names.
func servePages() error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	programs := map[string]string{}
	for i := range pagePlugins {
		name := pagePluginName(i)
		programs[name] = filepath.Join(folder, name)
		if err := os.Symlink(executable, programs[name]); err != nil {
			return err
		}
	}
	return runServer(programs)
}

// runServer serves until standard input ends, with plugins by name, each with its program: "" for this one. It prints its
// URL and a plugin's process id.
func runServer(programs map[string]string) error {
	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // lines are formatted and written, to nobody
	if err != nil {
		return err
	}
	defer log.Close()
	store := trace.New(trace.Settings{})
	watch := status.NewWatch(store)
	handler := store.Handler(logging.New(log, logging.Options{}))
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	var specs []supervisor.Spec
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		specs = append(specs, supervisor.Spec{Name: name, Path: cmp.Or(programs[name], executable)})
	}
	table := mount.NewTable(server.Reserved())
	inProcess := newPlugin(directName)
	local := mount.Mounted{Manifest: inProcess.Manifest(), Backend: &direct{handler: inProcess.Handler()}, State: mount.Ready}
	plugins := supervisor.New(supervisor.Params{
		Plugins: specs,
		Resolve: func(string, json.RawMessage) (json.RawMessage, plugin.Diagnostics) { return json.RawMessage(`{}`), nil },
		Log:     handler, Level: slog.LevelDebug, Unlogged: store.Unlogged(), OnExchange: watch.Exchange,
		OnChange: func(mounted []mount.Mounted) {
			for _, conflict := range table.Set(append(mounted, local)) {
				fmt.Fprintf(os.Stderr, "bench: %v\n", conflict)
			}
		},
	})
	if err := plugins.Start(context.Background()); err != nil {
		return err
	}
	callers, err := identity.New(identity.Params{Host: "127.0.0.1", Logger: slog.New(handler)})
	if err != nil {
		return err
	}
	board := status.New(status.Params{
		Plugins: plugins.Plugins, Manifest: plugins.Manifest, Restart: plugins.Restart, Watch: watch, Trace: store, Profiles: nobody{},
		Logger: slog.New(handler),
	})
	s := server.New(server.Params{
		Settings: config.Server{
			Host: "127.0.0.1", HeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
			IdleTimeout: 2 * time.Minute, RequestTimeout: 30 * time.Second, ShutdownTimeout: 5 * time.Second,
			MaxHeaderBytes: 64 << 10, MaxBodyBytes: 4 << 20, MaxConcurrentRequests: 2000,
		},
		Router: table, Pages: page.New(page.Params{
			Table: table, Logger: slog.New(handler), Nav: status.Nav(), RequestHref: status.RequestHref, Notice: board.Notice,
		}), Callers: callers, Profiles: nobody{},
		Assets: asset.New(table, slog.New(handler)).Serve, Plugins: plugins.Plugins, Board: board, Log: handler,
	})
	if err := s.Start(context.Background()); err != nil {
		return err
	}
	for _, p := range plugins.Plugins() {
		if p.State != supervisor.Ready {
			return fmt.Errorf("plugin %s is %s: %s", p.Name, p.State, p.Message)
		}
	}
	fmt.Printf("%s %d\n", s.URL(), plugins.Plugins()[0].PID)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(s.Stop(ctx), plugins.Stop(ctx))
}
