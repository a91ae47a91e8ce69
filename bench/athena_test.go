package main

import (
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os/exec"
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
)

// The sizes of BenchmarkAthena.
var (
	athenaRows     = flag.Int("athena-rows", 100_000, "`rows` that BenchmarkAthena reads from the result's file, and from Parquet files")
	athenaPageRows = flag.Int("athena-page-rows", 50_000, "`rows` that it reads in pages of GetQueryResults")
)

// BenchmarkAthena is the first load of a SalesPro table into PostgreSQL by the binary
// that people are given, in the ways in which a result can be read:
//
//	go test -run='^$' -bench=Athena -benchtime=1x -timeout=2h ./bench -athena-rows=5000000 -athena-page-rows=500000
//
// peak-MiB is that of Warren's process; own-peak-MiB is this program's, which has the
// simulated Athena in it and may be counted as Warren's by the system.
func BenchmarkAthena(b *testing.B) {
	server, err := openServer()
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	}()
	warren, err := build(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for _, table := range []string{salespro.Payment, salespro.Activity} {
		b.Run(table+"/file", func(b *testing.B) { benchmarkAthena(b, server, warren, table, "file", *athenaRows) })
		b.Run(table+"/parquet", func(b *testing.B) { benchmarkAthena(b, server, warren, table, "unload-parquet", *athenaRows) })
		b.Run(table+"/pages", func(b *testing.B) { benchmarkAthena(b, server, warren, table, "pages", *athenaPageRows) })
	}
}

func benchmarkAthena(b *testing.B, server *pgtest.Server, warren, table, way string, rows int) {
	b.Helper()
	var sum cost
	n := 0
	for b.Loop() {
		b.StopTimer()
		sum = sum.then(loadOnce(b, server, warren, table, way, rows))
		b.StartTimer()
		n++
	}
	b.ReportMetric(0, "ns/op") // of what stands around the process
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(sum.Wall.Seconds()/float64(n), "s/load")
	b.ReportMetric(float64(n*rows)/sum.Wall.Seconds(), "rows/s")
	b.ReportMetric(float64(n*rows)/sum.CPU.Seconds(), "rows/CPU-s")
	b.ReportMetric(float64(sum.Peak)/(1<<20), "peak-MiB")
	b.ReportMetric(float64(ownPeak())/(1<<20), "own-peak-MiB")
}

// loadOnce loads a table of a new share into a new database.
func loadOnce(b *testing.B, server *pgtest.Server, warren, table, way string, rows int) cost {
	b.Helper()
	share, err := salespro.New(salespro.Config{Records: 10, Rows: map[string]int{table: rows}, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	web := httptest.NewServer(share)
	defer func() {
		web.Close()
		if err := share.Close(); err != nil {
			b.Error(err)
		}
	}()
	database, err := server.NewDatabase(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), warren, "sync", "salespro", table, "--output", "json", "--quiet")
	cmd.Dir = b.TempDir()
	cmd.Env = environment(
		"DATABASE_URL="+database, "SALESPRO_ENDPOINT="+web.URL, "SALESPRO_DATABASE="+share.Database(), "SALESPRO_S3_LOCATION="+share.Output(),
		"SALESPRO_ACCESS_KEY_ID="+salespro.DefaultAccessKey, "SALESPRO_SECRET_ACCESS_KEY="+salespro.DefaultSecretKey, "SALESPRO_RESULTS="+way,
		"SALESPRO_UNLOAD_LOCATION="+share.Output()+"unloaded/",
	)
	took, output, err := clock(cmd)
	if err != nil {
		b.Fatal(err)
	}
	var report struct {
		Runs []struct {
			Fetched, Created, Duplicates, Unchanged int
			Status                                  string
		} `json:"runs"`
	}
	if err := json.Unmarshal(output, &report); err != nil || len(report.Runs) != 1 {
		b.Fatalf("%v in what warren printed:\n%s", err, output)
	}
	if r := report.Runs[0]; r.Status != "success" || r.Fetched != rows || r.Created+r.Duplicates+r.Unchanged != rows {
		b.Fatalf("warren did not load the %d rows: %+v", rows, r)
	}
	return took
}
