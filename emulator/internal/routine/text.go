package routine

import (
	"crypto/sha256"
	"crypto/sha512"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"corbel.example/emulator/internal/dialect"
)

// initcap puts every word into lower case with a capital first letter. White space
// separates words.
func initcap(s string) (string, error) {
	start := true
	return strings.Map(func(r rune) rune {
		first := start
		if start = unicode.IsSpace(r); first {
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s), nil
}

// soundexCodes are the digits of the letters A to Z; 0 is for vowels, - for H and W, which
// don't separate letters of one digit.
const soundexCodes = "01230120022455012623010202"

// soundex is the four-character code of how a name sounds in English.
func soundex(s string) (string, error) {
	upper := strings.ToUpper(s)
	if upper == "" || upper[0] < 'A' || upper[0] > 'Z' {
		return s, nil
	}
	code := []byte{upper[0]}
	last := soundexCodes[upper[0]-'A']
	for i := 1; i < len(upper) && len(code) < 4; i++ {
		c := upper[i]
		if c < 'A' || c > 'Z' {
			last = '0'
			continue
		}
		if c == 'H' || c == 'W' {
			continue
		}
		if digit := soundexCodes[c-'A']; digit != last {
			if last = digit; digit != '0' {
				code = append(code, digit)
			}
		}
	}
	return string(append(code, "000"[:4-len(code)]...)), nil
}

func checksum(args []driver.Value) (any, error) {
	data, err := argument[[]byte](args, 0)
	return int64(crc32.ChecksumIEEE(data)), err
}

// splitLimited splits at a regular expression into at most as many parts as the limit
// says, and returns them as a JSON array. Without a limit (0 or less) it splits everywhere.
func splitLimited(args []driver.Value) (any, error) {
	s, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	pattern, err := argument[string](args, 1)
	if err != nil {
		return nil, err
	}
	limit, err := argument[int64](args, 2)
	if err != nil {
		return nil, err
	}
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return nil, dialect.InvalidParameterValue("The pattern '" + pattern + "' is not a regular expression that this workspace knows.")
	}
	if limit <= 0 {
		limit = -1
	}
	parts, err := json.Marshal(expression.Split(s, int(limit)))
	return string(parts), err
}

// typeName is the name of a DuckDB type as typeof() writes it.
func typeName(duckType string) (string, error) {
	t, err := dialect.FromDuckDB(strings.ReplaceAll(duckType, `"NULL"`, "NULL"))
	if err != nil {
		return "", err
	}
	return t.Catalog(), nil
}

// doubleText is a floating-point number as CAST to STRING writes it, from DuckDB's text.
func doubleText(s string) (string, error) { return dialect.FloatText(s) }

// fit is the text if it has no more characters than the limit says.
func fit(args []driver.Value) (any, error) {
	s, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	limit, err := argument[int64](args, 1)
	if err != nil {
		return nil, err
	}
	if int64(utf8.RuneCountInString(s)) > limit {
		return nil, dialect.TooLong(s, limit)
	}
	return s, nil
}

// intervalText is an interval, of months or microseconds, as CAST to STRING writes it.
func intervalText(args []driver.Value) (any, error) {
	units, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	amount, err := argument[int64](args, 1)
	return dialect.IntervalText(units, amount), err
}

// mask puts other characters in the place of capital letters, small letters, digits and
// the rest; where there is none to put, a character stays.
func mask(args []driver.Value) (any, error) {
	var texts [5]string
	for i := range texts {
		var err error
		if texts[i], err = argument[string](args, i); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	for _, c := range texts[0] {
		put := texts[4]
		switch {
		case unicode.IsUpper(c):
			put = texts[1]
		case unicode.IsLower(c):
			put = texts[2]
		case unicode.IsDigit(c):
			put = texts[3]
		}
		if put == "" {
			put = string(c)
		}
		b.WriteString(put)
	}
	return b.String(), nil
}

// sentences are the words of a text by sentences, as a JSON array of arrays.
func sentences(s string) (string, error) {
	all := [][]string{}
	for _, sentence := range sentenceEnd.Split(s, -1) {
		words := strings.FieldsFunc(sentence, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '\'' && c != '-' })
		if len(words) > 0 {
			all = append(all, words)
		}
	}
	data, err := json.Marshal(all)
	return string(data), err
}

var sentenceEnd = regexp.MustCompile(`[.!?]+(?:\s+|$)`)

// sha2 is the SHA-2 digest of so many bits, in hexadecimal; 0 means 256, and NULL is what
// there is for other numbers.
func sha2(args []driver.Value) (any, error) {
	data, err := argument[[]byte](args, 0)
	if err != nil {
		return nil, err
	}
	length, err := argument[int64](args, 1)
	if err != nil {
		return nil, err
	}
	switch length {
	case 0, 256:
		return fmt.Sprintf("%x", sha256.Sum256(data)), nil
	case 224:
		return fmt.Sprintf("%x", sha256.Sum224(data)), nil
	case 384:
		return fmt.Sprintf("%x", sha512.Sum384(data)), nil
	case 512:
		return fmt.Sprintf("%x", sha512.Sum512(data)), nil
	}
	return nil, nil
}

// luhn is 1 when the last digit checks the others by Luhn's algorithm.
func luhn(args []driver.Value) (any, error) {
	s, err := argument[string](args, 0)
	if err != nil {
		return nil, err
	}
	sum := 0
	for i := range len(s) {
		c := s[len(s)-1-i]
		if c < '0' || c > '9' {
			return int64(0), nil
		}
		digit := int(c - '0')
		if i%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	if s == "" || sum%10 != 0 {
		return int64(0), nil
	}
	return int64(1), nil
}
