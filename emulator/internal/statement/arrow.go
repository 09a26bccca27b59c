package statement

import (
	"bytes"
	"fmt"
	"math/big"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/warehouse"
)

// arrowStream writes every chunk as an Arrow IPC stream of one record batch.
type arrowStream struct {
	columns []warehouse.Column
	records *array.RecordBuilder
	buffer  bytes.Buffer
}

func newArrowStream(columns []warehouse.Column) (*arrowStream, error) {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		t, err := arrowType(c.Type)
		if err != nil {
			return nil, err
		}
		fields[i] = arrow.Field{Name: c.Name, Type: t, Nullable: true}
	}
	return &arrowStream{columns: columns, records: array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))}, nil
}

func (a *arrowStream) row(values []any, limit int64) (size int64, ok bool, err error) {
	for _, v := range values {
		size += sizeOf(v)
	}
	if limit > 0 && size > limit {
		return size, false, nil
	}
	for i, v := range values {
		if err := appendArrow(a.records.Field(i), a.columns[i].Type, v); err != nil {
			return 0, false, fmt.Errorf("column %q: %w", a.columns[i].Name, err)
		}
	}
	return size, true, nil
}

func (a *arrowStream) seal() ([]byte, error) {
	record := a.records.NewRecordBatch()
	defer record.Release()
	a.buffer.Reset()
	w := ipc.NewWriter(&a.buffer, ipc.WithSchema(record.Schema()))
	if err := w.Write(record); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return a.buffer.Bytes(), nil
}

// sizeOf estimates what a value takes in a record batch.
func sizeOf(value any) int64 {
	const word = 8
	switch v := value.(type) {
	case string:
		return word + int64(len(v))
	case []byte:
		return word + int64(len(v))
	case []any:
		size := int64(word)
		for _, item := range v {
			size += sizeOf(item)
		}
		return size
	case map[string]any:
		size := int64(word)
		for _, item := range v {
			size += sizeOf(item)
		}
		return size
	case duckdb.OrderedMap:
		return word + sizeOf(v.Keys()) + sizeOf(v.Values())
	case duckdb.Decimal:
		return 2 * word
	}
	return word
}

var arrowTypes = map[dialect.TypeName]arrow.DataType{
	dialect.BigInt: arrow.PrimitiveTypes.Int64, dialect.Int: arrow.PrimitiveTypes.Int32, dialect.SmallInt: arrow.PrimitiveTypes.Int16,
	dialect.TinyInt: arrow.PrimitiveTypes.Int8, dialect.Double: arrow.PrimitiveTypes.Float64, dialect.Float: arrow.PrimitiveTypes.Float32,
	dialect.Boolean: arrow.FixedWidthTypes.Boolean, dialect.Date: arrow.FixedWidthTypes.Date32, dialect.StringType: arrow.BinaryTypes.String,
	dialect.Binary: arrow.BinaryTypes.Binary, dialect.Void: arrow.Null, dialect.TimestampNTZ: &arrow.TimestampType{Unit: arrow.Microsecond},
	dialect.Timestamp: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Etc/UTC"},
}

func arrowType(t *dialect.Type) (arrow.DataType, error) {
	switch t.Name {
	case dialect.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}, nil //nolint:gosec // at most 38
	case dialect.Array:
		element, err := arrowType(t.Element)
		if err != nil {
			return nil, err
		}
		return arrow.ListOf(element), nil
	case dialect.Map:
		key, err := arrowType(t.Key)
		if err != nil {
			return nil, err
		}
		value, err := arrowType(t.Element)
		if err != nil {
			return nil, err
		}
		return arrow.MapOf(key, value), nil
	case dialect.Struct:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			field, err := arrowType(f.Type)
			if err != nil {
				return nil, err
			}
			fields[i] = arrow.Field{Name: f.Name, Type: field, Nullable: true}
		}
		return arrow.StructOf(fields...), nil
	}
	if a, ok := arrowTypes[t.Name]; ok {
		return a, nil
	}
	return nil, dialect.Unsupported("ARROW_STREAM results of type " + t.String())
}

// appendArrow adds a value of DuckDB's driver to a column.
func appendArrow(to array.Builder, t *dialect.Type, value any) error {
	if value == nil {
		to.AppendNull()
		return nil
	}
	switch b := to.(type) {
	case *array.ListBuilder, *array.MapBuilder, *array.StructBuilder:
		return appendNested(to, t, value)
	case *array.Int64Builder, *array.Int32Builder, *array.Int16Builder, *array.Int8Builder:
		// As text, integers that DuckDB holds in a wider type are checked on the way.
		return appendText(to, t, value)
	case *array.Decimal128Builder:
		if v, ok := value.(duckdb.Decimal); ok {
			b.Append(decimal128.FromBigInt(new(big.Int).Set(v.Value)))
			return nil
		}
	case *array.Float64Builder:
		if v, ok := value.(float64); ok {
			b.Append(v)
			return nil
		}
	case *array.Float32Builder:
		if v, ok := value.(float32); ok {
			b.Append(v)
			return nil
		}
	case *array.BooleanBuilder:
		if v, ok := value.(bool); ok {
			b.Append(v)
			return nil
		}
	case *array.BinaryBuilder:
		if v, ok := value.([]byte); ok {
			b.Append(v)
			return nil
		}
	case *array.Date32Builder:
		if v, ok := value.(time.Time); ok {
			b.Append(arrow.Date32FromTime(v.UTC()))
			return nil
		}
	case *array.TimestampBuilder:
		if v, ok := value.(time.Time); ok {
			b.Append(arrow.Timestamp(v.UnixMicro()))
			return nil
		}
	case *array.StringBuilder:
		return appendText(to, t, value)
	}
	return fmt.Errorf("%T does not go into a column of type %s", value, t)
}

func appendText(to array.Builder, t *dialect.Type, value any) error {
	text, _, err := dialect.Render(t, value)
	if err != nil {
		return err
	}
	return to.AppendValueFromString(text)
}

func appendNested(to array.Builder, t *dialect.Type, value any) error {
	switch b := to.(type) {
	case *array.ListBuilder:
		items, ok := value.([]any)
		if !ok {
			break
		}
		b.Append(true)
		for _, item := range items {
			if err := appendArrow(b.ValueBuilder(), t.Element, item); err != nil {
				return err
			}
		}
		return nil
	case *array.StructBuilder:
		fields, ok := value.(map[string]any)
		if !ok {
			break
		}
		b.Append(true)
		for i, f := range t.Fields {
			if err := appendArrow(b.FieldBuilder(i), f.Type, fields[f.Name]); err != nil {
				return err
			}
		}
		return nil
	case *array.MapBuilder:
		entries, ok := value.(duckdb.OrderedMap)
		if !ok {
			break
		}
		b.Append(true)
		values := entries.Values()
		for i, k := range entries.Keys() {
			if err := appendArrow(b.KeyBuilder(), t.Key, k); err != nil {
				return err
			}
			if err := appendArrow(b.ItemBuilder(), t.Element, values[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%T does not go into a column of type %s", value, t)
}
