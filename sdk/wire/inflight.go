package wire

import (
	"sync"

	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// inFlight is the host's book of the exchanges under way with one process.
type inFlight struct {
	mu      sync.Mutex
	pending map[uint64]*pending
}

// pending is one exchange under way.
type pending struct {
	exchange Exchange
	// response takes the answer on the link; it holds one, so that the reader never waits. nil for streams.
	response chan *pluginv1.Response
	// abandoned: nobody waits any more, the answer only gives the credit back.
	abandoned bool
	credits   chan struct{}
}

func (f *inFlight) init() { f.pending = make(map[uint64]*pending) }

func (f *inFlight) len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.pending)
}

func (f *inFlight) add(id uint64, p *pending) {
	f.mu.Lock()
	f.pending[id] = p
	f.mu.Unlock()
}

// find returns the exchange with this number if it is under way.
func (f *inFlight) find(id uint64) (Exchange, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.pending[id]
	if p == nil || p.abandoned {
		return Exchange{}, false
	}
	return p.exchange, true
}

func (f *inFlight) remove(id uint64) {
	f.mu.Lock()
	delete(f.pending, id)
	f.mu.Unlock()
}

// deliver hands a response to the one who waits for it. One that nobody asked for is dropped: a plugin may answer an
// exchange that was cancelled, and one that answers twice harms nobody but itself.
func (f *inFlight) deliver(id uint64, r *pluginv1.Response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.pending[id]
	if p == nil || p.response == nil {
		releaseResponse(r)
		return
	}
	if !r.GetContinues() || p.abandoned {
		delete(f.pending, id)
	}
	if p.abandoned {
		releaseResponse(r)
		<-p.credits // its own: this does not wait
		return
	}
	// Under the lock: an abandon in between would neither see the response nor leave the credit to it.
	select {
	case p.response <- r:
	default: // a second "continues"
		releaseResponse(r)
	}
}

// abandon leaves an exchange on the link to its answer. It returns a response that came at the same moment.
func (f *inFlight) abandon(id uint64, p *pending) *pluginv1.Response {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case r := <-p.response:
		delete(f.pending, id)
		return r
	default:
	}
	p.abandoned = true
	return nil
}
