package tables

import (
	"context"
	"log/slog"
	"strconv"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/warehouse"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

// Name of the target.
const Name = "unity-catalog"

// Target is where the tables go.
type Target struct {
	Workspace *workspace.Workspace
	Warehouse *warehouse.Warehouse
	Place     dataset.Place
	// Host reaches the plugin that shows the catalog.
	Host   plugin.Caller
	Logger *slog.Logger
}

// SetUp are the tasks that make the tables.
func (t *Target) SetUp() []run.Task {
	tasks := []run.Task{{Target: Name, Title: "Find the schema " + t.Place.Catalog + "." + t.Place.Schema, Do: t.findSchema}}
	for _, table := range dataset.Tables() {
		tasks = append(tasks,
			run.Task{Target: Name, Title: "Create the table " + t.Place.Name(table.Name), Do: func(ctx context.Context, note func(string)) (run.Outcome, error) {
				return t.create(ctx, &table, note)
			}},
			run.Task{Target: Name, Title: "Fill " + t.Place.Name(table.Name), Do: func(ctx context.Context, note func(string)) (run.Outcome, error) {
				return t.fill(ctx, &table, note)
			}})
	}
	return tasks
}

// CleanUp are the tasks that remove them.
func (t *Target) CleanUp() []run.Task {
	var tasks []run.Task
	for _, table := range dataset.Tables() {
		tasks = append(tasks, run.Task{Target: Name, Title: "Remove the table " + t.Place.Name(table.Name), Do: func(ctx context.Context, note func(string)) (run.Outcome, error) {
			return t.remove(ctx, &table, note)
		}})
	}
	return tasks
}

func (t *Target) findSchema(ctx context.Context, note func(string)) (run.Outcome, error) {
	exists, err := t.hasSchema(ctx)
	if err != nil && fault.KindOf(err) != fault.Forbidden {
		return run.Outcome{}, err
	}
	if exists {
		return run.Outcome{State: run.Unchanged, Note: "is there"}, nil
	}
	need := []privilege{{"USE CATALOG", "CATALOG", []string{t.Place.Catalog}}, {"CREATE SCHEMA", "CATALOG", []string{t.Place.Catalog}}}
	if err != nil { // it may be there, out of the user's sight
		need[1] = privilege{"USE SCHEMA", "SCHEMA", []string{t.Place.Catalog, t.Place.Schema}}
		return run.Outcome{}, t.refused(ctx, err, need)
	}
	if _, err := t.do(ctx, dataset.CreateSchema(t.Place), note, need); err != nil {
		return run.Outcome{}, err
	}
	return run.Outcome{State: run.Done, Note: "created"}, nil
}

func (t *Target) create(ctx context.Context, table *dataset.Table, note func(string)) (run.Outcome, error) {
	before, err := t.table(ctx, table.Name)
	if err != nil && fault.KindOf(err) != fault.Forbidden {
		return run.Outcome{}, err
	}
	if before != nil {
		return run.Outcome{State: run.Unchanged, Note: "is there"}, t.usable(before, table.Name)
	}
	schema := []string{t.Place.Catalog, t.Place.Schema}
	need := []privilege{{"USE CATALOG", "CATALOG", schema[:1]}, {"USE SCHEMA", "SCHEMA", schema}, {"CREATE TABLE", "SCHEMA", schema}}
	if _, err := t.do(ctx, table.Create(t.Place), note, need); err != nil {
		return run.Outcome{}, err
	}
	// Somebody else's may have come first, or have been there out of the user's sight: then the statement did nothing.
	after, err := t.table(ctx, table.Name)
	switch {
	case err != nil && fault.KindOf(err) != fault.Forbidden:
		return run.Outcome{}, err
	case after == nil:
		return run.Outcome{}, t.hidden(ctx, table.Name)
	default:
		return run.Outcome{State: run.Done, Note: strconv.Itoa(len(table.Columns)) + " columns"}, t.usable(after, table.Name)
	}
}

// usable refuses a table of that name that is not ours, or holds another version.
func (t *Target) usable(f *found, name string) error {
	full := t.Place.Name(name)
	switch {
	case !f.isOurs(name):
		return fault.Newf(fault.Conflict, "There is a table %s already, which is not part of the sample. It is left as it is: rename it, or set UNITY_CATALOG_SCHEMA to another schema.", full).
			WithCode("TABLE_NOT_OURS")
	case f.version() != "" && f.version() != dataset.Version:
		return fault.Newf(fault.Conflict, "%s holds version %s of the sample, and this application has version %s. Clean up, then set up again.", full, f.version(), dataset.Version).
			WithCode("OTHER_VERSION")
	default:
		return nil
	}
}

func (t *Target) fill(ctx context.Context, table *dataset.Table, note func(string)) (run.Outcome, error) {
	f, err := t.table(ctx, table.Name)
	if err != nil {
		return run.Outcome{}, err
	}
	if f == nil {
		return run.Outcome{}, fault.Newf(fault.Conflict, "The table %s has gone meanwhile. Set up again.", t.Place.Name(table.Name)).WithCode("TABLE_GONE")
	}
	if err := t.usable(f, table.Name); err != nil {
		return run.Outcome{}, err
	}
	full := []string{t.Place.Catalog, t.Place.Schema, table.Name}
	need := []privilege{{"SELECT", "TABLE", full}, {"MODIFY", "TABLE", full}}
	rows, changed := len(table.Rows), 0
	for _, statement := range table.Fill(t.Place) {
		result, err := t.do(ctx, statement, note, need)
		if fault.KindOf(err) == fault.Forbidden && err != nil && f.version() == dataset.Version {
			return run.Outcome{State: run.Unchanged, Rows: &rows, Note: "was filled by " + f.Owner}, nil
		}
		if err != nil {
			return run.Outcome{}, err
		}
		changed += number(result.Value("num_affected_rows"))
	}
	if f.version() == dataset.Version {
		if changed == 0 {
			return run.Outcome{State: run.Unchanged, Rows: &rows, Note: "is complete"}, nil
		}
		return run.Outcome{State: run.Done, Rows: &rows, Note: strconv.Itoa(changed) + " restored"}, nil
	}
	if _, err := t.do(ctx, table.Mark(t.Place), note, need); err != nil {
		return run.Outcome{}, err
	}
	return run.Outcome{State: run.Done, Rows: &rows}, nil
}

func number(text *string) int {
	if text == nil {
		return 0
	}
	n, _ := strconv.Atoi(*text) // what is no number counts for nothing
	return n
}

func (t *Target) remove(ctx context.Context, table *dataset.Table, note func(string)) (run.Outcome, error) {
	f, err := t.table(ctx, table.Name)
	if err != nil && fault.KindOf(err) != fault.Forbidden {
		return run.Outcome{}, err
	}
	switch {
	case err != nil:
		return run.Outcome{State: run.Kept, Note: "may be there, out of your sight"}, nil
	case f == nil:
		return run.Outcome{State: run.Unchanged, Note: "is not there"}, nil
	case !f.isOurs(table.Name):
		return run.Outcome{State: run.Kept, Note: "is not part of the sample, and left as it is"}, nil
	}
	full := []string{t.Place.Catalog, t.Place.Schema, table.Name}
	if _, err := t.do(ctx, table.Drop(t.Place), note, []privilege{{"MANAGE", "TABLE", full}}); err != nil {
		return run.Outcome{}, err
	}
	return run.Outcome{State: run.Done}, nil
}

// do runs a statement. need are the privileges that it takes.
func (t *Target) do(ctx context.Context, statement dataset.Statement, note func(string), need []privilege) (*warehouse.Result, error) {
	result, err := t.Warehouse.Run(ctx, statement, func() { note("waiting for the SQL warehouse to start") })
	if err != nil && fault.KindOf(err) == fault.Forbidden {
		err = t.refused(ctx, err, need)
	}
	return result, err
}
