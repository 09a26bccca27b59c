package api

import (
	"net/http"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
)

// unknown is the state of what could not be asked.
const unknown = "unknown"

// Status says what there is for the caller of r. What one target does not say leaves the other as it is.
func (t *Targets) Status(r *http.Request) Status {
	ctx := r.Context()
	s := Status{Version: dataset.Version, Tables: []tables.Status{}}
	problem := func(err error) {
		s.Problems = append(s.Problems, fault.From(err).Problem(correlation.RequestID(ctx)))
	}
	done := make(chan error, 1)
	go func() { // the two have nothing to do with each other
		var err error
		s.Lakebase, err = t.Personal.Status(ctx)
		if err != nil {
			s.Lakebase.State = unknown
		}
		done <- err
	}()
	found, err := t.Tables.Status(ctx)
	if err != nil {
		problem(err)
	} else {
		s.Tables = found
	}
	if err := <-done; err != nil {
		problem(err)
	}
	return s
}

// Absent says whether there is nothing of the sample, as far as is known.
func (s *Status) Absent() bool {
	for _, t := range s.Tables {
		if t.State == tables.Complete || t.State == tables.Incomplete {
			return false
		}
	}
	return s.Lakebase.State == tables.Absent || s.Lakebase.State == personal.Disabled
}

// Complete says whether all of it is there that can be.
func (s *Status) Complete() bool {
	for _, t := range s.Tables {
		if t.State != tables.Complete {
			return false
		}
	}
	return len(s.Problems) == 0 && s.Lakebase.Rows() > 0 || s.Lakebase.State == personal.Disabled
}
