// Package secret has a string that does not print.
package secret

import "log/slog"

const mask = "***"

// String is a secret: a token, a password. It prints as *** in every format, in JSON and in logs.
// Reveal gives the text to the code that must send it.
type String struct{ text string }

// New returns text as a secret.
func New(text string) String { return String{text: text} }

// Reveal returns the text. Call it only where the secret leaves for the service that asked for it.
func (s String) Reveal() string { return s.text }

// IsZero says whether there is no secret.
func (s String) IsZero() bool { return s.text == "" }

// String returns *** or, without a secret, "".
func (s String) String() string {
	if s.text == "" {
		return ""
	}
	return mask
}

// GoString is String.
func (s String) GoString() string { return s.String() }

// LogValue is String.
func (s String) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String. It serves encoding/json too.
func (s String) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text as the secret.
func (s *String) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}
