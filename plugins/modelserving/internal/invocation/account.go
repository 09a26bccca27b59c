package invocation

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/fault"
)

// Record is what is kept of an invocation: never what was asked or answered.
type Record struct {
	Endpoint string
	Stream   bool
	Duration time.Duration
	// First is how long the first piece of a stream took, and Events how many there were.
	First   time.Duration
	Events  int64
	Retries int
	Usage   Usage
	Err     error
}

// Account measures an invocation that has ended, and writes its line into the log.
func (i *Invoker) Account(ctx context.Context, r Record) {
	i.settings.Meter.Observe(r.Endpoint, usage.Observation{
		Outcome: outcomeOf(r.Err), Stream: r.Stream, Latency: r.Duration, First: r.First, Retries: r.Retries,
		TokensRead: r.Usage.PromptTokens, TokensSpoken: r.Usage.CompletionTokens,
	})
	attrs := []slog.Attr{
		slog.String("endpoint", r.Endpoint), slog.Bool("stream", r.Stream), slog.String("outcome", word(r.Err)),
		slog.Float64("duration_ms", milliseconds(r.Duration)), slog.Int("retries", r.Retries),
	}
	if r.Usage != (Usage{}) {
		attrs = append(attrs, slog.Int64("prompt_tokens", r.Usage.PromptTokens), slog.Int64("completion_tokens", r.Usage.CompletionTokens))
	}
	if r.Stream {
		attrs = append(attrs, slog.Float64("first_ms", milliseconds(r.First)), slog.Int64("events", r.Events))
	}
	i.settings.Logger.LogAttrs(ctx, slog.LevelInfo, "invocation", attrs...)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// outcomeOf says how an invocation ended and whose fault it was.
func outcomeOf(err error) usage.Outcome {
	if err == nil {
		return usage.Succeeded
	}
	f := fault.From(err)
	switch f.Code {
	case CodeModel, CodeAnswer, CodeTooLarge:
		return usage.ModelsFault
	}
	switch f.Kind {
	case fault.Canceled:
		return usage.Stopped
	case fault.Timeout:
		return usage.ModelsFault
	case fault.Exhausted, fault.Unavailable, fault.Upstream, fault.Internal:
		return usage.PlatformsFault
	default:
		return usage.CallersFault
	}
}

// word is an error in a word.
func word(err error) string {
	switch {
	case err == nil:
		return "succeeded"
	case errors.Is(err, context.Canceled):
		return "canceled"
	default:
		return fault.From(err).ErrorCode()
	}
}
