package routine

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"corbel.example/emulator/internal/dialect"
)

// stringsOf reads a JSON array of strings and nulls.
func stringsOf(encoded string) ([]*string, error) {
	var values []*string
	err := json.Unmarshal([]byte(encoded), &values)
	return values, err
}

// field is a member of a JSON object; a slice of them keeps its order.
type field struct {
	name  string
	value any
}

// readJSON reads a document: objects are []field, arrays []any.
func readJSON(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		fields := []field{}
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			value, err := readJSON(decoder)
			if err != nil {
				return nil, err
			}
			fields = append(fields, field{fmt.Sprint(name), value})
		}
		_, err := decoder.Token()
		return fields, err
	case json.Delim('['):
		items := []any{}
		for decoder.More() {
			item, err := readJSON(decoder)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err := decoder.Token()
		return items, err
	}
	return token, nil
}

func parseJSON(s string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(s))
	decoder.UseNumber()
	value, err := readJSON(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON document")
	}
	return value, nil
}

// tidyJSON leaves out the fields that are null, as to_json() does.
func tidyJSON(s string) (string, error) {
	if !strings.Contains(s, "null") {
		return s, nil
	}
	value, err := parseJSON(s)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = writeTidy(&b, value)
	return b.String(), err
}

func writeTidy(b *bytes.Buffer, value any) error {
	switch v := value.(type) {
	case []field:
		b.WriteByte('{')
		first := true
		for _, f := range v {
			if f.value == nil {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			if err := writeTidy(b, f.name); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeTidy(b, f.value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeTidy(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		encoder := json.NewEncoder(b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the encoder ends lines
	}
	return nil
}

// schemaOfJSON is the type of a JSON document as DDL.
func schemaOfJSON(s string) (string, error) {
	value, err := parseJSON(s)
	if err != nil {
		return "", dialect.InvalidParameterValue("The string is not a JSON document.")
	}
	return schemaOf(value)
}

func schemaOf(value any) (string, error) {
	switch v := value.(type) {
	case []field:
		parts := make([]string, len(v))
		for i, f := range v {
			t, err := schemaOf(f.value)
			if err != nil {
				return "", err
			}
			parts[i] = dialect.QuoteName(f.name) + ": " + t
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">", nil
	case []any:
		element := "STRING"
		for i, item := range v {
			t, err := schemaOf(item)
			if err != nil {
				return "", err
			}
			if i > 0 && t != element {
				return "", dialect.Unsupported("schema_of_json of an array with elements of several types")
			}
			element = t
		}
		return "ARRAY<" + element + ">", nil
	case bool:
		return "BOOLEAN", nil
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "DOUBLE", nil
		}
		return "BIGINT", nil
	}
	return "STRING", nil
}

func urlEncode(s string) (string, error) { return url.QueryEscape(s), nil }

func urlDecode(s string) (string, error) {
	decoded, err := url.QueryUnescape(s)
	if err != nil {
		return "", &dialect.Error{Class: "CANNOT_DECODE_URL", SQLState: "22546", Detail: "The provided URL cannot be decoded: " + s + ". Please ensure that the URL is properly formatted and try again."}
	}
	return decoded, nil
}

// parseURL is a part of a URL, or the value of a key in its query; nil when it has none.
func parseURL(args []driver.Value) (any, error) {
	var texts [3]string
	for i := range texts {
		var err error
		if texts[i], err = argument[string](args, i); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(texts[0])
	if err != nil {
		return nil, dialect.InvalidParameterValue("The URL '" + texts[0] + "' is not valid.")
	}
	found := map[string]string{
		"HOST": u.Hostname(), "PATH": u.EscapedPath(), "QUERY": u.RawQuery, "REF": u.EscapedFragment(),
		"PROTOCOL": u.Scheme, "AUTHORITY": authority(u), "USERINFO": u.User.String(), "FILE": u.RequestURI(),
	}[texts[1]]
	if key := texts[2]; key != "" && texts[1] == "QUERY" {
		found = ""
		for pair := range strings.SplitSeq(u.RawQuery, "&") {
			if value, ok := strings.CutPrefix(pair, key+"="); ok {
				found = value
				break
			}
		}
	}
	if found == "" {
		return nil, nil
	}
	return found, nil
}

func authority(u *url.URL) string {
	if u.User == nil {
		return u.Host
	}
	return u.User.String() + "@" + u.Host
}
