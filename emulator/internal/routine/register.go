package routine

import (
	"database/sql"
	"database/sql/driver"
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Prefix stands before the name of every function in DuckDB.
const Prefix = "corbel_go_"

// function is a scalar function for DuckDB.
type function struct {
	name    string
	inputs  []duckdb.Type
	result  duckdb.Type
	compute func(args []driver.Value) (any, error)
}

const (
	text    = duckdb.TYPE_VARCHAR
	integer = duckdb.TYPE_BIGINT
)

// ofText makes a function of one string.
func ofText(name string, f func(string) (string, error)) function {
	return function{name, []duckdb.Type{text}, text, func(args []driver.Value) (any, error) {
		s, err := argument[string](args, 0)
		if err != nil {
			return nil, err
		}
		return f(s)
	}}
}

// argument is the argument at i, whose type DuckDB has seen to.
func argument[T any](args []driver.Value, i int) (T, error) {
	v, ok := args[i].(T)
	if !ok {
		return v, fmt.Errorf("argument %d is a %T", i, args[i])
	}
	return v, nil
}

var functions = []function{
	ofText("initcap", initcap),
	ofText("json_tidy", tidyJSON),
	ofText("schema_of_json", schemaOfJSON),
	ofText("soundex", soundex),
	ofText("type_name", typeName),
	ofText("double_text", doubleText),
	ofText("url_decode", urlDecode),
	ofText("url_encode", urlEncode),
	{"conv", []duckdb.Type{text, integer, integer}, text, convertBase},
	{"crc32", []duckdb.Type{duckdb.TYPE_BLOB}, integer, checksum},
	{"exact", []duckdb.Type{text, text, text, integer}, text, computeExactly},
	{"interval_text", []duckdb.Type{text, integer}, text, intervalText},
	{"hash", []duckdb.Type{text, text, text, integer}, integer, hashValue},
	{"hash_all", []duckdb.Type{text, text, text, integer}, integer, hashAll},
	{"luhn", []duckdb.Type{text}, integer, luhn},
	{"mask", []duckdb.Type{text, text, text, text, text}, text, mask},
	ofText("sentences", sentences),
	{"sha2", []duckdb.Type{duckdb.TYPE_BLOB, integer}, text, sha2},
	{"fit", []duckdb.Type{text, integer}, text, fit},
	{"format_number", []duckdb.Type{text, integer}, text, formatNumber},
	{"format_string", []duckdb.Type{text, text}, text, formatString},
	{"parse_url", []duckdb.Type{text, text, text}, text, parseURL},
	{"split", []duckdb.Type{text, text, integer}, text, splitLimited},
}

// Register makes the functions known to the database behind the connection, for all of its
// connections.
func Register(conn *sql.Conn) error {
	for _, f := range functions {
		scalar, err := f.scalar()
		if err != nil {
			return fmt.Errorf("register function %s: %w", f.name, err)
		}
		if err := duckdb.RegisterScalarUDF(conn, Prefix+f.name, scalar); err != nil {
			return fmt.Errorf("register function %s: %w", f.name, err)
		}
	}
	return nil
}

// scalar is a function in the form that DuckDB's driver takes.
type scalar struct {
	config  duckdb.ScalarFuncConfig
	compute func(args []driver.Value) (any, error)
}

var _ duckdb.ScalarFunc = (*scalar)(nil)

func (f function) scalar() (*scalar, error) {
	s := &scalar{compute: f.compute}
	var err error
	if s.config.ResultTypeInfo, err = duckdb.NewTypeInfo(f.result); err != nil {
		return nil, err
	}
	for _, input := range f.inputs {
		info, err := duckdb.NewTypeInfo(input)
		if err != nil {
			return nil, err
		}
		s.config.InputTypeInfos = append(s.config.InputTypeInfos, info)
	}
	return s, nil
}

// Config implements [duckdb.ScalarFunc].
func (s *scalar) Config() duckdb.ScalarFuncConfig { return s.config }

// Executor implements [duckdb.ScalarFunc].
func (s *scalar) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: s.compute}
}
