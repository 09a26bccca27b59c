package fault

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Kind says what goes wrong.
type Kind string

// The kinds of fault.
const (
	Latency      Kind = "latency"       // the answer comes late
	RateLimit    Kind = "rate_limit"    // 429, with Retry-After
	Internal     Kind = "internal"      // 500
	Unavailable  Kind = "unavailable"   // 503
	Drop         Kind = "drop"          // the connection ends before the answer
	Half         Kind = "half"          // the connection ends in the middle of the answer
	Garbage      Kind = "garbage"       // 200 with what is no JSON
	ExpiredToken Kind = "expired_token" // 403, as for a token that has expired
	Oversized    Kind = "oversized"     // an event of 2 MiB
)

var (
	kinds = []Kind{Latency, RateLimit, Internal, Unavailable, Drop, Half, Garbage, ExpiredToken, Oversized}
	// streamKinds can come in the middle of a stream of events.
	streamKinds = []Kind{Latency, Drop, Half, Garbage, Oversized}
)

const (
	// maxRules bounds the rules of a set.
	maxRules = 100
	// maxLatency bounds a delay.
	maxLatency = 5 * time.Minute
)

// Rule gives a fault to the requests that match it.
type Rule struct {
	// ID is given by the set.
	ID   string `json:"id,omitempty"`
	Kind Kind   `json:"kind"`
	// Method and Path choose the route; empty means every one. A path that ends with "*"
	// means all that begin so.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// User is a user name; empty means everybody.
	User string `json:"user,omitempty"`
	// Latency is how late the answer comes, in Go's form: "250ms".
	Latency string `json:"latency,omitempty"`
	// RetryAfter is the header of a rate limit, in seconds; 0 means 1.
	RetryAfter int `json:"retry_after,omitempty"`
	// After is how many events of a stream are sent as they should be before the fault comes; 0 means
	// that it comes before the answer. An answer that is shorter, or no stream, doesn't meet it.
	After int `json:"after,omitempty"`
	// Times is how many requests meet the fault; 0 means all until the rule is removed.
	Times int `json:"times,omitempty"`

	latency time.Duration
}

// check validates a rule and reads its latency.
func (r *Rule) check() error {
	if !slices.Contains(kinds, r.Kind) {
		return fmt.Errorf("fault of kind %q: the kinds are %v", r.Kind, kinds)
	}
	if r.Times < 0 || r.RetryAfter < 0 || r.After < 0 {
		return fmt.Errorf("fault %s: times, retry_after and after must not be negative", r.Kind)
	}
	if r.After > 0 && !slices.Contains(streamKinds, r.Kind) {
		return fmt.Errorf("fault %s: after goes with the kinds %v", r.Kind, streamKinds)
	}
	if r.Kind == Oversized && r.After == 0 {
		return fmt.Errorf("fault %s: after must say how many events come before", r.Kind)
	}
	if r.Path != "" && !strings.HasPrefix(r.Path, "/") {
		return fmt.Errorf("fault %s: path %q must begin with /", r.Kind, r.Path)
	}
	if (r.Kind == Latency) != (r.Latency != "") {
		return fmt.Errorf("fault %s: latency goes with the kind %q, and only with it", r.Kind, Latency)
	}
	if r.Kind != Latency {
		return nil
	}
	var err error
	if r.latency, err = time.ParseDuration(r.Latency); err != nil || r.latency <= 0 || r.latency > maxLatency {
		return fmt.Errorf("fault latency: %q must be a duration up to %v", r.Latency, maxLatency)
	}
	return nil
}

func (r *Rule) matches(method, path, user string) bool {
	if r.Method != "" && !strings.EqualFold(r.Method, method) || r.User != "" && !strings.EqualFold(r.User, user) {
		return false
	}
	if prefix, ok := strings.CutSuffix(r.Path, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return r.Path == "" || r.Path == path
}

// Read reads rules: a JSON array of them. Unknown fields are errors.
func Read(from io.Reader) ([]Rule, error) {
	d := json.NewDecoder(from)
	d.DisallowUnknownFields()
	var rules []Rule
	if err := d.Decode(&rules); err != nil {
		return nil, fmt.Errorf("read faults: %w", err)
	}
	return rules, nil
}
