package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// TypeName is the base name of a type, as SQL writes it.
type TypeName string

// The types that the workspace serves.
const (
	Array        TypeName = "ARRAY"
	BigInt       TypeName = "BIGINT"
	Binary       TypeName = "BINARY"
	Boolean      TypeName = "BOOLEAN"
	Char         TypeName = "CHAR"
	Date         TypeName = "DATE"
	Decimal      TypeName = "DECIMAL"
	Double       TypeName = "DOUBLE"
	Float        TypeName = "FLOAT"
	Int          TypeName = "INT"
	Interval     TypeName = "INTERVAL"
	Map          TypeName = "MAP"
	SmallInt     TypeName = "SMALLINT"
	StringType   TypeName = "STRING"
	Struct       TypeName = "STRUCT"
	Timestamp    TypeName = "TIMESTAMP"
	TimestampNTZ TypeName = "TIMESTAMP_NTZ"
	TinyInt      TypeName = "TINYINT"
	Varchar      TypeName = "VARCHAR"
	Void         TypeName = "VOID"
)

const (
	maxPrecision     = 38
	defaultPrecision = 10
	// maxTypeDepth bounds the nesting of types.
	maxTypeDepth = 50
)

// Type is a data type.
type Type struct {
	Name             TypeName
	Precision, Scale int     // of a DECIMAL
	Length           int     // of a VARCHAR or CHAR, the most characters that a column of it holds
	Units            string  // of an INTERVAL: "DAY", "DAY TO SECOND"
	Key              *Type   // of a MAP
	Element          *Type   // of an ARRAY, or a MAP's value
	Fields           []Field // of a STRUCT
}

// Field is a field of a STRUCT.
type Field struct {
	Name string
	Type *Type
}

// scalars maps a type's spellings and DuckDB's names to the type.
var scalars = map[string]TypeName{
	"BIGINT": BigInt, "LONG": BigInt, "BINARY": Binary, "BOOLEAN": Boolean, "DATE": Date,
	"DOUBLE": Double, "FLOAT": Float, "REAL": Float, "INT": Int, "INTEGER": Int,
	"SMALLINT": SmallInt, "SHORT": SmallInt, "STRING": StringType, "TIMESTAMP": Timestamp,
	"TIMESTAMP_NTZ": TimestampNTZ, "TIMESTAMP_LTZ": Timestamp, "TINYINT": TinyInt, "BYTE": TinyInt, "VOID": Void,
}

var duckNames = map[TypeName]string{
	BigInt: "BIGINT", Binary: "BLOB", Boolean: "BOOLEAN", Date: "DATE", Double: "DOUBLE", Float: "FLOAT",
	Int: "INTEGER", SmallInt: "SMALLINT", StringType: "VARCHAR",
	Timestamp: "TIMESTAMP WITH TIME ZONE", TimestampNTZ: "TIMESTAMP", TinyInt: "TINYINT", Void: "\"NULL\"",
	Varchar: "VARCHAR", Char: "VARCHAR", Interval: "INTERVAL",
}

var restNames = map[TypeName]string{BigInt: "LONG", SmallInt: "SHORT", TinyInt: "BYTE", Void: "NULL"}

// RESTName is the type's type_name in the REST APIs: "LONG" for a BIGINT.
func (t *Type) RESTName() string {
	if n, ok := restNames[t.Name]; ok {
		return n
	}
	return string(t.Name)
}

func (t *Type) nested() bool { return t.Name == Array || t.Name == Map || t.Name == Struct }

// Storable reports whether a column of a table can have the type. What DuckDB would not
// hold to is left out: CHAR, which pads, and lengths inside of other types.
func (t *Type) Storable() bool {
	switch t.Name {
	case Void, Char, Interval:
		return false
	case Array, Map, Struct:
		for _, inner := range t.inner() {
			if inner.Name == Varchar || !inner.Storable() {
				return false
			}
		}
	}
	return true
}

// inner are the types that a nested type is made of.
func (t *Type) inner() []*Type {
	switch t.Name {
	case Array:
		return []*Type{t.Element}
	case Map:
		return []*Type{t.Key, t.Element}
	}
	types := make([]*Type, len(t.Fields))
	for i, f := range t.Fields {
		types[i] = f.Type
	}
	return types
}

// String is the type as Databricks SQL writes it: "ARRAY<DECIMAL(10,2)>".
func (t *Type) String() string {
	switch t.Name {
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case Varchar, Char:
		return fmt.Sprintf("%s(%d)", t.Name, t.Length)
	case Interval:
		return "INTERVAL " + t.Units
	case Array:
		return "ARRAY<" + t.Element.String() + ">"
	case Map:
		return "MAP<" + t.Key.String() + ", " + t.Element.String() + ">"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = fieldName(f.Name) + ": " + f.Type.String()
		}
		return "STRUCT<" + strings.Join(fields, ", ") + ">"
	}
	return string(t.Name)
}

// Catalog is the type as the catalog APIs and DESCRIBE write it: "array<decimal(10,2)>".
func (t *Type) Catalog() string {
	switch t.Name {
	case Array:
		return "array<" + t.Element.Catalog() + ">"
	case Map:
		return "map<" + t.Key.Catalog() + "," + t.Element.Catalog() + ">"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = fieldName(f.Name) + ":" + f.Type.Catalog()
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	}
	return strings.ToLower(t.String())
}

func fieldName(name string) string {
	if plainName(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func plainName(name string) bool {
	for i, r := range name {
		if !isWordRune(r) || i == 0 && isDigit(r) {
			return false
		}
	}
	return name != ""
}

// DuckDB is the type as DuckDB writes it.
func (t *Type) DuckDB() string {
	switch t.Name {
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case Array:
		return t.Element.DuckDB() + "[]"
	case Map:
		return "MAP(" + t.Key.DuckDB() + ", " + t.Element.DuckDB() + ")"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = QuoteIdentifier(f.Name) + " " + f.Type.DuckDB()
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")"
	}
	return duckNames[t.Name]
}

// ParseType reads a type as Databricks SQL writes it.
func ParseType(text string) (*Type, error) {
	tokens, err := Lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{src: text, tokens: tokens}
	t, err := p.dataType()
	if err != nil {
		return nil, err
	}
	return t, p.end()
}

// ParseSchema reads a type, or the fields of a STRUCT: "a INT, b STRING".
func ParseSchema(text string) (*Type, error) {
	if t, err := ParseType(text); err == nil {
		return t, nil
	}
	return ParseType("STRUCT<" + text + ">")
}

// dataType reads a type.
func (p *parser) dataType() (*Type, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxTypeDepth {
		return nil, Unsupported(fmt.Sprintf("types nested deeper than %d levels", maxTypeDepth))
	}
	t := p.peek()
	if t.Kind != Word {
		return nil, p.unexpected()
	}
	p.pos++
	switch upper := strings.ToUpper(t.Text); upper {
	case "ARRAY":
		return p.arrayType()
	case "MAP":
		return p.mapType()
	case "STRUCT":
		return p.structType()
	case "DECIMAL", "DEC", "NUMERIC":
		return p.decimalType()
	case "VARCHAR", "CHAR", "CHARACTER":
		return p.lengthType(upper)
	case "INTERVAL":
		return nil, Unsupported("columns and casts of type INTERVAL")
	default:
		name, ok := scalars[upper]
		if !ok {
			return nil, newError("UNSUPPORTED_DATATYPE", "0A000", "Unsupported data type %q.", upper)
		}
		return &Type{Name: name}, nil
	}
}

func (p *parser) arrayType() (*Type, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	element, err := p.dataType()
	if err != nil {
		return nil, err
	}
	return &Type{Name: Array, Element: element}, p.closeAngle()
}

func (p *parser) mapType() (*Type, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	key, err := p.dataType()
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	value, err := p.dataType()
	if err != nil {
		return nil, err
	}
	return &Type{Name: Map, Key: key, Element: value}, p.closeAngle()
}

func (p *parser) structType() (*Type, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	s := &Type{Name: Struct}
	for {
		name, err := p.identifier()
		if err != nil {
			return nil, err
		}
		// "a:INT" and "a :INT" come out of the lexer differently.
		if next := p.peek(); next.Kind == Parameter {
			p.tokens[p.pos].Kind = Word
		} else {
			p.accept(":")
		}
		t, err := p.dataType()
		if err != nil {
			return nil, err
		}
		if p.accept("COMMENT") {
			p.pos++
		}
		s.Fields = append(s.Fields, Field{name, t})
		if !p.accept(",") {
			return s, p.closeAngle()
		}
	}
}

// closeAngle takes a ">"; the lexer may have joined it with others.
func (p *parser) closeAngle() error {
	t := p.peek()
	if t.Kind == Operator && strings.HasPrefix(t.Text, ">") && strings.Trim(t.Text, ">") == "" {
		if t.Text == ">" {
			p.pos++
		} else {
			p.tokens[p.pos].Text = t.Text[1:]
		}
		return nil
	}
	return p.unexpected()
}

func (p *parser) decimalType() (*Type, error) {
	t := &Type{Name: Decimal, Precision: defaultPrecision}
	if !p.accept("(") {
		return t, nil
	}
	var err error
	if t.Precision, err = p.integer(); err != nil {
		return nil, err
	}
	if p.accept(",") {
		if t.Scale, err = p.integer(); err != nil {
			return nil, err
		}
	}
	if t.Precision < 1 || t.Precision > maxPrecision || t.Scale > t.Precision {
		return nil, newError("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003", "Decimal precision %d or scale %d exceeds max precision %d.", t.Precision, t.Scale, maxPrecision)
	}
	return t, p.expect(")")
}

// lengthType reads the length of a VARCHAR(n) or CHAR(n). It binds columns alone: casts to
// these types are casts to STRING.
func (p *parser) lengthType(name string) (*Type, error) {
	t := &Type{Name: Varchar}
	if name != string(Varchar) {
		t = &Type{Name: Char, Length: 1}
	}
	if !p.accept("(") {
		if t.Name == Varchar {
			return nil, newError("DATATYPE_MISSING_SIZE", "42K01", `DataType "VARCHAR" requires a length parameter, for example "VARCHAR"(10). Please specify the length.`)
		}
		return t, nil
	}
	var err error
	if t.Length, err = p.integer(); err != nil {
		return nil, err
	}
	if t.Length < 1 {
		return nil, p.unexpected()
	}
	return t, p.expect(")")
}

func (p *parser) integer() (int, error) {
	t := p.peek()
	n, err := strconv.Atoi(t.Text)
	if t.Kind != Number || err != nil {
		return 0, p.unexpected()
	}
	p.pos++
	return n, nil
}
