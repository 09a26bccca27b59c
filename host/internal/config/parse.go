package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parser turns a setting's text into a field of T.
type parser[T any] struct {
	// kind is what the documentation calls the type.
	kind string
	// list says that the setting takes a list of texts; else it takes one.
	list bool
	set  func(*T, []string) error
}

// of returns a parser of one text.
func of[T, V any](kind string, field func(*T) *V, parse func(string) (V, error)) parser[T] {
	return parser[T]{kind: kind, set: func(t *T, texts []string) error {
		v, err := parse(texts[0])
		if err == nil {
			*field(t) = v
		}
		return err
	}}
}

func text[T any](field func(*T) *string) parser[T] {
	return of("text", field, func(s string) (string, error) { return s, nil })
}

func choice[T any](field func(*T) *string, words ...string) parser[T] {
	return of(strings.Join(words, " or "), field, func(s string) (string, error) {
		if w := strings.ToLower(s); slices.Contains(words, w) {
			return w, nil
		}
		return "", fmt.Errorf("%q is not one of %s", s, strings.Join(words, ", "))
	})
}

func boolean[T any](field func(*T) *bool) parser[T] {
	return of("true or false", field, func(s string) (bool, error) {
		v, err := strconv.ParseBool(s)
		if err != nil {
			return false, fmt.Errorf("%q is not true or false", s)
		}
		return v, nil
	})
}

func integer[T any](field func(*T) *int, low, high int) parser[T] {
	return of(fmt.Sprintf("integer, %d to %d", low, high), field, func(s string) (int, error) {
		v, err := strconv.Atoi(s)
		switch {
		case errors.Is(err, strconv.ErrSyntax):
			return 0, fmt.Errorf("%q is not a whole number", s)
		case err != nil || v < low || v > high:
			return 0, fmt.Errorf("%s is out of range: it takes %d to %d", s, low, high)
		}
		return v, nil
	})
}

func duration[T any](field func(*T) *time.Duration, low, high time.Duration) parser[T] {
	kind := fmt.Sprintf("duration, %s to %s", short(low), short(high))
	return of(kind, field, func(s string) (time.Duration, error) {
		v, err := time.ParseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: write a number with a unit, such as 500ms, 10s or 2m", s)
		}
		if v < low || v > high {
			return 0, fmt.Errorf("%s is out of range: it takes %s to %s", s, short(low), short(high))
		}
		return v, nil
	})
}

// short writes 1m0s as 1m.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

var units = []struct {
	suffix string
	factor int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}, {"", 1}}

func size[T any](field func(*T) *int64, low, high string) parser[T] {
	lowest, highest := mustSize(low), mustSize(high)
	return of("size, "+low+" to "+high, field, func(s string) (int64, error) {
		v, err := parseSize(s)
		if err == nil && (v < lowest || v > highest) {
			err = fmt.Errorf("%s is out of range: it takes %s to %s", s, low, high)
		}
		return v, err
	})
}

func parseSize(s string) (int64, error) {
	for _, u := range units {
		number, found := strings.CutSuffix(s, u.suffix)
		if !found {
			continue
		}
		v, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || v < 0 || v > math.MaxInt64/u.factor {
			break
		}
		return v * u.factor, nil
	}
	return 0, fmt.Errorf("%q is not a size: write a number of bytes, or one with KiB, MiB or GiB", s)
}

// mustSize is for the literals of the table of settings.
func mustSize(s string) int64 {
	v, err := parseSize(s)
	if err != nil {
		panic(err)
	}
	return v
}

func level[T any](field func(*T) *slog.Level) parser[T] {
	return of("debug, info, warn or error", field, func(s string) (slog.Level, error) {
		switch strings.ToLower(s) {
		case "debug":
			return slog.LevelDebug, nil
		case "info":
			return slog.LevelInfo, nil
		case "warn", "warning":
			return slog.LevelWarn, nil
		case "error":
			return slog.LevelError, nil
		}
		return 0, fmt.Errorf("%q is not one of debug, info, warn, error", s)
	})
}

func address[T any](field func(*T) *string) parser[T] {
	return of("IP address or localhost", field, func(s string) (string, error) {
		if _, err := netip.ParseAddr(s); err != nil && s != "localhost" {
			return "", fmt.Errorf("%q is not an IP address or localhost", s)
		}
		return s, nil
	})
}

func workspaceURL[T any](field func(*T) *string) parser[T] {
	return of("URL", field, func(s string) (string, error) {
		// Databricks Apps give DATABRICKS_HOST without its scheme.
		if s != "" && !strings.Contains(s, "://") {
			s = "https://" + s
		}
		u, err := url.Parse(s)
		if s != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return "", errors.New("it is not a workspace's URL: write it as https://<workspace host>")
		}
		return strings.TrimRight(s, "/"), nil
	})
}

func link[T any](field func(*T) *string) parser[T] {
	return of("path or URL", field, func(s string) (string, error) {
		u, err := url.Parse(s)
		local := err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/")
		if s != "" && !local && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			return "", fmt.Errorf("%q is neither a path that begins with / nor a URL that begins with https:// or http://", s)
		}
		return s, nil
	})
}

func digest[T any](field func(*T) *string) parser[T] {
	return of("64 hexadecimal digits", field, func(s string) (string, error) {
		s = strings.ToLower(s)
		if s != "" && (len(s) != 64 || strings.Trim(s, "0123456789abcdef") != "") {
			return "", errors.New("it is not a SHA-256 digest: write 64 hexadecimal digits, as sha256sum prints them")
		}
		return s, nil
	})
}

func prefixes[T any](field func(*T) *[]netip.Prefix) parser[T] {
	return parser[T]{kind: "list of addresses or CIDR blocks", list: true, set: func(t *T, texts []string) error {
		parsed := make([]netip.Prefix, 0, len(texts))
		for _, s := range texts {
			p, err := netip.ParsePrefix(s)
			if a, addrErr := netip.ParseAddr(s); addrErr == nil {
				p, err = netip.PrefixFrom(a.WithZone(""), a.BitLen()), nil
			}
			if err != nil {
				return fmt.Errorf("%q is not an address or a CIDR block such as 10.0.0.0/8", s)
			}
			parsed = append(parsed, p.Masked())
		}
		*field(t) = parsed
		return nil
	}}
}

// words takes a list of names, each once.
func words[T any](field func(*T) *[]string) parser[T] {
	return parser[T]{kind: "list of names", list: true, set: func(t *T, texts []string) error {
		list := make([]string, 0, len(texts))
		for _, s := range texts {
			if s = strings.TrimSpace(s); s == "" {
				return errors.New("one of its names is empty")
			}
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
		*field(t) = list
		return nil
	}}
}
