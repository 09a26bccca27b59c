package api

import (
	"slices"

	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/fault"
)

// Targets are where the sample goes.
type Targets struct {
	Tables   *tables.Target
	Personal *personal.Target
}

// Names are the names of all targets.
func Names() []string { return []string{tables.Name, personal.Name} }

// Plan makes a plan for targets, each of which is named once.
func (t *Targets) Plan(kind run.Kind, names []string) (run.Plan, error) {
	if len(names) == 0 {
		return run.Plan{}, refuse("names no target: name unity-catalog, lakebase or both")
	}
	p := run.Plan{Kind: kind}
	for _, name := range names {
		if slices.Contains(p.Targets, name) {
			return run.Plan{}, refuse("names a target twice")
		}
		p.Targets = append(p.Targets, name)
		switch name {
		case tables.Name:
			p.After = t.Tables.Refresh
			p.Background = t.Tables.CleanUp()
			if kind == run.SetUp {
				p.Background = t.Tables.SetUp()
			}
		case personal.Name:
			p.InRequest = t.Personal.CleanUp()
			if kind == run.SetUp {
				p.InRequest = t.Personal.SetUp()
			}
		default:
			return run.Plan{}, refuse("must be unity-catalog or lakebase")
		}
	}
	return p, nil
}

func refuse(message string) error {
	return fault.New(fault.Invalid, "targets "+message+".").WithField("/targets", message)
}
