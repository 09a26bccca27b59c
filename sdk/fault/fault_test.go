package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/fault"
)

func TestEveryKindHasANameAStatusAndASentence(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for _, k := range fault.Kinds() {
		if k.String() == "" || names[k.String()] || fault.ParseKind(k.String()) != k {
			t.Errorf("kind %d: name %q", k, k)
		}
		names[k.String()] = true
		if k.Status() < 400 || k.Status() > 599 {
			t.Errorf("%s: status %d", k, k.Status())
		}
		if fault.New(k, "").UserMessage() == "" {
			t.Errorf("%s: no sentence for the user", k)
		}
	}
	if k := fault.ParseKind("NO_SUCH_KIND"); k != fault.Internal {
		t.Errorf("an unknown kind is %s, want internal", k)
	}
	if s := fault.Kind(250).Status(); s != http.StatusInternalServerError {
		t.Errorf("a kind out of range has status %d", s)
	}
}

func TestFromFindsTheFaultAndClassifiesTheRest(t *testing.T) {
	t.Parallel()
	own := fault.New(fault.Conflict, "It is taken.")
	for name, tt := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"a fault, wrapped twice": {fmt.Errorf("a: %w", fmt.Errorf("b: %w", own)), fault.Conflict},
		"a passed deadline":      {fmt.Errorf("a: %w", context.DeadlineExceeded), fault.Timeout},
		"a cancelled context":    {fmt.Errorf("a: %w", context.Canceled), fault.Canceled},
		"anything else":          {io.ErrUnexpectedEOF, fault.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fault.From(tt.err)
			if f.Kind != tt.kind || fault.KindOf(tt.err) != tt.kind {
				t.Errorf("kind %s, want %s", f.Kind, tt.kind)
			}
			if tt.kind != fault.Conflict && !errors.Is(f, tt.err) {
				t.Error("the cause is lost")
			}
		})
	}
	if fault.From(nil) != nil {
		t.Error("From(nil) is not nil")
	}
}

func TestProblemTellsTheClientNothingOfTheCause(t *testing.T) {
	t.Parallel()
	f := fault.Wrap(fault.Unavailable, errors.New("dial tcp 10.0.0.7:443: secret.internal"), "The warehouse is starting.").
		WithOp("unitycatalog.rows").WithOrigin("databricks").WithCode("WAREHOUSE_STARTING").WithRetryAfter(1500 * time.Millisecond)
	w := httptest.NewRecorder()
	fault.Fail(w, f, "r-1")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Type") != fault.ProblemContentType || w.Header().Get("Retry-After") != "2" {
		t.Errorf("status %d, headers %v", w.Code, w.Header())
	}
	body := w.Body.String()
	for _, inner := range []string{"10.0.0.7", "secret", "unitycatalog.rows"} {
		if strings.Contains(body, inner) {
			t.Errorf("the client sees %q: %s", inner, body)
		}
	}
	var got fault.Problem
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	want := fault.Problem{
		Type: "about:blank", Title: "Service Unavailable", Status: 503, Detail: "The warehouse is starting.",
		Code: "WAREHOUSE_STARTING", RequestID: "r-1", Retryable: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(f.Error(), "10.0.0.7") || !strings.HasPrefix(f.Error(), "unitycatalog.rows: ") {
		t.Errorf("the operator does not see the cause: %s", f)
	}
}

// keeper is a ResponseWriter that takes faults.
type keeper struct {
	http.ResponseWriter
	kept error
}

func (k *keeper) Fail(err error) { k.kept = err }

// wrapper is a ResponseWriter as middleware makes them.
type wrapper struct{ http.ResponseWriter }

func (w wrapper) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestFailReachesAFailerThroughMiddleware(t *testing.T) {
	t.Parallel()
	inner := httptest.NewRecorder()
	k := &keeper{ResponseWriter: inner}
	want := fault.New(fault.NotFound, "")
	fault.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return want }).
		ServeHTTP(wrapper{wrapper{k}}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if !errors.Is(k.kept, want) || inner.Body.Len() > 0 {
		t.Errorf("kept %v, written %q", k.kept, inner.Body)
	}
}

func TestFromRequestKnowsABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	f := fault.FromRequest(fmt.Errorf("decode: %w", &http.MaxBytesError{Limit: 1024}))
	if f.Kind != fault.TooLarge || !strings.Contains(f.Message, "1024") {
		t.Errorf("%s: %s", f.Kind, f.Message)
	}
	if known := fault.New(fault.Unavailable, ""); fault.FromRequest(fmt.Errorf("decode: %w", known)) != known {
		t.Error("a fault is another one afterwards")
	}
	if f := fault.FromRequest(io.ErrUnexpectedEOF); f.Kind != fault.Invalid {
		t.Errorf("a body cut off: %s", f.Kind)
	}
}
