package sample_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var decimalType = regexp.MustCompile(`^DECIMAL\((\d+),(\d+)\)$`)

// checkValue says whether the value is one of the type, written as Open promises.
func checkValue(typeName, value string) error {
	var err error
	switch typeName {
	case "STRING":
	case "BIGINT":
		_, err = strconv.ParseInt(value, 10, 64)
	case "INT":
		_, err = strconv.ParseInt(value, 10, 32)
	case "DOUBLE":
		_, err = strconv.ParseFloat(value, 64)
	case "BOOLEAN":
		if value != "true" && value != "false" {
			err = fmt.Errorf("%q is not a BOOLEAN", value)
		}
	case "DATE":
		_, err = time.Parse(time.DateOnly, value)
	case "TIMESTAMP":
		_, err = time.Parse(time.DateTime, value)
	default:
		err = checkDecimal(typeName, value)
	}
	return err
}

func checkDecimal(typeName, value string) error {
	match := decimalType.FindStringSubmatch(typeName)
	if match == nil {
		return fmt.Errorf("type %q is not one of the catalog's", typeName)
	}
	precision, err := strconv.Atoi(match[1])
	if err != nil {
		return err
	}
	scale, err := strconv.Atoi(match[2])
	if err != nil {
		return err
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(value, "-"), ".")
	if _, err := strconv.ParseUint(whole+fraction, 10, 64); err != nil {
		return fmt.Errorf("%q is not a %s: %w", value, typeName, err)
	}
	if len(fraction) != scale || len(strings.TrimLeft(whole, "0"))+scale > precision {
		return fmt.Errorf("%q does not fit %s", value, typeName)
	}
	return nil
}

func TestCheckValueRefusesWhatIsNotOfTheType(t *testing.T) {
	t.Parallel()
	for typeName, values := range map[string][]string{
		"INT":          {"2147483648", "1.0", "x"},
		"BIGINT":       {"9223372036854775808", ""},
		"DOUBLE":       {"one"},
		"BOOLEAN":      {"1", "TRUE"},
		"DATE":         {"2018-02-30", "01/02/2018"},
		"TIMESTAMP":    {"2018-02-01T00:00:00Z", "2018-02-01"},
		"DECIMAL(4,2)": {"100.00", "1.5", "1.505", "-"},
		"TEXT":         {"a"},
	} {
		for _, value := range values {
			if checkValue(typeName, value) == nil {
				t.Errorf("%s accepts %q", typeName, value)
			}
		}
	}
}
