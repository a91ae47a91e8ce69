package athena

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
)

const benchColumns = "estimate_id:varchar,customer_id:varchar,first_name:varchar,note:varchar,created_at:timestamp,sale_amount:decimal,is_sale:boolean,street:varchar,updated_at:timestamp"

// many is a result of n rows of nine columns, as a file and in pages.
type many struct{ n int }

func (m many) row(i int) []string {
	return []string{
		fmt.Sprintf("e-%07d", i), fmt.Sprintf("c-%07d", i/3), "Anna Maria", "NULL", "2020-02-07 14:15:20.384",
		fmt.Sprintf("%d.00", i%30_000), "true", "12 Long Street", "2024-11-22 08:00:00.000",
	}
}

// header is the first row of the file.
func (m many) header() string {
	var names []string
	for c := range strings.SplitSeq(benchColumns, ",") {
		name, _, _ := strings.Cut(c, ":")
		names = append(names, name)
	}
	return strings.Join(names, ",")
}

// serve sends the file as a stream that is never held.
func (m many) serve(*http.Request) (*http.Response, error) {
	r, w := io.Pipe()
	block := lines(1000, func(i int) string {
		return strings.ReplaceAll(`"`+strings.Join(m.row(i), `","`)+"\"\n", `"NULL"`, "")
	})
	head := `"` + strings.ReplaceAll(m.header(), ",", `","`) + "\"\n"
	go func() {
		_, err := io.WriteString(w, head)
		for i := 0; i < m.n && err == nil; i += 1000 {
			_, err = io.WriteString(w, block)
		}
		_ = w.CloseWithError(err)
	}()
	size := int64(len(head) + m.n/1000*len(block))
	return &http.Response{StatusCode: 200, Header: http.Header{"Etag": {`"v1"`}, "Content-Length": {fmt.Sprint(size)}}, Body: r, ContentLength: size}, nil
}

// server puts a fake behind a real socket.
func server(b testing.TB, f *fake) string {
	b.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		resp, err := f.RoundTrip(req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	b.Cleanup(s.Close)
	return s.URL
}

// pagesOf answers GetQueryResults with n rows, a thousand at a time.
func pagesOf(f *fake, m many) {
	var list []string
	for i := range 1000 {
		list = append(list, strings.Join(m.row(i), ","))
	}
	first := table("t", benchColumns, append([]string{m.header()}, list[:999]...)...)
	middle, last := table("", benchColumns, list...), table("", benchColumns, list[0])
	pages := 0
	f.on("GetQueryResults", func(req *http.Request) (*http.Response, error) {
		pages++
		switch {
		case pages == 1:
			return first(req)
		case pages*1000 > m.n:
			return last(req)
		}
		resp, err := middle(req)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		return reply(200, resp.Header, fmt.Sprintf(`{"NextToken":"t%d",%s`, pages, text[1:]))(req)
	})
}

func benchmark(b *testing.B, m many, f *fake, mode Mode) {
	transport := &http.Transport{}
	b.Cleanup(transport.CloseIdleConnections)
	c := dial(b, transport, func(c *Config) { c.Endpoint = server(b, f) })
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		if mode == Pages {
			pagesOf(f, m)
		}
		r, err := c.Results(b.Context(), done(), Options{Mode: mode})
		if err != nil {
			b.Fatal(err)
		}
		for r.Next(b.Context()) {
			rows++
		}
		if r.Err() != nil || r.Close() != nil {
			b.Fatal(r.Err())
		}
	}
	if rows != b.N*m.n {
		b.Fatalf("%d rows, want %d", rows, b.N*m.n)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// The ways through a local socket: what Athena itself takes for a page comes on top.
func BenchmarkFile(b *testing.B) {
	m := many{n: 500_000}
	benchmark(b, m, play().on("GetQueryResults", table("", benchColumns, m.header())).on("GetObject", m.serve), File)
}

func BenchmarkPages(b *testing.B) {
	benchmark(b, many{n: 50_000}, play(), Pages)
}

// estimateLine is a row of many, as Athena types it.
type estimateLine struct {
	EstimateID string           `parquet:"estimate_id,plain"`
	CustomerID string           `parquet:"customer_id,plain"`
	FirstName  string           `parquet:"first_name,dict"`
	Note       *string          `parquet:"note,optional,plain"`
	CreatedAt  deprecated.Int96 `parquet:"created_at"`
	SaleAmount int64            `parquet:"sale_amount,decimal(2:12)"`
	IsSale     bool             `parquet:"is_sale"`
	Street     string           `parquet:"street,dict"`
	UpdatedAt  deprecated.Int96 `parquet:"updated_at"`
}

func BenchmarkParquet(b *testing.B) {
	const rows = 500_000
	var file bytes.Buffer
	w := parquet.NewGenericWriter[estimateLine](&file, parquet.Compression(&parquet.Gzip), parquet.MaxRowsPerRowGroup(100_000), parquet.DataPageVersion(1))
	for i := range rows {
		at := deprecated.Int96{uint32(i) * 1000, 0, 2_460_000}
		l := estimateLine{
			EstimateID: fmt.Sprintf("e-%07d", i), CustomerID: fmt.Sprintf("c-%07d", i/3), FirstName: "Anna Maria", CreatedAt: at, SaleAmount: int64(i%30_000) * 100,
			IsSale: true, Street: "12 Long Street", UpdatedAt: at,
		}
		if _, err := w.Write([]estimateLine{l}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	f := written(file.String())
	transport := &http.Transport{}
	b.Cleanup(transport.CloseIdleConnections)
	c := dial(b, transport, func(c *Config) { c.Endpoint = server(b, f) })
	var names []string
	for column := range strings.SplitSeq(benchColumns, ",") {
		name, _, _ := strings.Cut(column, ":")
		names = append(names, name)
	}
	b.ReportAllocs()
	read := 0
	for b.Loop() {
		r := parquetRows(b, c, unloaded(), Options{}, names...)
		for r.Next(b.Context()) {
			read++
		}
		if r.Err() != nil || r.Close() != nil {
			b.Fatal(r.Err())
		}
	}
	if read != b.N*rows {
		b.Fatalf("%d rows, want %d", read, b.N*rows)
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "rows/s")
}

func TestL11MemoryIsFlatWhateverTheSize(t *testing.T) {
	m := many{n: 1_000_000} // about 120 MB
	f := play().on("GetQueryResults", table("", benchColumns, m.header())).on("GetObject", m.serve)
	r := results(t, dial(t, f, nil), done(), Options{})
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, most := 0, uint64(0)
	for r.Next(t.Context()) {
		if rows++; rows%250_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}
	if r.Err() != nil || rows != m.n {
		t.Fatalf("%d rows: %v", rows, r.Err())
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d rows took %d bytes", rows, grown)
	}
}
