package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"corbel.example/sdk/fault"
)

// maxDepth is how deep values may stand in each other: far deeper than a model takes them, and far less than what makes reading them
// expensive.
const maxDepth = 100

// parse reads a body that is one JSON value whose numbers can be represented, and says where it is not.
func parse(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, fault.New(fault.Invalid, "The request body is not valid UTF-8.").WithCode(codeInput)
	}
	if err := checkDepth(body); err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		if syntax := checkSyntax(body); syntax != nil {
			return nil, syntax
		}
		return nil, fault.Wrap(fault.Invalid, errors.New("syntax error"), "The request body is not valid JSON.").WithCode(codeInput)
	}
	if path, ok := overflow(value); ok {
		return nil, refused(codeInput, path, "is too large for a number of 64 bits")
	}
	return value, nil
}

// checkDepth refuses what is nested too deep, before anything is made of it. It takes any text.
func checkDepth(body []byte) error {
	depth, inText := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			inText = !inText
		case inText && c == '\\':
			i++
		case inText:
		case c == '[', c == '{':
			if depth++; depth > maxDepth {
				return fault.Newf(fault.Invalid, "The request body is nested deeper than %d levels.", maxDepth).WithCode(codeInput)
			}
		case c == ']', c == '}':
			depth--
		}
	}
	return nil
}

// overflow finds a number that no 64 bits can hold, and where it stands.
func overflow(value any) (path string, found bool) {
	switch v := value.(type) {
	case json.Number:
		_, err := strconv.ParseFloat(v.String(), 64)
		return "", err != nil
	case []any:
		for i, item := range v {
			if path, found = overflow(item); found {
				return "/" + strconv.Itoa(i) + path, true
			}
		}
	case map[string]any:
		for name, member := range v {
			if path, found = overflow(member); found {
				return "/" + escape(name) + path, true
			}
		}
	}
	return "", false
}

// checkSyntax says where a body is no JSON value.
func checkSyntax(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var at place
	for tokens := 0; ; tokens++ {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && tokens > 0 && len(at) == 0:
			return nil
		case errors.Is(err, io.EOF) && tokens == 0:
			return fault.New(fault.Invalid, "The request body is empty.").WithCode(codeInput)
		case err != nil:
			return misspelt(body[d.InputOffset():], at, err)
		case tokens > 0 && len(at) == 0:
			return fault.New(fault.Invalid, "The request body holds more than one JSON value.").WithCode(codeInput)
		}
		at = at.after(token)
	}
}

// misspelt names the place of an error, and what stands there if it is a number that JSON does not have.
func misspelt(rest []byte, at place, err error) error {
	text := strings.TrimLeft(string(rest[:min(len(rest), 64)]), " \t\r\n,:")
	for _, name := range []string{"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "+inf", "+Infinity"} {
		if strings.HasPrefix(text, name) {
			return refused(codeInput, at.pointer(), "must be a number: JSON has neither NaN nor infinities; send null for a missing value")
		}
	}
	f := fault.Wrap(fault.Invalid, errors.New("syntax error"), "The request body is not valid JSON.").WithCode(codeInput)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f.Message = "The request body is cut off."
	}
	return f.WithField(at.pointer(), "is not valid JSON")
}

// place is where a decoder is: the objects and arrays around it, the outermost first.
type place []level

type level struct {
	isObject bool
	inValue  bool   // of an object: its name has been read
	name     string // of the member whose value comes
	index    int    // of the item that comes
}

// after moves on behind a token.
func (p place) after(token json.Token) place {
	switch delimiter, _ := token.(json.Delim); delimiter {
	case '{':
		return append(p, level{isObject: true})
	case '[':
		return append(p, level{})
	case '}', ']':
		return p[:len(p)-1].next()
	}
	if n := len(p) - 1; n >= 0 && p[n].isObject && !p[n].inValue {
		p[n].name, _ = token.(string)
		p[n].inValue = true
		return p
	}
	return p.next()
}

// next moves on behind a value.
func (p place) next() place {
	if n := len(p) - 1; n >= 0 {
		p[n].inValue = false
		p[n].index++
	}
	return p
}

// pointer is the place as a JSON pointer, RFC 6901.
func (p place) pointer() string {
	var b strings.Builder
	for _, l := range p {
		switch {
		case l.isObject && l.inValue:
			b.WriteString("/" + escape(l.name))
		case !l.isObject:
			b.WriteString("/" + strconv.Itoa(l.index))
		}
	}
	return b.String()
}
