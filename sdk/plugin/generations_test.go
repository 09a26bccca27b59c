package plugin_test

import (
	"context"
	"errors"
	"testing"

	"corbel.example/sdk/plugin"
)

// gate is closed once it may.
type gate struct{ may, closed chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}), make(chan struct{})} }

func (g *gate) Close() {
	<-g.may
	close(g.closed)
}

func TestGenerationsFollowEachOtherAndEnd(t *testing.T) {
	var all plugin.Generations[*gate]
	if all.Current() != nil {
		t.Error("there is a generation before the first")
	}
	if err := all.Drain(t.Context()); err != nil {
		t.Errorf("drain nothing: %v", err)
	}
	first, second := newGate(), newGate()
	all.Begin(first)
	all.Begin(second) // does not wait for the first
	if all.Current() != second {
		t.Error("the first is still current")
	}
	close(second.may)
	late, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- all.Drain(late) }()
	<-second.closed
	stop() // the first takes its time
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("drain gives %v while a generation is not closed", err)
	}
	close(first.may)
	<-first.closed
}
