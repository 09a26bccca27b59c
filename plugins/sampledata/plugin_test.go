package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"corbel.example/sdk/command"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	d := newDatabricks(t)
	sdktest.Conformance(t, func() plugin.Plugin { return &sampleData{} }, sdktest.Options{
		Config: json.RawMessage(`{"host":"` + d.URL + `"}`), AccessToken: "token",
	})
}

func TestConfigureKeepsWhatItHadOnError(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	p := &sampleData{}
	configure := func(config string) plugin.Diagnostics {
		return p.Configure(t.Context(), plugin.Settings{Config: json.RawMessage(config), Logger: slog.New(slog.DiscardHandler)})
	}
	if found := configure(`{"host":"` + d.URL + `"}`); found.HasError() || !strings.Contains(found.String(), "DATABRICKS_WAREHOUSE_ID") {
		t.Fatalf("without a warehouse: %v", found)
	}
	before := p.Handler()
	for config, want := range map[string]string{
		`{"hots":"x"}`: "hots", `{}`: "DATABRICKS_HOST", `{"host":"https://x","statement_timeout":"2h"}`: "statement_timeout",
	} {
		if found := configure(config); !found.HasError() || !strings.Contains(found.String(), want) {
			t.Errorf("%s: %v", config, found)
		}
	}
	if p.Handler() != before {
		t.Error("a refused configuration took effect")
	}
	if found := configure(`{"host":"` + d.URL + `","catalog":"other"}`); found.HasError() || p.Handler() == before {
		t.Errorf("another one: %v", found)
	}
	if err := p.Drain(t.Context()); err != nil {
		t.Error(err)
	}
}

// printed is what a command tells.
type printed struct {
	steps   []string
	text    string
	problem *fault.Problem
}

func (p *printed) Progress(s command.Progress) { p.steps = append(p.steps, s.Text) }
func (p *printed) Print(text string)           { p.text += text }
func (p *printed) Failed(f fault.Problem)      { p.problem = &f }

func (c *client) command(name, flags string) *printed {
	c.t.Helper()
	var p printed
	if err := command.Read(strings.NewReader(c.do(http.StatusOK, http.MethodPost, "/commands/"+name, flags)), &p); err != nil {
		c.t.Fatal(err)
	}
	return &p
}

func TestCommands(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	c := start(t, d, &keeper{})
	if p := c.command("status", `{}`); p.problem == nil || !strings.Contains(p.text, "absent      main.samples.demo_data\n") {
		t.Errorf("status of nothing: %+v", p)
	}
	dry := c.command("create", `{"all":true,"dry_run":true}`)
	for _, want := range []string{
		"CREATE TABLE IF NOT EXISTS `main`.`samples`.`demo_data` (", `(1, 'Eagle\'s Rest', 'Corbel Range', 2874, 64, 42.00, DATE'1911-07-09', true, TIMESTAMP'2026-04-02 09:30:00')`,
		"(3, 'Buttress Bivouac', 'Corbel Range', 3105, 6, NULL,", "-- To the plugin lakebase: PUT /api/lakebase/sample-data",
	} {
		if !strings.Contains(dry.text, want) {
			t.Errorf("the dry run has no %s: %s", want, dry.text)
		}
	}
	if strings.Contains(dry.text, ":r0_") || len(d.statements) != 0 {
		t.Errorf("a parameter is left, or something was done: %v", d.statements)
	}
	made := c.command("create", `{"all":true}`)
	if made.problem != nil || len(made.steps) != 8 || !strings.Contains(made.text, "done       Fill main.samples.demo_data (8 rows)\n") {
		t.Errorf("create: %+v", made)
	}
	if p := c.command("status", `{}`); p.problem != nil || !strings.Contains(p.text, "complete    your own rows in Lakebase  6 of 6\n") {
		t.Errorf("status: %+v", p)
	}
	if p := c.command("cleanup", `{"unity_catalog":true,"dry_run":true}`); !strings.Contains(p.text, "DROP TABLE IF EXISTS `main`.`samples`.`demo_stays`;") {
		t.Errorf("cleanup, dry: %+v", p)
	}
	if p := c.command("cleanup", `{"lakebase":true}`); p.problem != nil || len(p.steps) != 1 || len(d.tables) != 3 {
		t.Errorf("cleanup of one target: %+v, %v", p, d.tables)
	}
	d.meeting(refusing("DROP", "[INSUFFICIENT_PERMISSIONS] User does not have MANAGE on Table 'main.samples.demo_regions'."))
	if p := c.command("cleanup", `{"all":true}`); p.problem == nil || p.problem.Status != http.StatusForbidden || !strings.Contains(p.problem.Detail, "GRANT MANAGE ON TABLE") {
		t.Errorf("cleanup that is refused: %+v", p)
	}
	c.do(http.StatusBadRequest, http.MethodPost, "/commands/create", `{}`)
}

func TestHomeOffersWhatIsNotThere(t *testing.T) {
	t.Parallel()
	c := start(t, newDatabricks(t), &keeper{})
	if text := c.do(http.StatusOK, http.MethodGet, "/fragments/home", ""); !strings.Contains(text, "Set up sample data") {
		t.Errorf("at first: %s", text)
	}
	at := c.do(http.StatusSeeOther, http.MethodPost, "/forms/set-up", "", "Content-Type", "application/x-www-form-urlencoded")
	c.await(decode(t, c.do(http.StatusOK, http.MethodGet, "/runs/"+strings.TrimPrefix(at, "/sample-data?run="), "")))
	page := c.do(http.StatusOK, http.MethodGet, "/fragments/overview?"+strings.TrimPrefix(at, "/sample-data?"), "")
	for _, want := range []string{"The sample data is set up", `href="/catalog/main/samples/demo_data/data"`, `href="/preferences"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the run has no %s: %s", want, page)
		}
	}
	if text := c.do(http.StatusOK, http.MethodGet, "/fragments/home", ""); strings.Contains(text, "Set up sample data") || !strings.Contains(text, "Open demo_data") {
		t.Errorf("then: %s", text)
	}
	assets := (&sampleData{}).Manifest().Assets
	if script := c.do(http.StatusOK, http.MethodGet, strings.TrimPrefix(assets[0].Path, "/api/sampledata"), ""); !strings.Contains(script, "/api/sampledata/runs/") {
		t.Errorf("the script: %s", script)
	}
	if text := c.do(http.StatusOK, http.MethodGet, "/fragments/overview?confirm=clean-up", ""); !strings.Contains(text, `open><h2`) {
		t.Errorf("the question: %s", text)
	}
}
