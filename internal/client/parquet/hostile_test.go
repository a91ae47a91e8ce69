package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	wire "github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// forgery is a file of one column of texts whose every word may be a lie.
type forgery struct {
	t      testing.TB
	pages  bytes.Buffer
	footer format.FileMetaData
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	text, err := wire.Marshal(new(wire.CompactProtocol), v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func some[T any](v T) wire.Null[T] { return wire.Null[T]{V: v, Valid: true} }

// forge begins a file of so many rows.
func forge(t testing.TB, rows int64, codec format.CompressionCodec) *forgery {
	f := &forgery{t: t}
	f.pages.WriteString(magic)
	f.footer = format.FileMetaData{
		Version: 1, NumRows: rows,
		Schema: []format.SchemaElement{
			{Name: "schema", NumChildren: some(int32(1))},
			{Name: "x", Type: some(format.ByteArray), RepetitionType: some(format.Optional), LogicalType: format.LogicalType{Value: &format.StringType{}}},
		},
		RowGroups: []format.RowGroup{{NumRows: rows, Columns: []format.ColumnChunk{{
			MetaData: format.ColumnMetaData{
				Type: format.ByteArray, PathInSchema: []string{"x"}, Codec: codec, NumValues: rows, DataPageOffset: 4,
			},
		}}}},
	}
	return f
}

func (f *forgery) chunk() *format.ColumnMetaData { return &f.footer.RowGroups[0].Columns[0].MetaData }

// page adds a page; change lies about it.
func (f *forgery) page(values int32, encoding format.Encoding, unpacked int, text []byte, change func(h *format.PageHeader)) *forgery {
	h := format.PageHeader{
		Type: format.DataPage, UncompressedPageSize: int32(unpacked), CompressedPageSize: int32(len(text)),
		DataPageHeader: some(format.DataPageHeader{NumValues: values, Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE}),
	}
	if change != nil {
		change(&h)
	}
	f.pages.Write(marshal(f.t, &h))
	f.pages.Write(text)
	f.chunk().TotalCompressedSize = int64(f.pages.Len() - 4)
	return f
}

// words adds a dictionary.
func (f *forgery) words(values int32, text []byte) *forgery {
	return f.page(0, 0, len(text), text, func(h *format.PageHeader) {
		h.Type, h.DataPageHeader = format.DictionaryPage, wire.Null[format.DataPageHeader]{}
		h.DictionaryPageHeader = some(format.DictionaryPageHeader{NumValues: values, Encoding: format.Plain})
	})
}

func (f *forgery) bytes() []byte { return seal(f.pages.Bytes(), marshal(f.t, &f.footer)) }

// seal puts a footer behind the pages.
func seal(pages, footer []byte) []byte {
	all := append(bytes.Clone(pages), footer...)
	return append(binary.LittleEndian.AppendUint32(all, uint32(len(footer))), magic...)
}

// levels are those of a page whose rows all have a value, or none.
func levels(rows uint64, level byte) []byte {
	run := append(binary.AppendUvarint(nil, rows<<1), level)
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(run))), run...)
}

func word(text string) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func zip(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// attempt reads a file of whom nothing is believed, and returns how many rows came.
func attempt(data []byte, most int) (rows int, err error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for ; rows < most; rows++ {
		row, err := f.Next()
		if row == nil || err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func TestAForgeryWithoutLiesIsRead(t *testing.T) {
	for name, f := range map[string]*forgery{
		"plain":      forge(t, 2, format.Uncompressed).page(2, format.Plain, 0, join(levels(2, 1), word("a"), word("")), func(h *format.PageHeader) { h.UncompressedPageSize = h.CompressedPageSize }),
		"dictionary": forge(t, 2, format.Uncompressed).words(1, word("abc")).page(2, format.RLEDictionary, 0, join(levels(2, 1), []byte{1, 4, 0}), func(h *format.PageHeader) { h.UncompressedPageSize = h.CompressedPageSize }),
		"NULLs":      forge(t, 1<<40, format.Uncompressed).page(math.MaxInt32, format.RLEDictionary, 0, levels(math.MaxInt32, 0), func(h *format.PageHeader) { h.UncompressedPageSize = h.CompressedPageSize }),
		"a checksum": forge(t, 1, format.Uncompressed).page(1, format.Plain, 0, join(levels(1, 1), word("a")), func(h *format.PageHeader) {
			h.UncompressedPageSize = h.CompressedPageSize
			h.CRC = int32(crc32.ChecksumIEEE(join(levels(1, 1), word("a"))))
		}),
	} {
		if rows, err := attempt(f.bytes(), 2); rows == 0 || err != nil {
			t.Errorf("%s: %d rows: %v", name, rows, err)
		}
	}
}

// What a file says of itself is an error where it is not so, and costs no more memory
// than it has bytes.
func TestL3L11AFileThatLies(t *testing.T) {
	honest := func(h *format.PageHeader) { h.UncompressedPageSize = h.CompressedPageSize }
	text := join(levels(1, 1), word("abc"))
	one := func() *forgery { return forge(t, 1, format.Uncompressed).page(1, format.Plain, 0, text, honest) }
	footer := func(change func(m *format.FileMetaData)) []byte {
		f := one()
		change(&f.footer)
		return f.bytes()
	}
	page := func(change func(h *format.PageHeader)) []byte {
		return forge(t, 1, format.Uncompressed).page(1, format.Plain, len(text), text, change).bytes()
	}
	body := func(rows int64, encoding format.Encoding, text []byte) []byte {
		return forge(t, rows, format.Uncompressed).page(int32(rows), encoding, 0, text, honest).bytes()
	}
	coded := func(text []byte) []byte {
		return forge(t, 1, format.Uncompressed).words(1, word("abc")).page(1, format.RLEDictionary, 0, text, honest).bytes()
	}
	bomb := zip(make([]byte, 256<<20))
	good := one().bytes()
	for name, c := range map[string]struct {
		data  []byte
		large bool
	}{
		"nothing":                  {data: nil},
		"other magic":              {data: append(bytes.Clone(good[:len(good)-1]), 'E')},
		"a footer of nothing":      {data: seal([]byte(magic), nil)},
		"a footer longer than all": {data: append(append([]byte(magic), 0xff, 0xff, 0xff, 0), magic...)},
		"a footer over the bound":  {data: append(append([]byte(magic), 0xff, 0xff, 0xff, 0xff), magic...), large: true},
		"a footer cut short":       {data: seal(one().pages.Bytes(), marshal(t, &one().footer)[:20])},
		"a list without end":       {data: seal([]byte(magic), []byte{0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0})},
		"structures without end":   {data: seal([]byte(magic), bytes.Repeat([]byte{0x1c}, 8<<20))},
		"lists without end":        {data: seal([]byte(magic), bytes.Repeat([]byte{0xf9, 0xff}, 10_000))},
		"groups that are empty":    {data: seal([]byte(magic), append([]byte{0x49, 0xfc, 0xff, 0x7f}, make([]byte, 20_000)...))},
		"no columns": {data: footer(func(m *format.FileMetaData) {
			m.Schema = m.Schema[:1]
			m.Schema[0].NumChildren = some(int32(0))
			m.RowGroups = nil
			m.NumRows = 0
		})},
		"too many columns": {data: footer(func(m *format.FileMetaData) {
			m.Schema = append(m.Schema, make([]format.SchemaElement, maxColumns+1)...)
		}), large: true},
		"two columns of one name":  {data: footer(func(m *format.FileMetaData) { m.Schema = append(m.Schema, m.Schema[1]) })},
		"fewer columns than said":  {data: footer(func(m *format.FileMetaData) { m.Schema[0].NumChildren = some(int32(7)) })},
		"a nested column":          {data: footer(func(m *format.FileMetaData) { m.Schema[1].NumChildren = some(int32(1)) })},
		"a repeated column":        {data: footer(func(m *format.FileMetaData) { m.Schema[1].RepetitionType = some(format.Repeated) })},
		"a type that there is not": {data: footer(func(m *format.FileMetaData) { m.Schema[1].Type = some(format.Type(9)) })},
		"a type that is not read":  {data: footer(func(m *format.FileMetaData) { m.Schema[1].LogicalType = format.LogicalType{Value: &format.UUIDType{}} })},
		"a decimal of no digits": {data: footer(func(m *format.FileMetaData) {
			m.Schema[1].LogicalType = format.LogicalType{Value: &format.DecimalType{Scale: 3, Precision: 2}}
		})},
		"a decimal of 1000 digits": {data: footer(func(m *format.FileMetaData) {
			m.Schema[1].LogicalType = format.LogicalType{Value: &format.DecimalType{Scale: 3, Precision: 1000}}
		})},
		"values of no bytes":       {data: footer(func(m *format.FileMetaData) { m.Schema[1].Type = some(format.FixedLenByteArray) })},
		"other types in a group":   {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Type = format.Int96 })},
		"other columns in a group": {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.PathInSchema = []string{"y"} })},
		"more columns in a group": {data: footer(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns = append(m.RowGroups[0].Columns, m.RowGroups[0].Columns[0])
		})},
		"no rows in a group": {data: footer(func(m *format.FileMetaData) {
			m.RowGroups[0].NumRows = -1
			m.RowGroups[0].Columns[0].MetaData.NumValues = -1
			m.NumRows = -1
		})},
		"more rows than the groups": {data: footer(func(m *format.FileMetaData) { m.NumRows = 2 })},
		"more values than rows":     {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.NumValues = 2 })},
		"pages ahead of the file":   {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = -1 })},
		"pages behind the file":     {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = math.MaxInt64 })},
		"pages without end":         {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = math.MaxInt64 })},
		"pages of fewer than none":  {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = -5 })},
		"pages in the middle of one": {data: footer(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 9
			m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize -= 9
		})},
		"values in another file": {data: footer(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "/etc/passwd" })},
		"encrypted values": {data: footer(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[0].CryptoMetadata.Value = &format.EncryptionWithFooterKey{}
		})},
		"an encrypted file":      {data: footer(func(m *format.FileMetaData) { m.EncryptionAlgorithm.Value = &format.AesGcmV1{} })},
		"a compression not read": {data: forge(t, 1, format.Brotli).page(1, format.Plain, 20, []byte("x"), nil).bytes()},
		"a group of more rows":   {data: forge(t, 2, format.Uncompressed).page(1, format.Plain, 0, text, honest).bytes()},
		"a page too many":        {data: forge(t, 1, format.Uncompressed).page(1, format.Plain, 0, text, honest).page(1, format.Plain, 0, text, honest).bytes()},
		"a group of fewer rows":  {data: forge(t, 1, format.Uncompressed).page(2, format.Plain, 0, text, honest).bytes()},

		"a page of fewer than no bytes":  {data: page(func(h *format.PageHeader) { h.CompressedPageSize = -1 })},
		"a page unpacked to less":        {data: page(func(h *format.PageHeader) { h.UncompressedPageSize = -1 })},
		"a page of fewer than no rows":   {data: page(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = -1 })},
		"a page longer than its group":   {data: page(func(h *format.PageHeader) { h.CompressedPageSize = 1 << 20 })},
		"a page over the bound":          {data: page(func(h *format.PageHeader) { h.CompressedPageSize = math.MaxInt32 }), large: true},
		"a page unpacked over the bound": {data: page(func(h *format.PageHeader) { h.UncompressedPageSize = math.MaxInt32 }), large: true},
		"a page shorter than unpacked":   {data: page(func(h *format.PageHeader) { h.UncompressedPageSize++ })},
		"a page of no kind":              {data: page(func(h *format.PageHeader) { h.Type = 77 })},
		"a page that is not described":   {data: page(func(h *format.PageHeader) { h.DataPageHeader.Valid = false })},
		"levels encoded otherwise":       {data: page(func(h *format.PageHeader) { h.DataPageHeader.V.DefinitionLevelEncoding = format.BitPacked })},
		"values encoded otherwise":       {data: page(func(h *format.PageHeader) { h.DataPageHeader.V.Encoding = format.DeltaByteArray })},
		"a wrong checksum":               {data: page(func(h *format.PageHeader) { h.CRC = 1 })},
		"levels longer than their page": {data: page(func(h *format.PageHeader) {
			h.Type = format.DataPageV2
			h.DataPageHeaderV2 = some(format.DataPageHeaderV2{NumValues: 1, NumRows: 1, DefinitionLevelsByteLength: math.MaxInt32, RepetitionLevelsByteLength: math.MaxInt32})
		})},
		"more rows than values": {data: page(func(h *format.PageHeader) {
			h.Type = format.DataPageV2
			h.DataPageHeaderV2 = some(format.DataPageHeaderV2{NumValues: 1, NumRows: 2})
		})},

		"no levels":                     {data: body(1, format.Plain, nil)},
		"levels without end":            {data: body(1, format.Plain, []byte{0xff, 0xff, 0xff, 0xff, 2, 1})},
		"fewer levels than rows":        {data: body(3, format.Plain, join(levels(1, 1), word("a"), word("b"), word("c")))},
		"a level too great":             {data: body(1, format.Plain, join(levels(1, 2), word("a")))},
		"a run of bits that are absent": {data: body(1, format.Plain, []byte{6, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 1})},
		"fewer values than levels":      {data: body(2, format.Plain, join(levels(2, 1), word("a")))},
		"a value without end":           {data: body(1, format.Plain, join(levels(1, 1), []byte{0xff, 0xff, 0xff, 0xff, 'a'}))},
		"half the length of a value":    {data: body(1, format.Plain, join(levels(1, 1), []byte{1, 0}))},
		"no dictionary":                 {data: body(1, format.RLEDictionary, join(levels(1, 1), []byte{1, 2, 0}))},
		"numbers without a width":       {data: coded(levels(1, 1))},
		"numbers of 99 bits":            {data: coded(join(levels(1, 1), []byte{99, 2, 0}))},
		"a number behind the words":     {data: coded(join(levels(1, 1), []byte{32, 2, 0xff, 0xff, 0xff, 0xff}))},
		"a run that is cut":             {data: coded(join(levels(1, 1), []byte{32, 2, 0}))},
		"more words than there are":     {data: forge(t, 1, format.Uncompressed).words(math.MaxInt32, word("a")).page(1, format.RLEDictionary, 0, join(levels(1, 1), []byte{1, 2, 0}), honest).bytes()},
		"a word without end":            {data: forge(t, 1, format.Uncompressed).words(1, []byte{0xff, 0xff, 0xff, 0x7f, 'a'}).page(1, format.RLEDictionary, 0, join(levels(1, 1), []byte{1, 2, 0}), honest).bytes()},

		"a gzip bomb":     {data: forge(t, 1, format.Gzip).page(1, format.Plain, len(text), bomb, nil).bytes()},
		"no gzip":         {data: forge(t, 1, format.Gzip).page(1, format.Plain, len(text), text, nil).bytes()},
		"gzip cut short":  {data: forge(t, 1, format.Gzip).page(1, format.Plain, len(text), zip(text)[:15], nil).bytes()},
		"gzip, wrong sum": {data: forge(t, 1, format.Gzip).page(1, format.Plain, len(text), append(zip(text)[:len(zip(text))-8], 1, 2, 3, 4, byte(len(text)), 0, 0, 0), nil).bytes()},
		"a snappy bomb":   {data: forge(t, 1, format.Snappy).page(1, format.Plain, len(text), []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, nil).bytes()},
		"no snappy":       {data: forge(t, 1, format.Snappy).page(1, format.Plain, len(text), append([]byte{byte(len(text))}, "xxxx"...), nil).bytes()},
		"a zstd bomb":     {data: forge(t, 1, format.Zstd).page(1, format.Plain, len(text), zstdOf(t, make([]byte, 64<<20)), nil).bytes()},
		"no zstd":         {data: forge(t, 1, format.Zstd).page(1, format.Plain, len(text), text, nil).bytes()},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rows, err := attempt(c.data, 100)
			runtime.ReadMemStats(&after)
			if err == nil || errors.Is(err, ErrTooLarge) != c.large {
				t.Errorf("%d rows: %v", rows, err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 24<<20 {
				t.Errorf("%d bytes were taken for a file of %d", took, len(c.data))
			}
		})
	}
}

func zstdOf(t testing.TB, text []byte) []byte {
	t.Helper()
	packed, err := parquet.Zstd.Encode(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// The pages that are held at once are bounded, of all columns together.
func TestL11ManyColumnsOfGreatPages(t *testing.T) {
	f := forge(t, 1, format.Gzip)
	page := zip(join(levels(1, 0), make([]byte, maxPage-20)))
	f.page(1, format.Plain, maxPage-20+len(levels(1, 0)), page, nil)
	e, c := f.footer.Schema[1], f.footer.RowGroups[0].Columns[0]
	for i := range 20 {
		e.Name = strings.Repeat("y", i+1)
		c.MetaData.PathInSchema = []string{e.Name}
		f.footer.Schema = append(f.footer.Schema, e)
		f.footer.RowGroups[0].Columns = append(f.footer.RowGroups[0].Columns, c)
	}
	f.footer.Schema[0].NumChildren = some(int32(21))
	if _, err := attempt(f.bytes(), 1); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// broken fails from some place on.
type broken struct {
	data []byte
	from int64
}

var errBroken = errors.New("the reader is broken")

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.from && at+int64(len(p)) <= int64(len(b.data))-tailSize {
		return 0, errBroken
	}
	return bytes.NewReader(b.data).ReadAt(p, at)
}

// The errors of the reader come through, so that its words are heard.
func TestTheErrorOfTheReaderIsHandedOn(t *testing.T) {
	s := log(20_000)
	s.codec = &parquet.Uncompressed
	data := s.write(t)
	f, err := Open(broken{data, 200_000}, int64(len(data)))
	for err == nil {
		var row []Cell
		if row, err = f.Next(); row == nil {
			break
		}
	}
	if !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if _, again := f.Next(); !errors.Is(again, errBroken) {
		t.Errorf("an error that does not stay: %v", again)
	}
	if _, err := Open(failing{}, 100); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if _, err := Open(bytes.NewReader(nil), 100); err == nil || errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

// FuzzFile holds of any bytes: they are read or refused, and what is refused stays so.
func FuzzFile(f *testing.F) {
	for name, s := range ways(log(60)) {
		if s.group = 25; strings.HasSuffix(name, "of 0") {
			continue // which is another in size alone
		}
		data := s.write(f)
		f.Add(data)
		for at := 4; at < len(data); at += len(data)/20 + 1 { // most of all of the footer
			worse := bytes.Clone(data)
			worse[at] ^= 0xff
			f.Add(worse)
			worse = bytes.Clone(data)
			worse[len(worse)-1-at/8] ^= 0x55
			f.Add(worse)
		}
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		defer file.Close()
		for range 1000 {
			row, err := file.Next()
			if err != nil {
				if _, again := file.Next(); again == nil {
					t.Error("an error that does not stay")
				}
				return
			}
			if row == nil {
				return
			}
			if len(row) != len(file.Columns()) {
				t.Fatalf("%d cells of %d columns", len(row), len(file.Columns()))
			}
		}
	})
}
