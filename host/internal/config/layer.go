package config

import (
	"fmt"
	"slices"
	"strings"
)

// layer is what one source says.
type layer struct {
	// values is nested as the files are. Settings of the host are lists of texts, configuration of plugins is as JSON has it.
	values map[string]any
	// origins by dotted key.
	origins map[string]Origin
	// plugins in the order in which they appear.
	plugins  []string
	findings Findings
}

func newLayer() *layer {
	return &layer{values: map[string]any{}, origins: map[string]Origin{}}
}

// put records a value under a path.
func (l *layer) put(path []string, value any, origin Origin) {
	section := l.values
	for _, name := range path[:len(path)-1] {
		next, ok := section[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			section[name] = next
		}
		section = next
	}
	section[path[len(path)-1]] = value
	l.origins[strings.Join(path, ".")] = origin
}

// maxFindings bounds what is said about one layer: nobody reads more.
const maxFindings = 100

func (l *layer) find(origin Origin, key, format string, args ...any) {
	if len(l.findings) == maxFindings {
		return
	}
	l.findings = append(l.findings, Finding{Origin: origin, Key: key, Message: fmt.Sprintf(format, args...)})
}

// declare remembers that a plugin is mentioned.
func (l *layer) declare(plugin string, origin Origin) {
	if !slices.Contains(l.plugins, plugin) {
		l.plugins = append(l.plugins, plugin)
	}
	l.origins[pluginPath(plugin)] = origin
}

// putTexts records the texts of a setting if its parser takes them, else a finding.
func putTexts[T any](l *layer, k setting[T], path, texts []string, origin Origin) {
	var scratch T
	name := strings.Join(path, ".")
	if err := k.set(&scratch, texts); err != nil {
		l.find(origin, name, "%s: %v", name, err)
		return
	}
	l.put(path, texts, origin)
}

// texts splits what an environment variable or a flag says.
func texts[T any](k setting[T], value string) []string {
	if !k.list {
		return []string{value}
	}
	var list []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// defaults is the lowest layer.
func defaults(s Source) *layer {
	l := newLayer()
	for _, k := range hostSettings {
		def, origin := k.def, Origin{Source: "default"}
		switch {
		case k.name == "server.host" && s.environment()[appNameVariable] != "":
			def, origin.Source = "0.0.0.0", "default in Databricks Apps"
		case k.name == "plugin_dir":
			def = s.PluginDir
		}
		l.put(strings.Split(k.name, "."), texts(k, def), origin)
	}
	return l
}

// flags is the highest layer.
func flags(s Source) *layer {
	l := newLayer()
	for _, k := range hostSettings {
		if value, set := s.Flags[k.flag]; set && k.flag != "" {
			putTexts(l, k, strings.Split(k.name, "."), texts(k, value), Origin{Source: "flag --" + k.flag})
		}
	}
	return l
}
