package tables

import (
	"context"
	"strconv"
	"time"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/sdk/fault"
)

// countTimeout is how long a status waits for the rows to be counted: it is not worth the start of a warehouse.
const countTimeout = 8 * time.Second

// Status is what there is of a table.
type Status struct {
	// Name is the full name, Table the last part of it.
	Name  string `json:"name"`
	Table string `json:"table"`
	// State is absent, complete, incomplete, foreign, which is not ours, or hidden, which the user may not see. Of the last two
	// nothing else is said.
	State   string `json:"state"`
	Version string `json:"version,omitempty"`
	Owner   string `json:"owner,omitempty"`
	// Rows is nil when they were not counted: nobody asked, or the warehouse did not answer.
	Rows *int64 `json:"rows,omitempty"`
	// Expected is how many rows the sample has.
	Expected int `json:"expected"`
}

// The states.
const (
	Absent     = "absent"
	Complete   = "complete"
	Incomplete = "incomplete"
	Foreign    = "foreign"
	Hidden     = "hidden"
)

// Exists says whether the main table of the sample is there. It asks no warehouse.
func (t *Target) Exists(ctx context.Context) (bool, error) {
	f, err := t.table(ctx, dataset.Main)
	if err != nil && fault.KindOf(err) != fault.Forbidden {
		return false, err
	}
	return f != nil && f.isOurs(dataset.Main), nil
}

// Status says what there is of each table, with its rows.
func (t *Target) Status(ctx context.Context) ([]Status, error) {
	var all []Status
	var ours []string
	for _, table := range dataset.Tables() {
		s := Status{Name: t.Place.Name(table.Name), Table: table.Name, State: Absent, Expected: len(table.Rows)}
		f, err := t.table(ctx, table.Name)
		if err != nil && fault.KindOf(err) != fault.Forbidden {
			return nil, err
		}
		switch {
		case err != nil:
			s.State = Hidden
		case f == nil:
		case !f.isOurs(table.Name):
			s.State = Foreign
		default:
			s.State, s.Version, s.Owner = Incomplete, f.version(), f.Owner
			if s.Version == dataset.Version {
				s.State = Complete
			}
			ours = append(ours, table.Name)
		}
		all = append(all, s)
	}
	t.count(ctx, all, ours)
	return all, nil
}

// count fills in the rows, as far as the warehouse answers. Fewer than there should be make a table incomplete.
func (t *Target) count(ctx context.Context, all []Status, ours []string) {
	if len(ours) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	result, err := t.Warehouse.Run(ctx, dataset.Count(t.Place, ours), nil)
	if err != nil {
		return
	}
	for _, row := range result.Rows {
		if len(row) != 2 || row[0] == nil || row[1] == nil {
			continue
		}
		n, err := strconv.ParseInt(*row[1], 10, 64)
		if err != nil {
			continue
		}
		for i := range all {
			if all[i].Table == *row[0] {
				all[i].Rows = &n
				if n < int64(all[i].Expected) {
					all[i].State = Incomplete
				}
			}
		}
	}
}
