package supervisor

import "time"

// Settings are the supervisor's bounds. A zero field means its default.
type Settings struct {
	// Handshake is from the launch of the process to the gRPC connection. Default 5 s.
	Handshake time.Duration
	// Describe bounds the call of that name. Default 3 s.
	Describe time.Duration
	// Configure bounds the call of that name. Default 10 s.
	Configure time.Duration
	// Check bounds one shallow health check. Default 3 s.
	Check time.Duration
	// Drain is how long exchanges under way may take when a plugin is stopped. Default 10 s.
	Drain time.Duration
	// ReplacementDrain is Drain for a process that is to be replaced, while other exchanges wait for the next one. Default 2 s.
	ReplacementDrain time.Duration
	// Kill is how long a process may take to end: by itself after a drain, and again after SIGKILL. Default 2 s.
	Kill time.Duration

	// CheckInterval is the time between two health checks of a plugin that is ready. Default 5 s.
	CheckInterval time.Duration
	// CheckFailures is how many checks in a row must fail before the process is killed. Default 3.
	CheckFailures int

	// RestartWait is the wait before the second restart of a plugin that keeps dying; the first has none. It doubles
	// with every further one. Default 250 ms.
	RestartWait time.Duration
	// RestartWaitMax is the longest wait between two restarts. Default 30 s.
	RestartWaitMax time.Duration
	// Stable is how long a process must have been ready for its death to count as the first again. Default 1 min.
	Stable time.Duration

	// StartWait is how long Start waits for plugins to become ready. Default 3 s.
	StartWait time.Duration
	// ReplacementWait is how long an exchange waits for a process that is being replaced. Default 5 s.
	ReplacementWait time.Duration
	// MaxExchanges is how many exchanges one plugin may have under way. Default 256.
	MaxExchanges int
	// MaxStreams is how many more one plugin may have under way that may take long: large bodies, streaming routes.
	// Default 256.
	MaxStreams int
	// ExchangeWait is how long an exchange beyond these limits waits for its turn. Default 1 s.
	ExchangeWait time.Duration

	// LogRate is how many lines and records a second one plugin may write to the log. Default 500.
	LogRate int
	// LogBurst is how many of them may come at once. Default 2,000.
	LogBurst int
}

func (s Settings) withDefaults() Settings {
	orDefault(&s.Handshake, 5*time.Second)
	orDefault(&s.Describe, 3*time.Second)
	orDefault(&s.Configure, 10*time.Second)
	orDefault(&s.Check, 3*time.Second)
	orDefault(&s.Drain, 10*time.Second)
	orDefault(&s.ReplacementDrain, 2*time.Second)
	orDefault(&s.Kill, 2*time.Second)
	orDefault(&s.CheckInterval, 5*time.Second)
	orDefault(&s.CheckFailures, 3)
	orDefault(&s.RestartWait, 250*time.Millisecond)
	orDefault(&s.RestartWaitMax, 30*time.Second)
	orDefault(&s.Stable, time.Minute)
	orDefault(&s.StartWait, 3*time.Second)
	orDefault(&s.ReplacementWait, 5*time.Second)
	orDefault(&s.MaxExchanges, 256)
	orDefault(&s.MaxStreams, 256)
	orDefault(&s.ExchangeWait, time.Second)
	orDefault(&s.LogRate, 500)
	orDefault(&s.LogBurst, 2000)
	return s
}

func orDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
