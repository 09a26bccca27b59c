package apps_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/apps/appstest"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/secret"
	"corbel.example/emulator/internal/serving"
)

var table = metastore.Name{Catalog: "main", Schema: "s", Table: "t"}

// furnish makes what apps can be given: a secret, a table, a volume and a function.
func (g *ground) furnish() {
	g.t.Helper()
	w := g.config.Workspace
	must(g.t, w.Secrets.CreateScope("scope", "ben@example.com"))
	must(g.t, w.Secrets.Put("scope", "key", []byte("hush")))
	must(g.t, w.Metastore.Update(func(tx *metastore.Tx) error {
		t := metastore.Table{Catalog: table.Catalog, Schema: table.Schema, Name: table.Table, Kind: metastore.Managed}
		t.Owner = "ana@example.com"
		return errors.Join(
			tx.CreateCatalog(metastore.Name{Catalog: "main"}, "ana@example.com", "", nil),
			tx.CreateSchema(metastore.Name{Catalog: "main", Schema: "s"}, "ana@example.com", "", nil),
			tx.CreateTable(t),
			tx.CreateVolume(metastore.Name{Catalog: "main", Schema: "s", Volume: "v"}, "ana@example.com", ""),
		)
	}))
}

func allResources() []apps.Resource {
	return []apps.Resource{
		{Name: "wh", SQLWarehouse: &apps.SQLWarehouse{ID: warehouse, Permission: "CAN_USE"}},
		{Name: "model", ServingEndpoint: &apps.ServingEndpoint{Name: "penguin-species", Permission: "CAN_QUERY"}},
		{Name: "secret", Secret: &apps.Secret{Scope: "scope", Key: "key", Permission: "READ"}},
		{Name: "table", UCSecurable: &apps.UCSecurable{FullName: "main.s.t", Type: "TABLE", Permission: "SELECT"}},
		{Name: "volume", UCSecurable: &apps.UCSecurable{FullName: "main.s.v", Type: "VOLUME", Permission: "READ_VOLUME"}},
	}
}

// rights tells what the app's service principal may do of what the resources give it.
func (g *ground) rights(clientID string) string {
	g.t.Helper()
	w := g.config.Workspace
	p, ok := w.Directory.ServicePrincipalNamed(clientID)
	if !ok {
		p.UserName = clientID
	}
	endpoint, _ := w.Serving.Endpoint("penguin-species")
	return fmt.Sprint(
		w.Permissions.Allows(p, acl.CanUse, acl.Object{Kind: acl.Warehouse, ID: warehouse}),
		endpoint.Permission(p) >= serving.CanQuery,
		w.Secrets.Allows(p, secret.Read, "scope"),
		w.Metastore.Snapshot().Check(p, metastore.Select, table) == nil,
	)
}

func TestAnAppMayDoWhatItsResourcesSayAndNothingMore(t *testing.T) {
	t.Parallel()
	const nothing, everything = "false false false false", "true true true true"
	g := open(t, t.TempDir(), nil)
	g.furnish()
	id := g.create(apps.Settings{}).ClientID
	if got := g.rights(id); got != nothing {
		t.Errorf("without resources: %s", got)
	}
	_, err := g.Update(g.ana(), "shop", func(s *apps.Settings) { s.Resources = allResources() })
	must(t, err)
	if got := g.rights(id); got != everything {
		t.Errorf("with resources: %s", got)
	}
	p, _ := g.config.Workspace.Directory.ServicePrincipalNamed(id)
	if g.config.Workspace.Metastore.Snapshot().Check(p, metastore.Modify, table) == nil || g.config.Workspace.Secrets.Allows(p, secret.Write, "scope") {
		t.Error("it may do more")
	}
	_, err = g.Update(g.ana(), "shop", func(s *apps.Settings) { s.Resources = s.Resources[:1] })
	must(t, err)
	if got := g.rights(id); got != "true false false false" {
		t.Errorf("with one resource left: %s", got)
	}
	_, err = g.Update(g.ana(), "shop", func(s *apps.Settings) { s.Resources = allResources() })
	must(t, err)
	_, err = g.Delete("shop")
	must(t, err)
	if got := g.rights(id); got != nothing || len(g.config.Workspace.Metastore.Snapshot().Grants(metastore.Name{Catalog: "main"})) != 0 {
		t.Errorf("after its end: %s", got)
	}
}

func TestRightsInMemoryComeBackWithTheWorkspace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := open(t, dir, nil)
	g.furnish()
	id := g.create(apps.Settings{Resources: allResources()}).ClientID
	g.close()
	if got := open(t, dir, nil).rights(id); got != "true true true true" {
		t.Errorf("%s", got)
	}
}

func TestValuesOfResources(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.furnish()
	g.create(apps.Settings{Resources: allResources()})
	want := map[string]string{"wh": warehouse, "model": "penguin-species", "secret": "hush", "table": "main.s.t", "volume": "/Volumes/main/s/v"}
	var env []apps.Variable
	for name := range want {
		env = append(env, apps.Variable{Name: "V_" + name, ValueFrom: name})
	}
	g.run(order(appstest.Serves, env...))
	vars := variables(g.look("/").Environ)
	for name, value := range want {
		if vars["V_"+name] != value {
			t.Errorf("%s: %q, want %q", name, vars["V_"+name], value)
		}
	}
	// A secret that is changed reaches the app with its next start.
	must(t, g.config.Workspace.Secrets.Put("scope", "key", []byte("louder")))
	g.run(order(appstest.Serves, env...))
	if got := variables(g.look("/").Environ)["V_secret"]; got != "louder" {
		t.Errorf("the secret is %q", got)
	}
	must(t, g.config.Workspace.Secrets.Delete("scope", "key"))
	if _, err := g.Deploy(g.ana(), "shop", order(appstest.Serves, env...)); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("with a secret that is gone: %v", err)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.furnish()
	g.create(apps.Settings{})
	one := func(r apps.Resource) apps.Settings {
		if r.Name == "" {
			r.Name = "res"
		}
		return apps.Settings{Resources: []apps.Resource{r}}
	}
	for name, tt := range map[string]struct {
		app      string
		by       string
		settings apps.Settings
		want     apps.Reason
		says     string
	}{
		"capital letters":         {app: "Shop", want: apps.Invalid, says: "lower-case"},
		"a dash at the end":       {app: "shop-", want: apps.Invalid, says: "lower-case"},
		"one letter":              {app: "s", want: apps.Invalid, says: "2 to 30"},
		"31 letters":              {app: strings.Repeat("s", 31), want: apps.Invalid, says: "2 to 30"},
		"a path":                  {app: "../x", want: apps.Invalid, says: "lower-case"},
		"a name that is taken":    {app: "shop", want: apps.Exists, says: "shop"},
		"a size there is not":     {settings: apps.Settings{ComputeSize: "HUGE"}, want: apps.Invalid, says: "compute_size"},
		"a scope there is not":    {settings: apps.Settings{UserAPIScopes: []string{"sql", "all-apis"}}, want: apps.Invalid, says: "all-apis"},
		"a long description":      {settings: apps.Settings{Description: strings.Repeat("x", 5000)}, want: apps.Invalid, says: "description"},
		"two of one name":         {settings: apps.Settings{Resources: append(allResources(), allResources()[0])}, want: apps.Invalid, says: "two resources"},
		"a resource without name": {settings: one(apps.Resource{Name: "?"}), want: apps.Invalid, says: "name"},
		"a resource of nothing":   {settings: one(apps.Resource{}), want: apps.Invalid, says: "exactly one"},
		"a resource of two": {
			settings: one(apps.Resource{SQLWarehouse: allResources()[0].SQLWarehouse, Secret: allResources()[2].Secret}), want: apps.Invalid, says: "exactly one",
		},
		"a job":             {settings: one(apps.Resource{Job: []byte(`{"id":"1"}`)}), want: apps.Unserved, says: "none of"},
		"another warehouse": {settings: one(apps.Resource{SQLWarehouse: &apps.SQLWarehouse{ID: "w2", Permission: "CAN_USE"}}), want: apps.NotFound, says: "w2"},
		"a permission there is not": {
			settings: one(apps.Resource{SQLWarehouse: &apps.SQLWarehouse{ID: warehouse, Permission: "CAN_VIEW"}}), want: apps.Invalid, says: "CAN_USE, CAN_MANAGE",
		},
		"another endpoint":         {settings: one(apps.Resource{ServingEndpoint: &apps.ServingEndpoint{Name: "x", Permission: "CAN_QUERY"}}), want: apps.NotFound, says: "x"},
		"another secret":           {settings: one(apps.Resource{Secret: &apps.Secret{Scope: "scope", Key: "x", Permission: "READ"}}), want: apps.NotFound, says: "x"},
		"another table":            {settings: one(apps.Resource{UCSecurable: &apps.UCSecurable{FullName: "main.s.x", Type: "TABLE", Permission: "SELECT"}}), want: apps.NotFound, says: "main.s.x"},
		"a schema for a table":     {settings: one(apps.Resource{UCSecurable: &apps.UCSecurable{FullName: "main.s", Type: "TABLE", Permission: "SELECT"}}), want: apps.Invalid, says: "three parts"},
		"a connection":             {settings: one(apps.Resource{UCSecurable: &apps.UCSecurable{FullName: "c", Type: "CONNECTION", Permission: "USE_CONNECTION"}}), want: apps.Invalid, says: "permission"},
		"a database without one":   {settings: one(apps.Resource{Database: &apps.Database{InstanceName: "corbel", DatabaseName: "databricks_postgres", Permission: "CAN_CONNECT_AND_CREATE"}}), want: apps.NotFound, says: "corbel"},
		"a branch without one":     {settings: one(apps.Resource{Postgres: &apps.Postgres{Branch: "b", Database: "d", Permission: "CAN_CONNECT_AND_CREATE"}}), want: apps.NotFound, says: "branch"},
		"a warehouse of another's": {by: "ben", settings: one(allResources()[0]), want: apps.Denied, says: "manage"},
		"an endpoint of another's": {by: "ben", settings: one(allResources()[1]), want: apps.Denied, says: "manage"},
		"a table of another's":     {by: "ben", settings: one(allResources()[3]), want: apps.NotFound, says: "main.s.t"},
		"a secret of another's":    {by: "cleo", settings: one(allResources()[2]), want: apps.Denied, says: "manage"},
	} {
		app, by := tt.app, tt.by
		if app == "" {
			app = "other"
		}
		if by == "" {
			by = "ana"
		}
		var known *apps.Error
		_, err := g.Create(g.user(by), app, tt.settings, true)
		if !errors.As(err, &known) || known.Reason != tt.want || !strings.Contains(known.Message, tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		if _, ok := g.Find("other"); ok {
			t.Fatalf("%s: an app was made", name)
		}
	}
	if n := len(g.config.Workspace.Directory.ServicePrincipals()); n != 3 {
		t.Errorf("%d service principals, want those of corbel, of deployer and of shop", n)
	}
}

func TestDeploymentsThatAreRefused(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	with := func(name, text string) func() {
		return func() { g.upload(name, text) }
	}
	for name, tt := range map[string]struct {
		first func()
		order apps.Order
		says  string
	}{
		"no path":                   {order: apps.Order{}, says: "source_code_path"},
		"a path that can't be one":  {order: apps.Order{SourceCodePath: "x"}, says: "start with '/'"},
		"a folder that isn't there": {order: apps.Order{SourceCodePath: "/Workspace/none"}, says: "no folder"},
		"a file":                    {order: apps.Order{SourceCodePath: folder + "/tiny"}, says: "no folder"},
		"a mode there is not":       {order: apps.Order{SourceCodePath: folder, Mode: "LIVE"}, says: "SNAPSHOT"},
		"no command":                {order: apps.Order{SourceCodePath: folder}, says: "command"},
		"no such resource":          {order: order(appstest.Serves, apps.Variable{Name: "X", ValueFrom: "nope"}), says: `"nope"`},
		"value and value_from":      {order: order(appstest.Serves, apps.Variable{Name: "X", Value: "1", ValueFrom: "nope"}), says: "both"},
		"a variable of no name":     {order: order(appstest.Serves, apps.Variable{Name: "1X"}), says: "1X"},
		"a broken app.yaml":         {with("app.yaml", "command: [\n"), order(appstest.Serves), "app.yaml can't be read"},
		"a command that is a text":  {with("app.yaml", "command: ./run it\n"), order(appstest.Serves), "list of words"},
		"valueFrom beside value":    {with("app.yaml", "env: [{name: A, value: '', valueFrom: b}]\n"), order(appstest.Serves), "both"},
		"valueFrom of nothing":      {with("app.yaml", "env: [{name: A, valueFrom: b}]\n"), order(appstest.Serves), `"b"`},
		"a large file":              {with("large", strings.Repeat("x", 10<<20+1)), order(appstest.Serves), "10485761 bytes"},
	} {
		if tt.first != nil {
			tt.first()
		}
		var known *apps.Error
		if _, err := g.Deploy(g.ana(), "shop", tt.order); !errors.As(err, &known) || !strings.Contains(known.Message, tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		g.upload("app.yaml", "")
		if tt.first != nil && name == "a large file" {
			g.upload("large", strings.Repeat("x", 10<<20))
		}
	}
	if n := len(g.shop().Deployments); n != 0 {
		t.Errorf("%d deployments were made", n)
	}
	g.run(order(appstest.Serves)) // with a file of 10 MB
}
