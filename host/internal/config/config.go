package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
)

// Source is where configuration is looked for.
type Source struct {
	// Dir is the folder of the files. Empty: CORBEL_CONFIG_DIR, or else the folder config, which may be absent.
	Dir string
	// Profile names the second file. Empty: CORBEL_PROFILE, or else none.
	Profile string
	// PluginDir is the default of plugin_dir.
	PluginDir string
	// Flags that were given, by name without dashes: see Flags.
	Flags map[string]string
	// Environ is the environment, as os.Environ gives it.
	Environ []string
}

// defaultDir is where the files are when nobody says otherwise, beside the working directory.
const defaultDir = "config"

// Config is a configuration that was accepted.
type Config struct {
	Settings Settings

	merged      *koanf.Koanf
	origins     map[string]Origin
	environment map[string]string
}

// Flag is a setting that a flag can set.
type Flag struct{ Name, Usage string }

// Flags returns the flags that Source.Flags takes.
func Flags() []Flag {
	var list []Flag
	for _, s := range hostSettings {
		if s.flag != "" {
			list = append(list, Flag{Name: s.flag, Usage: s.doc + " (" + s.name + ")"})
		}
	}
	return list
}

// Load reads all layers. Its error is Findings.
func Load(s Source) (*Config, error) {
	environment := s.environment()
	layers := append([]*layer{defaults(s)}, files(s, environment)...)
	var plugins []string
	for _, l := range layers {
		for _, name := range l.plugins {
			if !slices.Contains(plugins, name) {
				plugins = append(plugins, name)
			}
		}
	}
	layers = append(layers, environmentLayer(environment, plugins), flags(s))

	c := &Config{merged: koanf.New("."), origins: map[string]Origin{}, environment: environment}
	var findings Findings
	for _, l := range layers {
		findings = append(findings, l.findings...)
		if err := c.merged.Load(confmap.Provider(l.values, ""), nil); err != nil {
			findings = append(findings, Finding{Message: "merge the layers of configuration: " + err.Error()})
		}
		for key, origin := range l.origins {
			if _, named := c.origins[key]; !named || !isPluginHead(key) {
				c.origins[key] = origin
			}
		}
	}
	if len(findings) > 0 {
		return nil, findings
	}
	c.decode(plugins)
	return c, nil
}

// isPluginHead says whether the key is plugins.<name> alone: its origin is where the plugin is named first.
func isPluginHead(key string) bool {
	return strings.HasPrefix(key, pluginsSection+".") && strings.Count(key, ".") == 1
}

var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// files are the layers of the files that there are.
func files(s Source, environment map[string]string) []*layer {
	dir, dirOrigin := pick(s.Dir, "flag --config-dir", environment, configDirVariable)
	profile, profileOrigin := pick(s.Profile, "flag --profile", environment, profileVariable)
	problem := newLayer()
	if dir == "" {
		dir = defaultDir
	} else if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		problem.find(dirOrigin, "", "there is no folder %s: name the folder that holds corbel.yaml", dir)
		return []*layer{problem}
	}
	layers := []*layer{problem}
	read := func(name string, required bool) {
		path := filepath.Join(dir, name)
		l, err := readFile(path)
		switch {
		case err == nil:
			layers = append(layers, l)
		case errors.Is(err, fs.ErrNotExist) && required:
			problem.find(profileOrigin, "", "the profile %q has no file: create %s or name another profile", profile, path)
		case !errors.Is(err, fs.ErrNotExist):
			problem.find(Origin{Source: path}, "", "the file cannot be read: %v", err)
		}
	}
	read("corbel.yaml", false)
	switch {
	case profile == "":
	case !profileName.MatchString(profile):
		problem.find(profileOrigin, "", "%q cannot be a profile's name: it takes letters, digits, dashes and underscores", profile)
	default:
		read("corbel."+profile+".yaml", true)
	}
	return layers
}

// pick returns what the flag or else the variable says.
func pick(flag, flagName string, environment map[string]string, name string) (string, Origin) {
	if flag != "" {
		return flag, Origin{Source: flagName}
	}
	return environment[name], Origin{Source: "environment " + name}
}

// decode fills Settings from the merged layers, whose texts were all parsed before.
func (c *Config) decode(plugins []string) {
	for _, k := range hostSettings {
		c.set(k.name, func(texts []string) error { return k.set(&c.Settings, texts) })
	}
	c.Settings.Server.InDatabricksApp = c.environment[appNameVariable] != ""
	for _, name := range plugins {
		p := Plugin{Name: name, Path: filepath.Join(c.Settings.PluginDir, name)}
		for _, k := range pluginSettings {
			if k.def != "" {
				// The table's own defaults parse: a test loads them.
				_ = k.set(&p, texts(k, k.def))
			}
			c.set(pluginPath(name, k.name), func(texts []string) error { return k.set(&p, texts) })
		}
		c.Settings.Plugins = append(c.Settings.Plugins, p)
	}
}

// set hands over the texts of a key, if it has some. They were accepted when their layer was read.
func (c *Config) set(key string, set func([]string) error) {
	if texts, ok := c.merged.Get(key).([]string); ok && len(texts) > 0 {
		_ = set(texts)
	}
}
