package compute

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAStartTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := New(3 * time.Second)
		states := []State{c.State()}
		c.Stop()
		states = append(states, c.State())
		c.Start()
		states = append(states, c.State())
		started := time.Now()
		if err := c.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
		states = append(states, c.State())
		if want := [4]State{Running, Stopped, Starting, Running}; [4]State(states) != want {
			t.Errorf("states %v, want %v", states, want)
		}
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("start took %v", took)
		}
	})
}

func TestAwaitStartsAndGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := New(time.Hour)
		c.Stop()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := c.Await(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if c.State() != Starting {
			t.Errorf("state %s", c.State())
		}
	})
}
