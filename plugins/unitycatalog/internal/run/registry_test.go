package run

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestOldRunsMakeRoom(t *testing.T) {
	t.Parallel()
	g := newRegistry()
	for i := range maxOfUser + 5 {
		g.add("ana", &Run{ID: fmt.Sprint(i), Began: time.Now()})
	}
	g.add("ben", &Run{ID: "0"})
	if g.get("ana", "4") != nil || g.get("ana", "5") == nil || g.get("ben", "5") != nil || g.get("ben", "0") == nil {
		t.Error("not the oldest of the user's own have gone")
	}
	if n := len(g.open("ana")); n != maxOfUser {
		t.Errorf("%d runs of ana are under way, want %d", n, maxOfUser)
	}
	long := strings.Repeat("x", maxBytes/8)
	for i := range 20 {
		g.add(fmt.Sprint("user", i), &Run{ID: "1", Query: Query{SQL: long}})
	}
	if g.bytes > maxBytes || g.get("user19", "1") == nil || g.get("user0", "1") != nil {
		t.Errorf("%d bytes are kept, want %d at most", g.bytes, maxBytes)
	}
	for i := range maxRuns + 10 {
		g.add(fmt.Sprint("many", i), &Run{ID: "1"})
	}
	if g.order.Len() > maxRuns || len(g.byKey) != g.order.Len() || len(g.users) > g.order.Len() {
		t.Errorf("%d runs, %d keys, %d users", g.order.Len(), len(g.byKey), len(g.users))
	}
}

func TestAnEndIsNotedOnce(t *testing.T) {
	t.Parallel()
	began := time.Now()
	r := &Run{ID: "1", Began: began}
	r.look(began.Add(2 * time.Second))
	if !r.end(began.Add(2100*time.Millisecond), nil) || r.end(began.Add(time.Hour), nil) {
		t.Error("the end was not noted once")
	}
	if _, took, _ := r.Ending(); took != 2100*time.Millisecond {
		t.Errorf("took %v", took)
	}
	unseen := &Run{ID: "2", Began: began}
	unseen.look(began.Add(time.Second))
	unseen.end(began.Add(time.Hour), nil)
	if _, took, _ := unseen.Ending(); took != 0 {
		t.Errorf("took %v, though nobody has looked for most of it", took)
	}
}
