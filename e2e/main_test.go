package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

// The sample users of the embedded workspace.
const (
	ana  = "ana@example.com"  // may do everything
	ben  = "ben@example.com"  // has partial grants
	cleo = "cleo@example.com" // has been granted nothing
)

// waitTimeout bounds every wait for a condition.
const waitTimeout = 15 * time.Second

var (
	programs stack.Programs
	// shared is the stack of all tests that only look.
	shared = lazyStack{start: func() (*stack.Stack, error) {
		return stack.Start(context.Background(), programs, filepath.Join(programs.Bin, "state"), "LOG_LEVEL=debug")
	}}
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	bin, err := os.MkdirTemp("", "e2e-corbel-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(bin)) }()
	if programs, err = stack.Build(context.Background(), "..", bin); err != nil {
		return 0, err
	}
	code = m.Run()
	return code, errors.Join(closeBrowser(), shared.stop(), galleryStack.stop(), sampledStack.stop(), figure.Write())
}

// lazyStack is a stack that the first test that needs it starts.
type lazyStack struct {
	start func() (*stack.Stack, error)

	mu    sync.Mutex
	tried bool
	stack *stack.Stack
	err   error
}

func (l *lazyStack) get(t *testing.T) *stack.Stack {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.tried {
		l.tried = true
		l.stack, l.err = l.start()
	}
	if l.err != nil {
		t.Fatal(l.err)
	}
	return l.stack
}

func (l *lazyStack) stop() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stack == nil {
		return nil
	}
	return l.stack.Stop(context.Background())
}

// running returns the shared stack.
func running(t *testing.T) *stack.Stack {
	t.Helper()
	return shared.get(t)
}

// start starts a stack for one test, which may do to it what it likes.
func start(t *testing.T, env ...string) *stack.Stack {
	t.Helper()
	s, err := stack.Start(t.Context(), programs, t.TempDir(), env...)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, s)
	return s
}

// cleanUp ends a stack with its test, and shows what it said when the test failed.
func cleanUp(t *testing.T, s *stack.Stack) {
	t.Helper()
	t.Cleanup(func() {
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the output's end:\n%s", s.Log.Tail(30))
		}
	})
}

// as returns the shared stack's visitor who signed in as user.
func as(t *testing.T, user string) *stack.Visitor {
	t.Helper()
	return signIn(t, running(t), user)
}

func signIn(t *testing.T, s *stack.Stack, user string) *stack.Visitor {
	t.Helper()
	v, err := s.SignIn(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// get gets a path and expects a status.
func get(t *testing.T, v *stack.Visitor, status int, path string, header ...string) stack.Answer {
	t.Helper()
	a, err := v.Get(t.Context(), path, header...)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != status {
		t.Fatalf("GET %s: status %d, want %d: %.600s", path, a.Status, status, a.Body)
	}
	return a
}

// post posts JSON and expects a status.
func post(t *testing.T, v *stack.Visitor, status int, path, body string, header ...string) stack.Answer {
	t.Helper()
	a, err := v.Post(t.Context(), path, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != status {
		t.Fatalf("POST %s: status %d, want %d: %.600s", path, a.Status, status, a.Body)
	}
	return a
}

// decode decodes an answer's JSON.
func decode[T any](t *testing.T, a stack.Answer) T {
	t.Helper()
	var v T
	if err := a.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// bounded returns a context for one wait.
func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitTimeout)
	t.Cleanup(cancel)
	return ctx
}
