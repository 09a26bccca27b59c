package statement

import "sync"

// tasks are goroutines that somebody waits for. Unlike a sync.WaitGroup it may be added to while it is waited for.
type tasks struct {
	mu   sync.Mutex
	idle sync.Cond
	n    int
}

func newTasks() *tasks {
	t := &tasks{}
	t.idle.L = &t.mu
	return t
}

func (t *tasks) start(f func()) {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	go func() {
		defer func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			if t.n--; t.n == 0 {
				t.idle.Broadcast()
			}
		}()
		f()
	}()
}

// wait returns once nothing runs.
func (t *tasks) wait() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.n > 0 {
		t.idle.Wait()
	}
}
