package workspace

import (
	"testing"
	"log/slog"
	"os"
	"time"
)

func TestOpens(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		t0 := time.Now()
		w, err := Open(Config{StateDir: dir, Logger: slog.New(slog.NewJSONHandler(os.Stdout, nil))})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(t0))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
