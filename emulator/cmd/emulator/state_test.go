package main

import (
	"errors"
	"os"
	"testing"
)

// What an emulator has left behind is not what the one that starts now says.
func TestNowRunningIsWhatTheLocksHolderSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := nowRunning(dir); !errors.Is(err, errNotRunning) {
		t.Fatalf("of an empty folder: %v", err)
	}
	s, err := lockState(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.path(runningFile), []byte(`{"pid":1,"workspace_url":"http://127.0.0.1:1","ready":true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if now, err := nowRunning(dir); err != nil || now != (running{}) {
		t.Errorf("before it has said anything: %+v, %v", now, err)
	}
	if err := s.announce(running{WorkspaceURL: "http://127.0.0.1:2", Ready: true}); err != nil {
		t.Fatal(err)
	}
	if now, err := nowRunning(dir); err != nil || !now.Ready || now.WorkspaceURL != "http://127.0.0.1:2" {
		t.Errorf("then: %+v, %v", now, err)
	}
	if err := s.unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := nowRunning(dir); !errors.Is(err, errNotRunning) {
		t.Errorf("after its end: %v", err)
	}
}
