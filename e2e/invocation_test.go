package e2e

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

// What host and plugin add to an invocation: beside each one through them, the same one asked of the endpoint itself. A busy
// machine gets another chance: it is the same program then. One that is slow for long, as machines with neighbours are, is measured by
// what the endpoint itself takes: all of these times are made of the same steps between processes.
func TestInvocationCostsLittle(t *testing.T) {
	const (
		pairs    = 400
		rounds   = 5
		maxAdded = 500 * time.Microsecond
		maxRatio = 2.25 // to what the endpoint takes, where that is more; 1.8 to 2.0 where nothing else runs
	)
	s := start(t)
	ready(t, signIn(t, s, ana))
	env, err := s.Env(t.Context(), ana)
	if err != nil {
		t.Fatal(err)
	}
	started, err := s.Log.Wait(bounded(t), func(l stack.Line) bool { return l.Field("message") == "app started" })
	if err != nil {
		t.Fatal(err)
	}
	host := "http://" + started.Field("address")
	const body = `{"dataframe_records":[{"species":"Gentoo","island":"Biscoe","sex":"MALE","beak_length_mm":50,"beak_depth_mm":16,"flipper_length_mm":225}]}`
	var through, direct, limit time.Duration
	for range rounds {
		var a, b []time.Duration
		for range pairs {
			a = append(a, timeOf(t.Context(), t, host+penguinMass, body, "X-Forwarded-User", "1", "X-Forwarded-Email", ana, "X-Forwarded-Access-Token", env["DATABRICKS_TOKEN"]))
			b = append(b, timeOf(t.Context(), t, env["DATABRICKS_HOST"]+"/serving-endpoints/penguin-mass/invocations", body, "Authorization", "Bearer "+env["DATABRICKS_TOKEN"]))
		}
		slices.Sort(a)
		slices.Sort(b)
		through, direct = a[pairs/2], b[pairs/2]
		if limit = max(maxAdded, time.Duration(maxRatio*float64(direct))); through-direct <= limit {
			break
		}
	}
	figure.Note(t, "invocation: p50 %v through host and plugin, %v direct: +%v (median of %d)", through, direct, through-direct, pairs)
	if through-direct > limit {
		t.Errorf("host and plugin add %v to an invocation, over %v", through-direct, limit)
	}
}

// timeOf is how long a POST takes, its answer read to the end.
func timeOf(ctx context.Context, t *testing.T, url, body string, header ...string) time.Duration {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	begun := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	took := time.Since(begun)
	_ = answer.Body.Close() // read to its end
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %.300s, %v", url, answer.Status, text, err)
	}
	return took
}
