package athena

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// parquetWriter writes rows as Athena does: texts in dictionaries, decimals in as few
// bytes as their digits need, timestamps as nanoseconds of a Julian day, data pages
// of the first version.
type parquetWriter struct {
	columns []sql.Column
	out     *parquet.GenericWriter[any]
	batch   []parquet.Row // that are written at once
}

// batchRows is how many rows are written at once.
const batchRows = 64

func newParquetWriter(out io.Writer, columns []sql.Column, compression string, groupRows int) *parquetWriter {
	var codec compress.Codec = &parquet.Gzip
	switch compression {
	case "SNAPPY":
		codec = &parquet.Snappy
	case "ZSTD":
		codec = &parquet.Zstd
	case "NONE":
		codec = &parquet.Uncompressed
	}
	return &parquetWriter{columns: columns, out: parquet.NewGenericWriter[any](out, parquetSchema(columns),
		parquet.Compression(codec), parquet.DataPageVersion(1), parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.Plain),
		parquet.CreatedBy("warren-sandbox", "1", "0"), parquet.MaxRowsPerRowGroup(int64(groupRows)))}
}

func (w *parquetWriter) write(row []table.Value) error {
	values := make(parquet.Row, len(row))
	for i, v := range row {
		if v.IsNull() {
			values[i] = parquet.NullValue().Level(0, 0, i)
			continue
		}
		value, err := parquetValue(v, w.columns[i].Type)
		if err != nil {
			return err
		}
		values[i] = value.Level(0, 1, i)
	}
	if w.batch = append(w.batch, values); len(w.batch) < batchRows {
		return nil
	}
	return w.flush()
}

func (w *parquetWriter) flush() error {
	_, err := w.out.WriteRows(w.batch)
	w.batch = w.batch[:0]
	return err
}

func (w *parquetWriter) close() error {
	if err := w.flush(); err != nil {
		return err
	}
	return w.out.Close()
}

// root is a group whose fields stand in the order in which they were selected.
type root struct {
	parquet.Group

	fields []parquet.Field
}

// Fields returns the fields in their order.
func (r root) Fields() []parquet.Field { return r.fields }

func parquetSchema(columns []sql.Column) *parquet.Schema {
	group := parquet.Group{}
	at := map[string]int{}
	for i, c := range columns {
		group[c.Name], at[c.Name] = parquet.Optional(parquetNode(c.Type)), i
	}
	fields := make([]parquet.Field, len(columns))
	for _, f := range group.Fields() {
		fields[at[f.Name()]] = f
	}
	return parquet.NewSchema("hive_schema", root{group, fields})
}

func parquetNode(t table.Type) parquet.Node {
	switch t.Kind {
	case table.BooleanKind:
		return parquet.Leaf(parquet.BooleanType)
	case table.TinyintKind:
		return parquet.Int(8)
	case table.SmallintKind:
		return parquet.Int(16)
	case table.IntegerKind:
		return parquet.Leaf(parquet.Int32Type)
	case table.BigintKind:
		return parquet.Leaf(parquet.Int64Type)
	case table.RealKind:
		return parquet.Leaf(parquet.FloatType)
	case table.DoubleKind:
		return parquet.Leaf(parquet.DoubleType)
	case table.DecimalKind:
		return parquet.Decimal(t.Scale, t.Precision, parquet.FixedLenByteArrayType(decimalBytes(t.Precision)))
	case table.DateKind:
		return parquet.Date()
	case table.TimestampKind:
		return parquet.Leaf(parquet.Int96Type)
	case table.VarbinaryKind:
		return parquet.Leaf(parquet.ByteArrayType)
	default:
		return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	}
}

// decimalBytes is how many bytes so many digits and their sign need.
func decimalBytes(digits int) int {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	return most.BitLen()/8 + 1
}

const (
	nanosADay = 24 * 60 * 60 * 1_000_000_000
	// julian1970 is the Julian day of 1970-01-01.
	julian1970 = 2_440_588
)

func parquetValue(v table.Value, t table.Type) (parquet.Value, error) {
	switch t.Kind {
	case table.BooleanKind:
		return parquet.BooleanValue(v.IsTrue()), nil
	case table.TinyintKind, table.SmallintKind, table.IntegerKind, table.DateKind:
		return parquet.Int32Value(int32(v.Num())), nil
	case table.BigintKind:
		return parquet.Int64Value(v.Num()), nil
	case table.RealKind:
		return parquet.FloatValue(float32(v.Float())), nil
	case table.DoubleKind:
		return parquet.DoubleValue(v.Float()), nil
	case table.DecimalKind:
		return parquetDecimal(v.Str(), t)
	case table.TimestampKind:
		at := v.At(t)
		day := at.Unix() / (24 * 60 * 60)
		if at.Unix() < 0 && at.Unix()%(24*60*60) != 0 {
			day--
		}
		nanos := uint64(at.Sub(at.Truncate(nanosADay)))
		return parquet.Int96Value(deprecated.Int96{uint32(nanos), uint32(nanos >> 32), uint32(day + julian1970)}), nil
	case table.VarbinaryKind:
		return parquet.ByteArrayValue([]byte(v.Str())), nil
	default:
		return parquet.ByteArrayValue(v.AppendText(nil, t)), nil
	}
}

// parquetDecimal is a decimal without its point, as bytes of the two's complement.
func parquetDecimal(digits string, t table.Type) (parquet.Value, error) {
	whole, fraction, _ := strings.Cut(digits, ".")
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", max(t.Scale-len(fraction), 0)), 10)
	size := decimalBytes(t.Precision)
	if !ok || len(fraction) > t.Scale || n.BitLen() >= 8*size {
		return parquet.Value{}, &sql.Error{Code: "INVALID_CAST_ARGUMENT", Text: fmt.Sprintf("%s is no %s", digits, t)}
	}
	if n.Sign() < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	return parquet.FixedLenByteArrayValue(n.FillBytes(make([]byte, size))), nil
}
