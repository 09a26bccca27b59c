package wire

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/fault"
)

func TestFaultsOfAnyLengthCross(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1<<20)
	failure := fault.Wrap(fault.Unprocessable, errors.New(long), long).WithCode("PARSE_SYNTAX_ERROR")
	for range 1000 {
		failure = failure.WithField(long, long)
	}
	b := newBorder(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fault.Fail(w, failure, "") }))

	err := b.Forward(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), Exchange{Timeout: 10 * time.Second})
	var got *fault.Error
	if !errors.As(err, &got) {
		t.Fatalf("Forward = %v, want the handler's fault", err)
	}
	if got.Kind != fault.Unprocessable || got.Code != "PARSE_SYNTAX_ERROR" || len(got.Fields) != maxFaultFields {
		t.Fatalf("fault of kind %v, code %s, with %d fields, want %v, PARSE_SYNTAX_ERROR, %d", got.Kind, got.Code, len(got.Fields), fault.Unprocessable, maxFaultFields)
	}
	for name, text := range map[string]string{"message": got.Message, "path": got.Fields[0].Path} {
		if !strings.HasSuffix(text, "é…") || len(text) > maxFaultText || strings.ContainsRune(text, '\uFFFD') {
			t.Errorf("%s of %d bytes ends with %q, want at most %d bytes and an ellipsis", name, len(text), text[max(0, len(text)-8):], maxFaultText)
		}
	}
	if n := b.InFlight(); n != 0 {
		t.Errorf("%d exchanges are under way, want none", n)
	}
}

func TestAddressThatDoesNotCrossIsNamed(t *testing.T) {
	t.Parallel()
	b := newBorder(t, http.NotFoundHandler())
	for name, target := range map[string]string{
		"beyond headers": "/?" + strings.Repeat("a", MaxHeaderBytes),
		"beyond a frame": "/?" + strings.Repeat("a", MaxFrame),
	} {
		err := b.Forward(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil), Exchange{Timeout: 10 * time.Second})
		var got *fault.Error
		if !errors.As(err, &got) || got.Kind != fault.TooLarge {
			t.Errorf("%s: Forward = %v, want a fault of kind %v", name, err, fault.TooLarge)
		}
	}
}
