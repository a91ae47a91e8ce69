package postgres

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// server asks a real server what it makes of our bytes.
type server struct {
	*testing.T
	conn *pgx.Conn
}

func newServer(t *testing.T) server {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	if _, err := conn.Exec(t.Context(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return server{t, conn}
}

// reads returns expression over $1, which is v as appendValue writes it.
func (s server) reads(t rapid.TB, k kind, v crm.Value, expression string) string {
	t.Helper()
	b, ok := appendValue(nil, k, v)
	if !ok {
		t.Fatalf("%s is not encoded", v)
	}
	size := int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3])
	if size != len(b)-4 {
		t.Fatalf("length %d before %d bytes", size, len(b)-4)
	}
	answer := s.conn.PgConn().ExecParams(s.Context(), "SELECT "+expression, [][]byte{b[4:]}, []uint32{wireOf(k).element}, []int16{1}, nil).Read()
	if answer.Err != nil {
		t.Fatalf("%s: %v", v, answer.Err)
	}
	return string(answer.Rows[0][0])
}

// A decimal comes back digit by digit, zeros at the end included; only zeros at
// the front, a lone point and the sign of zero go.
func TestNumericRoundTrip(t *testing.T) {
	s := newServer(t)
	plain := func(text string) string {
		sign, digits := "", text
		if rest, ok := strings.CutPrefix(text, "-"); ok {
			sign, digits = "-", rest
		}
		whole, fraction, _ := strings.Cut(digits, ".")
		whole = strings.TrimLeft(whole, "0")
		if strings.Trim(whole+fraction, "0") == "" {
			sign = ""
		}
		if whole == "" {
			whole = "0"
		}
		if fraction != "" {
			fraction = "." + fraction
		}
		return sign + whole + fraction
	}
	check := func(t rapid.TB, text string) {
		t.Helper()
		if got := s.reads(t, kindNumeric, crm.DecimalValue([]byte(text)), "$1::numeric::text"); got != plain(text) {
			t.Fatalf("%s came back as %s", text, got)
		}
	}
	for _, text := range []string{
		"0", "-0", "0.000", "-0.0001", "0.00010", "1", "10000", "9999", "100000000", "12.50", "-12.50", "0.5", ".5", "5.", "00012.5",
		"1" + strings.Repeat("0", 40), "-1" + strings.Repeat("0", 39) + "1", "0." + strings.Repeat("0", 39) + "1",
		strings.Repeat("9", 131072), "0." + strings.Repeat("9", 16383),
	} {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.StringMatching(`-?[0-9]{1,45}(\.[0-9]{0,45})?`).Draw(t, "decimal")) })
}

func TestNumericRefusesWhatIsNoDecimal(t *testing.T) {
	for _, text := range []string{"", "-", ".", "-.", "1e5", "+1", "1,5", "1.2.3", "NaN", " 1", "0x1", strings.Repeat("9", 131073), "0." + strings.Repeat("9", 16384)} {
		dst := []byte("kept")
		if got, ok := appendNumeric(dst, []byte(text)); ok || string(got) != "kept" {
			t.Errorf("%.20q was taken, as %x", text, got)
		}
		if got, ok := appendValue(dst, kindNumeric, crm.DecimalValue([]byte(text))); ok || string(got) != "kept" {
			t.Errorf("%.20q was taken, as %x", text, got)
		}
	}
}

func TestTimeRoundTrip(t *testing.T) {
	s := newServer(t)
	const seconds = "(extract(epoch FROM $1) * 1000000)::bigint::text"
	instant := func(n int64) crm.Value { return crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: n} }
	check := func(t rapid.TB, n int64) {
		t.Helper()
		for _, k := range []kind{kindTimestamp, kindTimestampTZ} {
			if got := s.reads(t, k, instant(n), seconds); got != fmt.Sprint(n) {
				t.Fatalf("%d came back as %s", n, got)
			}
		}
	}
	for _, n := range []int64{-1, 0, 1, epochMicros, epochMicros - 1} {
		check(t, n)
	}
	for n, want := range map[int64]string{leastMicros: "4714-11-24 00:00:00+00 BC", math.MaxInt64: "294247-01-10 04:00:54.775807+00"} {
		if got := s.reads(t, kindTimestampTZ, instant(n), "$1::text"); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
	for _, n := range []int64{leastMicros - 1, math.MinInt64} {
		if _, ok := appendValue(nil, kindTimestampTZ, instant(n)); ok {
			t.Errorf("%d is before the server's time", n)
		}
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.Int64Range(leastMicros, -leastMicros).Draw(t, "micros")) })
	if got := s.reads(t, kindTimestampTZ, crm.TimestampValue(time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)), "$1::text"); got != "9999-12-31 23:59:59.999999+00" {
		t.Error(got)
	}
}

func TestDateRoundTrip(t *testing.T) {
	s := newServer(t)
	check := func(t rapid.TB, n int64) {
		t.Helper()
		if got := s.reads(t, kindDate, crm.DateValue(n), "($1 - date '1970-01-01')::text"); got != fmt.Sprint(n) {
			t.Fatalf("%d came back as %s", n, got)
		}
	}
	for _, n := range []int64{leastDays, -1, 0, 1, epochDays, mostDays} {
		check(t, n)
	}
	for _, n := range []int64{leastDays - 1, mostDays + 1, math.MaxInt64, math.MinInt64} {
		if _, ok := appendValue(nil, kindDate, crm.DateValue(n)); ok {
			t.Errorf("%d is beyond the server's days", n)
		}
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.Int64Range(leastDays, mostDays).Draw(t, "days")) })
}

func TestScalarRoundTrip(t *testing.T) {
	s := newServer(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "integer")
		for k, v := range map[kind]int64{kindInt8: n, kindInt4: int64(int32(n)), kindInt2: int64(int16(n))} {
			if got := s.reads(t, k, crm.IntegerValue(v), "$1::text"); got != fmt.Sprint(v) {
				t.Fatalf("%d came back as %s", v, got)
			}
		}
		words := strings.ReplaceAll(rapid.String().Draw(t, "text"), "\x00", "")
		for _, k := range []kind{kindText, kindOther} {
			if got := s.reads(t, k, crm.TextValue([]byte(words)), "$1::text"); got != words {
				t.Fatalf("%q came back as %q", words, got)
			}
		}
		raw := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		if got := s.reads(t, kindBytea, crm.TextValue(raw), "encode($1, 'hex')"); got != fmt.Sprintf("%x", raw) {
			t.Fatalf("%x came back as %s", raw, got)
		}
		f := rapid.Float64().Draw(t, "float")
		if got := s.reads(t, kindFloat8, crm.DecimalValue(strconv.AppendFloat(nil, f, 'f', -1, 64)), "$1::text"); !sameFloat(got, f) {
			t.Fatalf("%g came back as %s", f, got)
		}
	})
	for _, c := range []struct {
		k    kind
		v    crm.Value
		as   string
		want string
	}{
		{kindBool, crm.BooleanValue(true), "$1::text", "true"},
		{kindBool, crm.BooleanValue(false), "$1::text", "false"},
		{kindFloat4, crm.DecimalValue([]byte("0.1")), "$1::text", "0.1"},
		{kindChar, crm.TextValue([]byte("ab")), "$1::text", "ab"},
		{kindJSON, crm.JSONValue([]byte(`{"b":1, "a":[]}`)), "$1::text", `{"b":1, "a":[]}`},
		{kindJSONB, crm.JSONValue([]byte(`{"b":1, "a":12345678901234567890.10}`)), "$1::text", `{"a": 12345678901234567890.10, "b": 1}`},
	} {
		if got := s.reads(t, c.k, c.v, c.as); got != c.want {
			t.Errorf("%s came back as %s", c.want, got)
		}
	}
}

func sameFloat(text string, f float64) bool {
	var got float64
	_, err := fmt.Sscan(text, &got)
	return err == nil && got == f
}

func TestEncodeRefuses(t *testing.T) {
	for _, c := range []struct {
		k kind
		v crm.Value
	}{
		{kindInt4, crm.IntegerValue(1 << 31)}, {kindInt2, crm.IntegerValue(-1<<15 - 1)}, {kindInt8, crm.TextValue([]byte("1"))},
		{kindText, crm.IntegerValue(1)}, {kindFloat4, crm.DecimalValue([]byte("1" + strings.Repeat("0", 39)))}, {kindFloat8, crm.DecimalValue([]byte("x"))},
	} {
		if got, ok := appendValue([]byte("kept"), c.k, c.v); ok || string(got) != "kept" {
			t.Errorf("%s in kind %d: %x, %t", c.v, c.k, got, ok)
		}
	}
	if got, ok := appendValue(nil, kindInt8, crm.Value{}); !ok || !bytes.Equal(got, []byte{255, 255, 255, 255}) {
		t.Errorf("NULL is %x", got)
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		k kind
		v crm.Value
	}{
		{kindInt8, crm.IntegerValue(math.MinInt64)}, {kindInt4, crm.IntegerValue(-5)}, {kindInt2, crm.IntegerValue(-6)},
		{kindTimestamp, crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: leastMicros}}, {kindTimestampTZ, crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 7}},
		{kindDate, crm.DateValue(-9)}, {kindText, crm.TextValue([]byte("a"))}, {kindInt8, crm.Value{}},
	} {
		b, _ := appendValue(nil, c.k, c.v)
		var body []byte
		if c.v.Valid {
			body = b[4:]
		}
		if got := decodeValue(c.k, body); got.Valid != c.v.Valid || got.Type != c.v.Type || got.Int != c.v.Int || string(got.Bytes) != string(c.v.Bytes) {
			t.Errorf("%s came back as %s", c.v, got)
		}
	}
	if got := decodeValue(kindBool, []byte{1}); !got.Valid || got.Int != 1 {
		t.Errorf("true is read as %s", got)
	}
	if got := decodeValue(kindNumeric, []byte{1}); got.Valid {
		t.Errorf("a numeric is read as %s", got)
	}
	infinity := []byte{0x7f, 255, 255, 255, 255, 255, 255, 255}
	if got := decodeValue(kindTimestampTZ, infinity); got.Int != math.MaxInt64 {
		t.Errorf("infinity is read as %d", got.Int)
	}
	if decodeHash([]byte("short")) != (crm.Hash{}) {
		t.Error("a hash of five bytes")
	}
}

// encoderFixture is 1000 rows with a column of each type.
func encoderFixture() *copyStream {
	kinds := []kind{kindInt8, kindText, kindNumeric, kindBool, kindTimestampTZ, kindDate, kindJSONB, kindText}
	values := []crm.Value{crm.IntegerValue(1), crm.TextValue([]byte("some words")), crm.DecimalValue([]byte("-111.12345678")), crm.BooleanValue(true),
		crm.TimestampValue(time.Unix(1e9, 0)), crm.DateValue(1), crm.JSONValue([]byte(`{"a":1}`)), {}}
	c := &copyStream{}
	for i, k := range kinds {
		c.slots = append(c.slots, slot{column: &column{kind: k}, origin: layout.FromField, index: i})
	}
	for i := range 1000 {
		c.rows = append(c.rows, crm.Row{Values: values})
		c.pick = append(c.pick, i)
	}
	return c
}

func (c *copyStream) rewind() { c.at, c.next, c.state, c.buffer = 0, 0, copyHeader, c.buffer[:0] }

// L11: encoding costs no memory per row.
func TestEncoderAllocatesNothingPerRow(t *testing.T) {
	c, p := encoderFixture(), make([]byte, 65531)
	allocs := testing.AllocsPerRun(10, func() {
		c.rewind()
		for {
			if _, err := c.Read(p); err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
	if allocs > 1 {
		t.Errorf("%.0f allocations for 1000 rows", allocs)
	}
}

// However the stream is read, the bytes are the same.
func TestCopyStreamInPieces(t *testing.T) {
	whole, err := io.ReadAll(encoderFixture())
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 7, 19, 100, 65536} {
		c, got := encoderFixture(), []byte(nil)
		for p := make([]byte, size); ; {
			n, err := c.Read(p)
			got = append(got, p[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil || n == 0 {
				t.Fatal(n, err)
			}
		}
		if !bytes.Equal(got, whole) {
			t.Errorf("read by %d the stream has %d bytes of %d", size, len(got), len(whole))
		}
	}
}

// L11: one row of megabytes does not make the buffer big for good.
func TestCopyStreamLetsGoOfBigBuffers(t *testing.T) {
	c := encoderFixture()
	c.rows[0].Values = append([]crm.Value(nil), c.rows[0].Values...)
	c.rows[0].Values[1] = crm.TextValue(make([]byte, 3*maxKeptBuffer))
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Fatal(err)
	}
	if cap(c.buffer) > maxKeptBuffer {
		t.Errorf("the buffer keeps %d bytes", cap(c.buffer))
	}
}

func BenchmarkEncode(b *testing.B) {
	c, p := encoderFixture(), make([]byte, 65531)
	b.ReportAllocs()
	for b.Loop() {
		c.rewind()
		for {
			if _, err := c.Read(p); err != nil {
				break
			}
		}
	}
	b.ReportMetric(float64(b.N*len(c.rows))/b.Elapsed().Seconds(), "rows/s")
}
