package wire

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// An exchange's credit comes back once, with the one who waited or with the answer that nobody waited for. Losing it in
// between would cost the plugin a place for the rest of its life. The race detector makes the moment long enough to be met.
func TestCreditComesBackWhenAnswerAndEndMeet(t *testing.T) {
	t.Parallel()
	const rounds = 100_000
	var book inFlight
	book.init()
	credits := make(chan struct{}, 1)

	// The two ends meet before each round, so that they collide in many of them.
	var begun, answered atomic.Uint64
	await := func(n *atomic.Uint64, round uint64) {
		for spins := 0; n.Load() < round; spins++ {
			if spins > 100 {
				runtime.Gosched()
			}
		}
	}
	var plugin sync.WaitGroup
	plugin.Go(func() {
		for round := range uint64(rounds) {
			await(&begun, round+1)
			book.deliver(round, &pluginv1.Response{})
			answered.Store(round + 1)
		}
	})
	lost := 0
	for round := range uint64(rounds) {
		credits <- struct{}{}
		p := &pending{response: make(chan *pluginv1.Response, 1), credits: credits}
		book.add(round, p)
		begun.Store(round + 1)
		if book.abandon(round, p) != nil {
			<-credits // as the one who waited does
		}
		await(&answered, round+1)
		if len(credits) != 0 {
			lost++
			<-credits
		}
	}
	plugin.Wait()
	if lost != 0 || book.len() != 0 {
		t.Errorf("%d credits were lost and %d exchanges stayed in %d rounds, want none", lost, book.len(), rounds)
	}
}
