package routine

import (
	"database/sql/driver"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"corbel.example/emulator/internal/dialect"
)

// convertBase reads an integer in one base and writes it in another. Digits end at the
// first character that is none. A negative base to write in means a signed result.
func convertBase(args []driver.Value) (any, error) {
	s, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	from, err := argument[int64](args, 1)
	if err != nil {
		return nil, err
	}
	to, err := argument[int64](args, 2)
	if err != nil {
		return nil, err
	}
	if from < 2 || from > 36 || max(to, -to) < 2 || max(to, -to) > 36 {
		return nil, nil
	}
	digits, negative := strings.CutPrefix(strings.TrimSpace(s), "-")
	end := 0
	for end < len(digits) {
		if _, err := strconv.ParseUint(digits[end:end+1], int(from), 8); err != nil {
			break
		}
		end++
	}
	if end == 0 {
		return "0", nil
	}
	n, err := strconv.ParseUint(digits[:end], int(from), 64)
	if err != nil { // beyond 64 bits: Databricks answers with the largest value
		n = 1<<64 - 1
	}
	if negative {
		n = -n
	}
	if to < 0 {
		return strings.ToUpper(strconv.FormatInt(int64(n), int(-to))), nil //nolint:gosec // the result is the number's two's complement
	}
	return strings.ToUpper(strconv.FormatUint(n, int(to))), nil
}

// maxDecimals bounds the digits behind the point that format_number writes.
const maxDecimals = 100

// formatNumber writes a number with so many digits behind the point and commas between
// thousands.
func formatNumber(args []driver.Value) (any, error) {
	s, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	decimals, err := argument[int64](args, 1)
	if err != nil {
		return nil, err
	}
	n, ok := new(big.Rat).SetString(s)
	if !ok || decimals < 0 || decimals > maxDecimals {
		return nil, nil
	}
	digits := roundedText(n, decimals, halfEven)
	digits, negative := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String(), nil
}

// formatString writes arguments into a format as Java's String.format does, for the
// conversions s, d, f, e, x, X, o, b, c and %.
func formatString(args []driver.Value) (any, error) {
	format, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	encoded, err := argument[string](args, 1)
	if err != nil {
		return nil, err
	}
	values, err := stringsOf(encoded)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		end := i + 1
		for end < len(format) && strings.IndexByte("-+ 0,(#.123456789", format[end]) >= 0 {
			end++
		}
		if end == len(format) {
			return nil, badFormat(format)
		}
		flags, verb := format[i+1:end], format[end]
		i = end
		switch verb {
		case '%':
			b.WriteByte('%')
			continue
		case 'n':
			b.WriteByte('\n')
			continue
		}
		if next >= len(values) {
			return nil, badFormat(format)
		}
		formatted, err := formatVerb(flags, verb, values[next])
		if err != nil {
			return nil, err
		}
		b.WriteString(formatted)
		next++
	}
	return b.String(), nil
}

func badFormat(format string) error {
	return dialect.InvalidParameterValue("The format '" + format + "' does not fit its arguments.")
}

// formatVerb writes one value; nil is NULL.
func formatVerb(flags string, verb byte, value *string) (string, error) {
	if strings.ContainsAny(flags, ",(#") {
		return "", dialect.Unsupported("the flags " + flags + " in a format")
	}
	spec := "%" + flags + string(verb)
	if value == nil {
		width, _, _ := strings.Cut(strings.Trim(flags, "+0 "), ".")
		return fmt.Sprintf("%"+width+"s", "null"), nil
	}
	switch verb {
	case 's', 'S':
		if verb == 'S' {
			return fmt.Sprintf("%"+flags+"s", strings.ToUpper(*value)), nil
		}
		return fmt.Sprintf(spec, *value), nil
	case 'd', 'x', 'X', 'o':
		n, err := strconv.ParseInt(*value, 10, 64)
		if err != nil {
			return "", badFormat(spec)
		}
		if verb != 'd' {
			return fmt.Sprintf(spec, uint64(n)), nil //nolint:gosec // Java writes the two's complement
		}
		return fmt.Sprintf(spec, n), nil
	case 'f', 'e':
		x, err := strconv.ParseFloat(*value, 64)
		if err != nil {
			return "", badFormat(spec)
		}
		return fmt.Sprintf(spec, x), nil
	case 'b':
		return fmt.Sprintf("%"+flags+"s", *value), nil
	}
	return "", dialect.Unsupported("the conversion %" + string(verb) + " in a format")
}
