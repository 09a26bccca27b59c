package correlation_test

import (
	"regexp"
	"strings"
	"testing"

	"corbel.example/sdk/correlation"
)

func TestAccept(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sent string
		kept bool
	}{
		"plain":          {"test-123", true},
		"uuid":           {"7d1f3c9e-0000-4000-8000-000000000000", true},
		"dots and lines": {"a.b_c-D9", true},
		"longest":        {strings.Repeat("a", 128), true},
		"too long":       {strings.Repeat("a", 129), false},
		"empty":          {"", false},
		"space":          {"a b", false},
		"new line":       {"a\nlevel=ERROR", false},
		"quote":          {`a"b`, false},
		"percent":        {"%0a", false},
		"unicode":        {"ä", false},
		"control":        {"a\x00", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := correlation.Accept(tt.sent)
			if (got == tt.sent) != tt.kept || !correlation.Valid(got) {
				t.Errorf("Accept(%q) = %q", tt.sent, got)
			}
		})
	}
}

func TestNewIDIsARandomUUID(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := make(map[string]bool)
	for range 1000 {
		id := correlation.NewID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("id %q, seen before: %t", id, seen[id])
		}
		seen[id] = true
	}
}

func FuzzAccept(f *testing.F) {
	f.Add("test-123")
	f.Add("a\r\nX: y")
	f.Add(strings.Repeat("z", 200))
	form := regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	f.Fuzz(func(t *testing.T, sent string) {
		got := correlation.Accept(sent)
		if !form.MatchString(got) || form.MatchString(sent) && got != sent {
			t.Fatalf("Accept(%q) = %q", sent, got)
		}
	})
}
