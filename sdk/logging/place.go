package logging

import (
	"runtime"
	"strings"
	"sync"
)

// place is where a log call stands.
type place struct{ module, function string }

// places remembers what runtime knows of a program counter: there are as many as log calls in the program.
var places sync.Map // uintptr -> place

func placeOf(pc uintptr) place {
	if p, ok := places.Load(pc); ok {
		return p.(place)
	}
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	p := splitFunction(frame.Function)
	places.Store(pc, p)
	return p
}

// splitFunction splits "corbel.example/host/internal/server.(*Server).Start" into module "host/internal/server" and
// function "(*Server).Start".
func splitFunction(name string) place {
	slash := strings.LastIndexByte(name, '/') + 1
	dot := strings.IndexByte(name[slash:], '.')
	if dot < 0 {
		return place{function: name}
	}
	module, function := name[:slash+dot], name[slash+dot+1:]
	if first, rest, ok := strings.Cut(module, "/"); ok && strings.Contains(first, ".") {
		module = rest // a domain says nothing to a reader of logs
	}
	return place{module: module, function: function}
}
