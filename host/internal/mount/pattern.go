package mount

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// segment is a part of a pattern between slashes.
type segment struct {
	// text is the unescaped literal, or the wildcard's name.
	text string
	// wildcard: the segment stands for one of the path, or with multi for all the rest.
	wildcard, multi bool
}

// path is a pattern in ServeMux's syntax, without method and host.
type path []segment

// endOfPath is ServeMux's wildcard that matches nothing but the end.
const endOfPath = "$"

// parsePath splits a pattern. Whether it is a good one in all else, ServeMux says.
func parsePath(pattern string) (path, error) {
	switch {
	case pattern == "":
		return nil, errors.New(`it is empty: give a path such as "/api/hello/{name}"`)
	case strings.ContainsAny(pattern, " \t"):
		return nil, errors.New("it has a blank: the method stands in the field Method, the pattern is the path alone")
	case pattern[0] != '/':
		return nil, errors.New("it does not begin with a slash: patterns have no host, because a plugin has none of its own")
	case strings.ContainsAny(pattern, "?#"):
		return nil, errors.New("it has a query or a fragment: patterns match the path alone")
	}
	var p path
	for raw := range strings.SplitSeq(pattern[1:], "/") {
		s, err := parseSegment(raw)
		if err != nil {
			return nil, err
		}
		p = append(p, s)
	}
	if err := checkSyntax(pattern); err != nil {
		return nil, err
	}
	return p, nil
}

func parseSegment(raw string) (segment, error) {
	name, wildcard := strings.CutPrefix(raw, "{")
	if !wildcard {
		text, err := url.PathUnescape(raw)
		if err != nil {
			return segment{}, fmt.Errorf("segment %q: %w", raw, err)
		}
		if text == "." || text == ".." {
			return segment{}, fmt.Errorf("segment %q never reaches the host: clients remove it", raw)
		}
		return segment{text: text}, nil
	}
	name = strings.TrimSuffix(name, "}")
	name, multi := strings.CutSuffix(name, "...")
	return segment{text: name, wildcard: true, multi: multi}, nil
}

// checkSyntax asks ServeMux, which panics.
func checkSyntax(pattern string) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			text := fmt.Sprint(reason)
			if _, after, found := strings.Cut(text, ": "); found {
				text = after
			}
			err = fmt.Errorf("it is not a pattern of http.ServeMux: %s", text)
		}
	}()
	http.NewServeMux().Handle(pattern, http.NotFoundHandler())
	return nil
}

// wildcards returns the names of the pattern's wildcards.
func (p path) wildcards() []string {
	var names []string
	for _, s := range p {
		if s.wildcard && s.text != endOfPath {
			names = append(names, s.text)
		}
	}
	return names
}

// sample is an escaped path that the pattern matches, with a value in its wildcards that no literal has by chance.
func (p path) sample() string {
	text, err := p.expand(func(string) string { return "any-value-of-a-wildcard" })
	if err != nil {
		return "/"
	}
	return text
}

// expand returns the escaped path with the wildcards' values in place. A single wildcard's value is one segment whatever
// is in it; a multi wildcard's may have several.
func (p path) expand(value func(name string) string) (string, error) {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte('/')
		switch {
		case !s.wildcard:
			b.WriteString(escapeSegment(s.text))
		case s.text == endOfPath:
		default:
			v := value(s.text)
			if v == "" {
				return "", &MissingValueError{Name: s.text}
			}
			if !s.multi {
				b.WriteString(escapeSegment(v))
				continue
			}
			for i, part := range strings.Split(v, "/") {
				if i > 0 {
					b.WriteByte('/')
				}
				b.WriteString(escapeSegment(part))
			}
		}
	}
	return b.String(), nil
}

// MissingValueError says that a wildcard of a fragment's path has no value.
type MissingValueError struct{ Name string }

func (e *MissingValueError) Error() string { return fmt.Sprintf("no value for {%s}", e.Name) }

// escapeSegment escapes text as one segment. Dots that stand alone would otherwise mean this folder, or the one above.
func escapeSegment(text string) string {
	switch text {
	case ".":
		return "%2E"
	case "..":
		return "%2E%2E"
	default:
		return url.PathEscape(text)
	}
}
