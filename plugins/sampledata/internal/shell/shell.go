// Package shell answers the plugin's commands: corbel sample-data create, status and cleanup.
package shell

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/command"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/rest"
)

const (
	root    = api.Root + "/commands/"
	maxBody = 4 << 10
)

// Shell answers commands.
type Shell struct {
	Runs    *run.Manager
	Targets *api.Targets
}

// targetFlags say what a command is about.
const targetFlags = `{"type": "object", "additionalProperties": false, "properties": {
	"all": {"type": "boolean", "description": "Tables and the caller's own rows"},
	"unity_catalog": {"type": "boolean", "description": "The tables in Unity Catalog"},
	"lakebase": {"type": "boolean", "description": "The caller's own rows in Lakebase"},
	"dry_run": {"type": "boolean", "description": "Print what would be sent, and send nothing"}}}`

// Commands of the manifest, and Routes that answer them.
func Commands() []plugin.Command {
	return []plugin.Command{
		{Name: "sample-data create", Summary: "Make the sample data, or what is missing of it", FlagsSchema: json.RawMessage(targetFlags), Method: http.MethodPost, Route: root + "create"},
		{Name: "sample-data status", Summary: "Say what there is of the sample data; fails unless it is complete", Method: http.MethodPost, Route: root + "status"},
		{Name: "sample-data cleanup", Summary: "Remove the sample data", FlagsSchema: json.RawMessage(targetFlags), Method: http.MethodPost, Route: root + "cleanup"},
	}
}

// Routes are what Register registers.
func Routes() []plugin.Route {
	var routes []plugin.Route
	for _, c := range Commands() {
		routes = append(routes, plugin.Route{Method: c.Method, Pattern: c.Route, Streaming: true, MaxBodyBytes: maxBody})
	}
	return routes
}

// Register adds the commands to mux.
func (s *Shell) Register(mux *http.ServeMux) {
	mux.Handle("POST "+root+"create", s.run(run.SetUp))
	mux.Handle("POST "+root+"cleanup", s.run(run.CleanUp))
	mux.Handle("POST "+root+"status", fault.HandlerFunc(s.status))
}

// flags are those of targetFlags.
type flags struct {
	All          bool `json:"all"`
	UnityCatalog bool `json:"unity_catalog"`
	Lakebase     bool `json:"lakebase"`
	DryRun       bool `json:"dry_run"`
}

func (f *flags) targets() []string {
	var names []string
	if f.All || f.UnityCatalog {
		names = append(names, tables.Name)
	}
	if f.All || f.Lakebase {
		names = append(names, personal.Name)
	}
	return names
}

func (s *Shell) run(kind run.Kind) fault.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var f flags
		if err := rest.Decode(w, r, maxBody, &f); err != nil {
			return err
		}
		names := f.targets()
		if len(names) == 0 {
			return fault.New(fault.Invalid, "Say what it is about: --all, --unity-catalog or --lakebase.")
		}
		plan, err := s.Targets.Plan(kind, names)
		if err != nil {
			return err
		}
		stream := command.NewStream(w, correlation.RequestID(r.Context()))
		if f.DryRun {
			stream.Print(s.script(kind, &f))
			return nil
		}
		return s.perform(r.Context(), stream, plan)
	}
}

// perform does the plan and tells of it.
func (s *Shell) perform(ctx context.Context, stream *command.Stream, plan run.Plan) error {
	total, done := len(plan.Background)+len(plan.InRequest), new(atomic.Int64)
	plan.Background, plan.InRequest = told(plan.Background, stream, done, total), told(plan.InRequest, stream, done, total)
	started, _, err := s.Runs.Start(ctx, plan)
	if err != nil {
		return err
	}
	now := started.Snapshot(ctx)
	for !now.Ended() {
		next, ok := started.Next(ctx, now.Version)
		if !ok {
			return ctx.Err()
		}
		now = next
	}
	stream.Print(report(&now))
	if f := started.Err(); f != nil {
		stream.Fail(f)
	} else if now.State == run.Failed {
		stream.Fail(fault.New(fault.Conflict, "Nothing of it is possible in this application."))
	}
	return nil
}

// told are tasks that tell when they begin, and what they report.
func told(tasks []run.Task, stream *command.Stream, done *atomic.Int64, total int) []run.Task {
	all := make([]run.Task, len(tasks))
	for i, t := range tasks {
		do := t.Do
		t.Do = func(ctx context.Context, note func(string)) (run.Outcome, error) {
			tell := func(text string) {
				stream.Progress(command.Progress{Text: text, Done: int(done.Load()), Total: total})
			}
			defer done.Add(1)
			tell(t.Title)
			return do(ctx, func(text string) {
				tell(t.Title + ": " + text)
				note(text)
			})
		}
		all[i] = t
	}
	return all
}

// report is a line for each step.
func report(s *run.Snapshot) string {
	var b strings.Builder
	for _, step := range s.Steps {
		fmt.Fprintf(&b, "%-9s  %s", step.State, step.Title)
		if step.Rows != nil {
			fmt.Fprintf(&b, " (%d rows)", *step.Rows)
		}
		if step.Note != "" {
			b.WriteString(": " + step.Note)
		}
		if step.Error != nil {
			b.WriteString(": " + step.Error.Message)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// script is what would be sent.
func (s *Shell) script(kind run.Kind, f *flags) string {
	var b strings.Builder
	place := s.Targets.Tables.Place
	if f.All || f.UnityCatalog {
		if kind == run.SetUp {
			b.WriteString("-- If the schema is missing:\n" + dataset.CreateSchema(place).Text())
		}
		for _, table := range dataset.Tables() {
			if kind == run.CleanUp {
				b.WriteString("-- If it bears the mark of the sample:\n" + table.Drop(place).Text())
				continue
			}
			b.WriteString("\n" + table.Create(place).Text())
			for _, statement := range table.Fill(place) {
				b.WriteString(statement.Text())
			}
			b.WriteString(table.Mark(place).Text())
		}
	}
	if f.All || f.Lakebase {
		method, address, body := s.Targets.Personal.Request()
		text, err := json.MarshalIndent(body, "--   ", "  ")
		if kind == run.CleanUp || err != nil {
			method, text = http.MethodDelete, nil
		}
		b.WriteString("\n-- To the plugin lakebase: " + method + " " + address + "\n")
		if len(text) > 0 {
			b.WriteString("--   " + string(text) + "\n")
		}
	}
	return b.String()
}

func (s *Shell) status(w http.ResponseWriter, r *http.Request) error {
	found := s.Targets.Status(r)
	stream := command.NewStream(w, correlation.RequestID(r.Context()))
	var b strings.Builder
	for _, t := range found.Tables {
		rows := "not counted"
		if t.Rows != nil {
			rows = fmt.Sprintf("%d of %d rows", *t.Rows, t.Expected)
		}
		if t.State == tables.Absent || t.State == tables.Foreign || t.State == tables.Hidden {
			rows = ""
		}
		fmt.Fprintf(&b, "%-10s  %s  %s\n", t.State, t.Name, rows)
	}
	fmt.Fprintf(&b, "%-10s  your own rows in Lakebase  %d of %d\n", found.Lakebase.State, found.Lakebase.Rows(), found.Lakebase.Expected)
	stream.Print(strings.ReplaceAll(b.String(), "  \n", "\n"))
	switch {
	case len(found.Problems) > 0:
		stream.Fail(&fault.Error{Kind: fault.Unavailable, Message: found.Problems[0].Detail, Code: found.Problems[0].Code})
	case !found.Complete():
		stream.Fail(fault.New(fault.Conflict, "The sample data is not complete: corbel sample-data create --all"))
	}
	return nil
}
