package config

import (
	"slices"
	"strings"
)

// Variables that decide which files are read, and where.
const (
	profileVariable   = envPrefix + "PROFILE"
	configDirVariable = envPrefix + "CONFIG_DIR"
	// appNameVariable is set in Databricks Apps.
	appNameVariable = "DATABRICKS_APP_NAME"
)

// environment returns the variables that are set. An empty variable counts as not set.
func (s Source) environment() map[string]string {
	set := make(map[string]string, len(s.Environ))
	for _, entry := range s.Environ {
		if name, value, found := strings.Cut(entry, "="); found && value != "" {
			set[name] = value
		}
	}
	return set
}

// environmentLayer is what variables say about the host and about the plugins that the files name.
func environmentLayer(environment map[string]string, plugins []string) *layer {
	l := newLayer()
	var known []string
	for _, k := range hostSettings {
		known = append(known, k.variables()...)
		fromEnvironment(l, k, strings.Split(k.name, "."), k.variables(), environment)
	}
	for _, plugin := range plugins {
		for _, k := range pluginSettings {
			path := []string{pluginsSection, plugin, k.name}
			variables := []string{envPrefix + variable(strings.Join(path, "."))}
			known = append(known, variables...)
			fromEnvironment(l, k, path, variables, environment)
		}
	}
	l.refuseUnknownVariables(environment, known)
	return l
}

func fromEnvironment[T any](l *layer, k setting[T], path, variables []string, environment map[string]string) {
	for _, name := range variables {
		if value, set := environment[name]; set {
			putTexts(l, k, path, texts(k, value), Origin{Source: "environment " + name})
			return
		}
	}
}

// refuseUnknownVariables finds misspelt variables: those that begin like a section of the configuration. Other CORBEL_
// variables belong to other programs.
func (l *layer) refuseUnknownVariables(environment map[string]string, known []string) {
	var sections []string
	for _, k := range hostSettings {
		if section, _, nested := strings.Cut(k.name, "."); nested {
			sections = append(sections, envPrefix+variable(section)+"_")
		}
	}
	sections = append(sections, envPrefix+variable(pluginsSection)+"_")
	names := make([]string, 0, len(environment))
	for name := range environment {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		isOurs := slices.ContainsFunc(sections, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if isOurs && !slices.Contains(known, name) {
			l.find(Origin{Source: "environment " + name}, name, "no setting has this variable%s", didYouMean(name, known))
		}
	}
}
