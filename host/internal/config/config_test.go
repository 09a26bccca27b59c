package config_test

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"corbel.example/host/internal/config"
)

// files writes configuration files into a new folder.
func files(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "config")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, s config.Source) *config.Config {
	t.Helper()
	c, err := config.Load(s)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return c
}

// yaml returns a source with one file.
func yaml(t *testing.T, content string) config.Source {
	t.Helper()
	return config.Source{Dir: files(t, map[string]string{"corbel.yaml": content}), PluginDir: "plugins"}
}

func TestDefaultsAreEnough(t *testing.T) {
	t.Parallel()
	got := load(t, config.Source{Dir: t.TempDir(), PluginDir: "bin/plugins"}).Settings
	want := config.Settings{
		App: config.App{Title: "Corbel", AdminGroups: []string{"admins"}},
		Server: config.Server{
			Host: "127.0.0.1", Port: 8000,
			HeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
			IdleTimeout: 2 * time.Minute, RequestTimeout: 30 * time.Second, ShutdownTimeout: 10 * time.Second,
			MaxHeaderBytes: 64 << 10, MaxBodyBytes: 4 << 20, MaxConcurrentRequests: 1024,
		},
		Log:       config.Log{Level: slog.LevelInfo, Format: "json", Memory: 8 << 20, PluginMemory: 256 << 10},
		PluginDir: "bin/plugins",
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"corbel.yaml":      "server:\n  port: 1\n  idle_timeout: 10s\nlog: {level: warn}\napp: {title: base}\n",
		"corbel.prod.yaml": "server:\n  port: 2\nlog: {level: error}\n",
	})
	s := config.Source{
		Dir: dir, Environ: []string{"CORBEL_PROFILE=prod", "CORBEL_SERVER_PORT=3", "LOG_LEVEL=debug", "CORBEL_APP_TITLE="},
		Flags: map[string]string{"port": "4"},
	}
	c := load(t, s)
	base, prod := filepath.Join(dir, "corbel.yaml"), filepath.Join(dir, "corbel.prod.yaml")
	for key, want := range map[string]config.Value{
		"server.port":         {Text: "4", Origin: config.Origin{Source: "flag --port"}},
		"server.idle_timeout": {Text: "10s", Origin: config.Origin{Source: base, Line: 3}},
		"log.level":           {Text: "debug", Origin: config.Origin{Source: "environment LOG_LEVEL"}},
		"app.title":           {Text: "base", Origin: config.Origin{Source: base, Line: 5}},
		"server.host":         {Text: "127.0.0.1", Origin: config.Origin{Source: "default"}},
	} {
		want.Key = key
		if diff := cmp.Diff(want, value(t, c, key)); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	if c.Settings.Server.Port != 4 || c.Settings.Log.Level != slog.LevelDebug {
		t.Errorf("settings are %+v", c.Settings)
	}
	s.Environ, s.Flags = []string{"CORBEL_PROFILE=prod"}, nil
	if got, want := value(t, load(t, s), "server.port").Origin, (config.Origin{Source: prod, Line: 2}); got != want {
		t.Errorf("server.port comes from %s, want %s", got, want)
	}
}

func value(t *testing.T, c *config.Config, key string) config.Value {
	t.Helper()
	for _, v := range c.Values(nil) {
		if v.Key == key {
			return v
		}
	}
	t.Fatalf("no value %s", key)
	return config.Value{}
}

func TestEnvironmentOfDatabricksApps(t *testing.T) {
	t.Parallel()
	environ := []string{"DATABRICKS_APP_NAME=shop", "DATABRICKS_APP_PORT=8123", "CORBEL_SERVER_PORT=9", "DATABRICKS_HOST=workspace.example"}
	c := load(t, config.Source{Dir: t.TempDir(), Environ: environ})
	got := c.Settings.Server
	if got.Host != "0.0.0.0" || got.Port != 8123 || !got.InDatabricksApp {
		t.Errorf("server is %+v", got)
	}
	if got := value(t, c, "server.host").Origin.String(); got != "default in Databricks Apps" {
		t.Errorf("server.host comes from %q", got)
	}
	if got := c.Settings.Databricks.Host; got != "https://workspace.example" {
		t.Errorf("databricks.host is %q", got)
	}
	c = load(t, config.Source{Dir: t.TempDir(), Environ: append(environ, "CORBEL_SERVER_HOST=127.0.0.1")})
	if got := c.Settings.Server.Host; got != "127.0.0.1" {
		t.Errorf("server.host is %q although the environment says otherwise", got)
	}
}

func TestPlugins(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"corbel.yaml":    "plugin_dir: lib\nplugins:\n  zebra: {required: true}\n  ant:\n    path: /opt/ant\n    start_timeout: 2s\n  idle: {enabled: false}\n",
		"corbel.ci.yaml": "plugins:\n  bee: {}\n  ant: {enabled: false}\n",
	})
	c := load(t, config.Source{Dir: dir, Profile: "ci", Environ: []string{"CORBEL_PLUGINS_IDLE_ENABLED=true"}})
	want := []config.Plugin{
		{Name: "zebra", Enabled: true, Path: "lib/zebra", Required: true, StartTimeout: 5 * time.Second},
		{Name: "ant", Path: "/opt/ant", StartTimeout: 2 * time.Second},
		{Name: "idle", Enabled: true, Path: "lib/idle", StartTimeout: 5 * time.Second},
		{Name: "bee", Enabled: true, Path: "lib/bee", StartTimeout: 5 * time.Second},
	}
	if diff := cmp.Diff(want, c.Settings.Plugins); diff != "" {
		t.Error(diff)
	}
}

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
	fromFile := yaml(t, "server:\n  trusted_proxies: [10.1.2.3/8, 192.0.2.1]\n")
	fromEnvironment := config.Source{Dir: t.TempDir(), Environ: []string{"CORBEL_SERVER_TRUSTED_PROXIES=10.0.0.0/8, 192.0.2.1"}}
	for name, s := range map[string]config.Source{"file": fromFile, "environment": fromEnvironment} {
		if diff := cmp.Diff(want, load(t, s).Settings.Server.TrustedProxies, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	fromFile.Environ = []string{"CORBEL_SERVER_TRUSTED_PROXIES=,"}
	if got := load(t, fromFile).Settings.Server.TrustedProxies; len(got) != 0 {
		t.Errorf("an empty list does not replace the file's: %v", got)
	}
}

func TestAdminGroups(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][]string{
		"app:\n  admin_groups: [ops, Data Admins, ops]\n": {"ops", "Data Admins"},
		"app:\n  admin_groups: ops\n":                     {"ops"},
		"app:\n  title: X\n":                              {"admins"},
		"app:\n  admin_groups: []\n":                      nil,
	} {
		if diff := cmp.Diff(want, load(t, yaml(t, content)).Settings.App.AdminGroups); diff != "" {
			t.Errorf("%s (-want +got):\n%s", content, diff)
		}
	}
}

func TestFilesThatAreAccepted(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty":                 "",
		"only comments":         "# nothing yet\n",
		"sections without keys": "server:\nplugins:\n",
		"byte order mark":       "\xef\xbb\xbfserver: {port: 8000}\n",
		"key without value":     "server:\n  port:\n",
		"quoted number":         "server:\n  port: \"8000\"\n",
		"null document":         "~\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := load(t, yaml(t, content)).Settings.Server.Port; got != 8000 {
				t.Errorf("port is %d", got)
			}
		})
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, want string }{
		"misspelt key":        {"\nserver:\n  prot: 1\n", "corbel.yaml:3: unknown key server.prot: did you mean server.port?"},
		"key without section": {"port: 1\n", "corbel.yaml:1: unknown key port: did you mean server.port?"},
		"misspelt section":    {"sever:\n  port: 1\n", "corbel.yaml:1: unknown key sever"},
		"key like no other":   {"zzzzzzzzzzzz: 1\n", "corbel.yaml:1: unknown key zzzzzzzzzzzz"},
		"misspelt plugin key": {"plugins:\n  hello:\n    enabeld: true\n", "corbel.yaml:3: unknown key plugins.hello.enabeld: did you mean plugins.hello.enabled?"},
		"plugin name":         {"plugins:\n  Hello World: {}\n", `corbel.yaml:2: "Hello World" cannot be a plugin's name: it takes 1 to 40 lower-case letters`},
		"plugin is no map":    {"plugins:\n  hello: true\n", "corbel.yaml:2: plugins.hello must be a mapping (key: value), not a single value"},
		"plugins as a list":   {"plugins: [hello]\n", "corbel.yaml:1: plugins must be a mapping (key: value), not a list"},
		"config is no map":    {"plugins:\n  hello:\n    config: 3\n", "corbel.yaml:3: plugins.hello.config must be a mapping"},
		"section is no map":   {"server: 3\n", "corbel.yaml:1: server must be a mapping (key: value), not a single value"},
		"file is no map":      {"- server\n", "corbel.yaml:1: the file must be a mapping (key: value), not a list"},
		"not a number":        {"server:\n  port: http\n", `corbel.yaml:2: server.port: "http" is not a whole number`},
		"fraction":            {"server:\n  port: 1.5\n", `corbel.yaml:2: server.port: "1.5" is not a whole number`},
		"out of range":        {"server:\n  port: 65536\n", "corbel.yaml:2: server.port: 65536 is out of range: it takes 0 to 65535"},
		"list for a value":    {"server:\n  port: [1]\n", "corbel.yaml:2: server.port must be integer, 0 to 65535, not a list"},
		"map for a value":     {"server:\n  port: {a: 1}\n", "corbel.yaml:2: server.port must be integer, 0 to 65535, not a mapping"},
		"duration":            {"server:\n  read_timeout: 30\n", `corbel.yaml:2: server.read_timeout: "30" is not a duration: write a number with a unit, such as 500ms, 10s or 2m`},
		"long duration":       {"server:\n  read_timeout: 900h\n", "corbel.yaml:2: server.read_timeout: 900h is out of range: it takes 100ms to 10m"},
		"size":                {"server:\n  max_body_bytes: 4 MB\n", `corbel.yaml:2: server.max_body_bytes: "4 MB" is not a size: write a number of bytes, or one with KiB, MiB or GiB`},
		"huge size":           {"server:\n  max_body_bytes: 99999999999GiB\n", "corbel.yaml:2: server.max_body_bytes: \"99999999999GiB\" is not a size"},
		"level":               {"log:\n  level: loud\n", `corbel.yaml:2: log.level: "loud" is not one of debug, info, warn, error`},
		"format":              {"log:\n  format: xml\n", `corbel.yaml:2: log.format: "xml" is not one of json, text`},
		"host name":           {"server:\n  host: example.com\n", `corbel.yaml:2: server.host: "example.com" is not an IP address or localhost`},
		"proxy":               {"server:\n  trusted_proxies: [10.0.0.0/99]\n", `corbel.yaml:2: server.trusted_proxies: "10.0.0.0/99" is not an address or a CIDR block`},
		"digest":              {"plugins:\n  hello:\n    sha256: abc\n", "corbel.yaml:3: plugins.hello.sha256: it is not a SHA-256 digest"},
		"workspace":           {"databricks:\n  host: ftp://x\n", "corbel.yaml:2: databricks.host: it is not a workspace's URL"},
		"sign-out script":     {"app:\n  sign_out_url: javascript:alert(1)\n", "corbel.yaml:2: app.sign_out_url: \"javascript:alert(1)\" is neither a path"},
		"sign-out elsewhere":  {"app:\n  sign_out_url: //evil.example\n", "corbel.yaml:2: app.sign_out_url: \"//evil.example\" is neither a path"},
		"duplicate":           {"server:\n  port: 1\n  port: 2\n", "corbel.yaml:3: duplicate key server.port: it is set in line 2 already"},
		"duplicate section":   {"server: {port: 1}\nserver: {port: 2}\n", "corbel.yaml:2: duplicate key server: it is set in line 1 already"},
		"tabs":                {"server:\n\tport: 1\n", "corbel.yaml:2: not valid YAML: tab in the indentation: use spaces"},
		"open bracket":        {"server: [1\nlog: 2\n", "corbel.yaml:1: not valid YAML: did not find expected ',' or ']'"},
		"invalid UTF-8":       {"app: {title: \xff}\n", "corbel.yaml:1: not valid YAML"},
		"NUL":                 {"\x00", "corbel.yaml:1: not valid YAML: control characters are not allowed"},
		"two documents":       {"server: {port: 1}\n---\nlog: {}\n", "corbel.yaml:2: the file has more than one document"},
		"alias":               {"x: &a 1\nserver:\n  port: *a\n", "corbel.yaml:3: server.port: aliases (*a) are not supported: write the value out"},
		"merge key":           {"server:\n  <<: {port: 1}\n", "corbel.yaml:2: a key must be plain text"},
		"alias bomb":          {bomb(), "aliases (*a0) are not supported"},
		"deep nesting":        {"plugins: {hello: {config: " + strings.Repeat("{a: ", 40) + "1" + strings.Repeat("}", 40) + "}}\n", "is nested more than 32 levels deep"},
		"deep list":           {"plugins: {hello: {config: {a: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}}}\n", "is nested more than 32 levels deep"},
		"very deep":           {strings.Repeat("[", 20000), "corbel.yaml:1: not valid YAML: exceeded max depth"},
		"huge":                {strings.Repeat("# filler\n", 200_000), "corbel.yaml: the file is larger than 1048576 bytes"},
		"not finite":          {"plugins:\n  hello:\n    config:\n      ratio: .inf\n", "corbel.yaml:4: plugins.hello.config.ratio: it is not a finite number"},
		"huge integer":        {"plugins:\n  hello:\n    config: {n: 99999999999999999999}\n", "corbel.yaml:3: plugins.hello.config.n: it is not a 64-bit integer"},
		"custom tag":          {"plugins:\n  hello:\n    config: {n: !danger x}\n", "corbel.yaml:3: plugins.hello.config.n: the tag !danger is not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(yaml(t, test.content))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is\n%v\nwant one with\n%s", err, test.want)
			}
		})
	}
}

// bomb is a "billion laughs".
func bomb() string {
	var b strings.Builder
	b.WriteString("plugins:\n  hello:\n    config:\n      a0: &a0 [lol]\n")
	for i := range 9 {
		d := string(rune('0' + i))
		b.WriteString("      a" + string(rune('1'+i)) + ": &a" + string(rune('1'+i)) + " [*a" + d + strings.Repeat(", *a"+d, 9) + "]\n")
	}
	return b.String()
}

func TestAllFindingsAtOnce(t *testing.T) {
	t.Parallel()
	s := yaml(t, "server:\n  prot: 1\n  port: x\nlog:\n  level: 3\n")
	s.Environ = []string{"LOG_FORMAT=xml", "CORBEL_SERVER_PROT=1", "CORBEL_STATE_DIR=/tmp"}
	s.Flags = map[string]string{"port": "-1"}
	s.Profile = "absent"
	_, err := config.Load(s)
	var findings config.Findings
	if !errors.As(err, &findings) {
		t.Fatalf("error is %v", err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, strings.ReplaceAll(f.String(), s.Dir+"/", ""))
	}
	want := []string{
		`flag --profile: the profile "absent" has no file: create corbel.absent.yaml or name another profile`,
		`corbel.yaml:2: unknown key server.prot: did you mean server.port?`,
		`corbel.yaml:3: server.port: "x" is not a whole number`,
		`corbel.yaml:5: log.level: "3" is not one of debug, info, warn, error`,
		`environment LOG_FORMAT: log.format: "xml" is not one of json, text`,
		`environment CORBEL_SERVER_PROT: no setting has this variable: did you mean CORBEL_SERVER_PORT?`,
		`flag --port: server.port: -1 is out of range: it takes 0 to 65535`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesThatAreNotThere(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"corbel.yaml": ""})
	for name, test := range map[string]struct {
		source config.Source
		want   string
	}{
		"folder by flag":        {config.Source{Dir: "nowhere"}, "flag --config-dir: there is no folder nowhere"},
		"folder by environment": {config.Source{Environ: []string{"CORBEL_CONFIG_DIR=nowhere"}}, "environment CORBEL_CONFIG_DIR: there is no folder nowhere"},
		"folder is a file":      {config.Source{Dir: filepath.Join(dir, "corbel.yaml")}, "there is no folder"},
		"profile by variable":   {config.Source{Dir: dir, Environ: []string{"CORBEL_PROFILE=prod"}}, `environment CORBEL_PROFILE: the profile "prod" has no file`},
		"profile with a path":   {config.Source{Dir: dir, Profile: "../../etc/x"}, "cannot be a profile's name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(test.source)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
	if err := os.Mkdir(filepath.Join(dir, "corbel.folder.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(config.Source{Dir: dir, Profile: "folder"}); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a folder for a file gives %v", err)
	}
}
