package warehouse

import (
	"database/sql/driver"
	"errors"
	"io"
	"testing"
)

// interruptedRows fail as a thread of DuckDB's does that another one interrupted.
type interruptedRows struct{ driver.Rows }

func (interruptedRows) Next([]driver.Value) error {
	panic(&fetchError{"INTERRUPT Error: Interrupted!"})
}

func TestTheCauseOfAFailureIsFound(t *testing.T) {
	t.Parallel()
	divideByZero := errors.New("Out of Range Error: DIVIDE_BY_ZERO")
	interruption := &fetchError{"INTERRUPT Error: Interrupted!"}
	for name, c := range map[string]struct {
		repeated []error
		gaveUp   bool
		want     string
	}{
		"at the second repetition": {repeated: []error{interruption, divideByZero}, want: divideByZero.Error()},
		"never":                    {repeated: []error{io.EOF, io.EOF, io.EOF, io.EOF, io.EOF}, want: interruption.Error()},
		"not looked for":           {gaveUp: true, want: interruption.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repetitions := 0
			s := &stream{
				rows: interruptedRows{},
				again: func() error {
					repetitions++
					return c.repeated[repetitions-1]
				},
				ended: func() bool { return c.gaveUp },
			}
			err := s.each(func([]any) error { return nil })
			if err == nil || err.Error() != c.want || repetitions != len(c.repeated) {
				t.Errorf("error %v after %d repetitions, want %s after %d", err, repetitions, c.want, len(c.repeated))
			}
		})
	}
}
