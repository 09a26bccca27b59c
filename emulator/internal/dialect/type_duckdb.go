package dialect

import (
	"fmt"
	"strings"
)

// duckAliases are DuckDB's names of types that Databricks calls otherwise. HUGEINT is
// what DuckDB sums integers in: Databricks sums in BIGINT and fails on overflow, which is
// what rendering does.
var duckAliases = map[string]TypeName{
	"VARCHAR": StringType, "INTEGER": Int, "HUGEINT": BigInt, "UINTEGER": BigInt, "USMALLINT": Int, "UTINYINT": SmallInt,
	"UBIGINT": BigInt, "TIMESTAMPTZ": Timestamp, "TIMESTAMP WITH TIME ZONE": Timestamp, "TIMESTAMP": TimestampNTZ,
	"BLOB": Binary, "SQLNULL": Void, "\"NULL\"": Void, "NULL": Void, "JSON": StringType, "UUID": StringType,
}

// FromDuckDB reads a type as DuckDB writes it.
func FromDuckDB(text string) (*Type, error) {
	switch {
	case strings.HasSuffix(text, "[]"):
		element, err := FromDuckDB(text[:len(text)-2])
		return &Type{Name: Array, Element: element}, err
	case strings.HasPrefix(text, "DECIMAL("):
		t := &Type{Name: Decimal}
		_, err := fmt.Sscanf(text, "DECIMAL(%d,%d)", &t.Precision, &t.Scale)
		return t, err
	case strings.HasPrefix(text, "MAP(") && strings.HasSuffix(text, ")"):
		parts := splitTop(text[4 : len(text)-1])
		if len(parts) != 2 {
			return nil, Unsupported("results of type " + text)
		}
		key, err := FromDuckDB(parts[0])
		if err != nil {
			return nil, err
		}
		value, err := FromDuckDB(parts[1])
		return &Type{Name: Map, Key: key, Element: value}, err
	case strings.HasPrefix(text, "STRUCT(") && strings.HasSuffix(text, ")"):
		return structFromDuckDB(text)
	}
	if name, ok := duckAliases[text]; ok {
		return &Type{Name: name}, nil
	}
	if name, ok := scalars[text]; ok {
		return &Type{Name: name}, nil
	}
	return nil, Unsupported("results of type " + text)
}

func structFromDuckDB(text string) (*Type, error) {
	t := &Type{Name: Struct}
	for _, part := range splitTop(text[len("STRUCT(") : len(text)-1]) {
		var name, rest string
		if strings.HasPrefix(part, `"`) {
			end := 1
			for end < len(part) && part[end] != '"' || strings.HasPrefix(part[end:], `""`) {
				if part[end] == '"' {
					end++
				}
				end++
			}
			name, rest = strings.ReplaceAll(part[1:end], `""`, `"`), strings.TrimSpace(part[end+1:])
		} else {
			name, rest, _ = strings.Cut(part, " ")
		}
		if name == "" { // no value of such a type can be read
			return nil, Unsupported("a row without names of its fields as a result; struct() and named_struct() give them names")
		}
		ft, err := FromDuckDB(rest)
		if err != nil {
			return nil, err
		}
		t.Fields = append(t.Fields, Field{name, ft})
	}
	return t, nil
}

// splitTop splits at the commas that stand in no parentheses and no quotes.
func splitTop(s string) []string {
	var parts []string
	depth, start, quoted := 0, 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}
