package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBundleFollowsThePlugins(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place)
	dir := t.TempDir()
	command := func(name string) (code int, text string) {
		p = &program{dir: p.dir}
		code = p.run(t.Context(), nil, "bundle", name, "--bundle-dir", dir)
		return code, p.stdout.String() + p.stderr.String()
	}
	for _, step := range []struct {
		command string
		code    int
		want    string
	}{
		{"check", 1, "resources/app.yml is not there"},
		{"generate", 0, "wrote resources/app.yml"},
		{"generate", 0, "The bundle is up to date."},
		{"check", 0, "The bundle is up to date."},
	} {
		if code, text := command(step.command); code != step.code || !strings.Contains(text, step.want) {
			t.Errorf("bundle %s: exit code %d: %s", step.command, code, text)
		}
	}
	generated, err := os.ReadFile(filepath.Join(dir, "resources", "app.yml"))
	if err != nil || !strings.Contains(string(generated), "value_from: probe-warehouse") {
		t.Errorf("%v: %s", err, generated)
	}
}

func TestBundleNeedsEveryPlugin(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place, "  gone: {path: /nowhere/gone}")
	dir := t.TempDir()
	if code := p.run(t.Context(), nil, "bundle", "generate", "--bundle-dir", dir); code != 1 || !strings.Contains(p.stderr.String(), "plugin gone could not be asked") {
		t.Errorf("exit code %d: %s", code, &p.stderr)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it wrote %v, %v", left, err)
	}
}

func TestDoctorNamesRepairs(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place)
	code := p.run(t.Context(), []string{"DATABRICKS_HOST=http://127.0.0.1:1", "DATABRICKS_TOKEN=hunter2"}, "doctor", "--port", "0")
	for _, want := range []string{
		"ok       port: 127.0.0.1:0 is free",
		"FAILED   workspace 127.0.0.1:1: ",
		"repair: set DATABRICKS_HOST to the workspace's address",
		"skipped  sql_warehouse of probe: the workspace could not be asked",
	} {
		if !strings.Contains(p.stdout.String(), want) {
			t.Errorf("it does not say %q: %s", want, &p.stdout)
		}
	}
	if code != 1 || !strings.Contains(p.stderr.String(), "failed checks: 1") {
		t.Errorf("exit code %d: %s", code, &p.stderr)
	}
}
