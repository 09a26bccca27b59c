package dialect

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Render writes a value that DuckDB returned for a column of type t as a string of
// Databricks' JSON_ARRAY format; ok is false for NULL.
func Render(t *Type, value any) (text string, ok bool, err error) {
	if value == nil {
		return "", false, nil
	}
	if t.nested() {
		v, err := nestedValue(t, value)
		if err != nil {
			return "", false, err
		}
		data, err := json.Marshal(v)
		return string(data), true, err
	}
	text, err = renderScalar(t, value)
	return text, true, err
}

func renderScalar(t *Type, value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int8, int16, int32, int64, uint8, uint16, uint32:
		return fmt.Sprint(v), nil
	case uint64:
		if v > math.MaxInt64 {
			return "", overflow()
		}
		return strconv.FormatUint(v, 10), nil
	case *big.Int: // a sum of integers: see duckAliases
		if !v.IsInt64() {
			return "", overflow()
		}
		return v.String(), nil
	case float64:
		return javaFloat(v, 64), nil
	case float32:
		return javaFloat(float64(v), 32), nil
	case duckdb.Decimal:
		return decimalString(v), nil
	case []byte:
		if t.Name == StringType {
			return string(v), nil
		}
		return base64.StdEncoding.EncodeToString(v), nil
	case time.Time:
		return renderTime(t, v), nil
	case duckdb.Interval:
		if t.ofMonths() {
			return intervalText(t.Units, int64(v.Months), false), nil
		}
		return intervalText(t.Units, int64(v.Days)*microsecondsADay+v.Micros, false), nil
	case duckdb.UUID:
		return v.String(), nil
	}
	return "", Unsupported(fmt.Sprintf("results of type %s", t))
}

func overflow() *Error {
	return newError("ARITHMETIC_OVERFLOW", "22003", "long overflow. Use 'try_add' to tolerate overflow and return NULL instead.")
}

// renderTime writes dates and ISO 8601 timestamps, with milliseconds, or microseconds
// where there are any.
func renderTime(t *Type, v time.Time) string {
	if t.Name == Date {
		return v.UTC().Format(time.DateOnly)
	}
	layout := "2006-01-02T15:04:05.000"
	if v.Nanosecond()%1_000_000 != 0 {
		layout = "2006-01-02T15:04:05.000000"
	}
	if t.Name == Timestamp {
		layout += "Z"
	}
	return v.UTC().Format(layout)
}

// decimalString writes all digits of the scale.
func decimalString(d duckdb.Decimal) string {
	digits, sign := d.Value.String(), ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	scale := int(d.Scale)
	if scale == 0 {
		return sign + digits
	}
	if pad := scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// javaFloat writes a floating-point number as Java's Double.toString does, which is what
// Databricks returns: 1.0, 1.0E10, NaN, Infinity.
func javaFloat(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	if a := math.Abs(v); a == 0 || a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(v, 'f', -1, bits)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'E', -1, bits), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	sign := ""
	if strings.HasPrefix(exponent, "-") {
		sign = "-"
	}
	return mantissa + "E" + sign + strings.TrimLeft(exponent, "+-0")
}

// member is a field of a rendered struct or map; a slice of them keeps its order in JSON.
type member struct {
	name  string
	value any
}

type object []member

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// nestedValue turns a nested value into what marshals as Databricks' JSON: scalars are
// strings in it.
func nestedValue(t *Type, value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	switch t.Name {
	case Array:
		items, ok := value.([]any)
		if !ok {
			return nil, Unsupported("results of type " + t.String())
		}
		out := make([]any, len(items))
		for i, item := range items {
			var err error
			if out[i], err = nestedValue(t.Element, item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Struct:
		fields, ok := value.(map[string]any)
		if !ok {
			return nil, Unsupported("results of type " + t.String())
		}
		out := make(object, len(t.Fields))
		for i, f := range t.Fields {
			v, err := nestedValue(f.Type, fields[f.Name])
			if err != nil {
				return nil, err
			}
			out[i] = member{f.Name, v}
		}
		return out, nil
	case Map:
		return mapValue(t, value)
	}
	return renderScalar(t, value)
}

func mapValue(t *Type, value any) (any, error) {
	entries, ok := value.(duckdb.OrderedMap)
	if !ok {
		return nil, Unsupported("results of type " + t.String())
	}
	values := entries.Values()
	out := make(object, 0, entries.Len())
	for i, k := range entries.Keys() {
		key, _, err := Render(t.Key, k)
		if err != nil {
			return nil, err
		}
		v, err := nestedValue(t.Element, values[i])
		if err != nil {
			return nil, err
		}
		out = append(out, member{key, v})
	}
	return out, nil
}

// FloatText writes a floating-point number as CAST to STRING does, from DuckDB's text of
// it, which has as few digits as tell it from its neighbours.
func FloatText(s string) (string, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "", fmt.Errorf("text of a number: %w", err)
	}
	return javaFloat(v, 64), nil
}
