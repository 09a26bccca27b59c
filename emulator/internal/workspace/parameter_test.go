package workspace

import "testing"

func parameter(name, kind, value string) object {
	return object{"name": name, "type": kind, "value": value}
}

func TestParametersOfEveryType(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for _, p := range []struct{ kind, value, want, typed string }{
		{"", "it's", "it's", "STRING"},
		{"STRING", `a\b`, `a\b`, "STRING"},
		{"BOOLEAN", "true", "true", "BOOLEAN"},
		{"TINYINT", "-1", "-1", "TINYINT"},
		{"SMALLINT", "2", "2", "SMALLINT"},
		{"INT", "3", "3", "INT"},
		{"BIGINT", "9007199254740993", "9007199254740993", "BIGINT"},
		{"FLOAT", "1.5", "1.5", "FLOAT"},
		{"DOUBLE", "1e3", "1000.0", "DOUBLE"},
		{"DECIMAL(10,2)", "1.50", "1.50", "DECIMAL(3,2)"},
		{"DECIMAL(10,2)", "-0.05", "-0.05", "DECIMAL(2,2)"},
		{"DECIMAL(10,2)", "1234.567", "1234.57", "DECIMAL(6,2)"},
		{"DECIMAL", "12", "12", "DECIMAL(2,0)"},
		{"DECIMAL(38,18)", "12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678", "DECIMAL(38,18)"},
		{"DATE", "2024-02-29", "2024-02-29", "DATE"},
		{"TIMESTAMP", "2024-02-29 12:00:00", "2024-02-29T12:00:00.000Z", "TIMESTAMP"},
		{"TIMESTAMP_NTZ", "2024-02-29 12:00:00", "2024-02-29T12:00:00.000", "TIMESTAMP_NTZ"},
	} {
		a := sql(t, c, "SELECT :p", parameter("p", p.kind, p.value))
		if a.rows() != p.want || a.types() != p.typed {
			t.Errorf("%s %q: %s of type %s, want %s of type %s", p.kind, p.value, a.rows(), a.types(), p.want, p.typed)
		}
		if got := sql(t, c, "SELECT :p IS NULL", object{"name": "p", "type": p.kind}).rows(); got != "true" {
			t.Errorf("%s without a value: IS NULL is %s", p.kind, got)
		}
	}
	if got := sql(t, c, "SELECT :p IS NULL", object{"name": "p", "type": "VOID"}).rows(); got != "true" {
		t.Errorf("VOID: IS NULL is %s", got)
	}
}

func TestMarkersOfBothKinds(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	one, two := object{"value": "1", "type": "INT"}, object{"value": "two"}
	if got := sql(t, c, "SELECT ?, ? || '?', '? :x' -- ?\n", one, two).rows(); got != "1|two?|? :x" {
		t.Errorf("markers ?: %s", got)
	}
	if got := sql(t, c, "SELECT :a, :b, :a", parameter("a", "INT", "1"), parameter("b", "", "two"), parameter("unused", "", "x")).rows(); got != "1|two|1" {
		t.Errorf("markers :name: %s", got)
	}
	if got := sql(t, c, "SELECT count(*) FROM IDENTIFIER(:t) WHERE species = :n", parameter("t", "", "samples.science.penguins"), parameter("n", "", "'; DROP TABLE x --")).rows(); got != "0" {
		t.Errorf("IDENTIFIER: %s", got)
	}
}

func TestBadParameters(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	const bad = "INVALID_PARAMETER_MARKER_VALUE."
	for name, p := range map[string]struct {
		statement string
		list      []object
		want      string
	}{
		"no INT":               {"SELECT :p", []object{parameter("p", "INT", "x")}, bad + "INVALID_VALUE_FOR_DATA_TYPE 22023"},
		"no INT, unused":       {"SELECT 1", []object{parameter("q", "INT", "1"), parameter("p", "INT", "1.5.")}, bad + "INVALID_VALUE_FOR_DATA_TYPE 22023"},
		"beyond TINYINT":       {"SELECT :p", []object{parameter("p", "TINYINT", "128")}, bad + "INVALID_VALUE_FOR_DATA_TYPE 22023"},
		"beyond the precision": {"SELECT :p", []object{parameter("p", "DECIMAL(3,2)", "10.00")}, bad + "INVALID_VALUE_FOR_DATA_TYPE 22023"},
		"no such day":          {"SELECT :p", []object{parameter("p", "DATE", "2023-02-29")}, bad + "INVALID_VALUE_FOR_DATA_TYPE 22023"},
		"BINARY":               {"SELECT :p", []object{parameter("p", "BINARY", "x")}, bad + "INVALID_DATA_TYPE 22023"},
		"ARRAY":                {"SELECT :p", []object{parameter("p", "ARRAY<INT>", "[1]")}, bad + "INVALID_DATA_TYPE 22023"},
		"no type":              {"SELECT :p", []object{parameter("p", "INT) --", "1")}, bad + "INVALID_DATA_TYPE 22023"},
		"given twice":          {"SELECT :p", []object{parameter("p", "", "1"), parameter("p", "", "2")}, bad + "DUPLICATE_NAME 22023"},
		"one without a name":   {"SELECT :p", []object{parameter("p", "", "1"), {"value": "2"}}, bad + "MISSING_NAME 22023"},
		"the first without":    {"SELECT :p", []object{{"value": "2"}, parameter("p", "", "1")}, bad + "MISSING_NAME 22023"},
		"not given":            {"SELECT :p", nil, "UNBOUND_SQL_PARAMETER 42P02"},
		"one ? too many":       {"SELECT ?, ?", []object{{"value": "2"}}, "UNBOUND_SQL_PARAMETER 42P02"},
		"both kinds of marker": {"SELECT ?, :p", []object{{"value": "2"}}, "INVALID_QUERY_MIXED_QUERY_PARAMETERS 42613"},
	} {
		if class, message := sqlError(t, c, p.statement, p.list...); class != p.want {
			t.Errorf("%s: %s, want %s: %s", name, class, p.want, message)
		}
	}
}
