package athena

import (
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"testing"
)

// unloaded runs an UNLOAD and returns the lines of all its files, in order, and
// how many files there are.
func (s *site) unloaded(query string) (lines []string, files int) {
	s.t.Helper()
	q := s.run(query)
	if q.Status.State != "SUCCEEDED" {
		s.t.Fatalf("%s: %s", query, *q.Status.StateChangeReason)
	}
	manifest, err := s.object(*q.Statistics.DataManifestLocation)
	if err != nil {
		s.t.Fatal(err)
	}
	if want := testOutput + *q.QueryExecutionId + "-manifest.csv"; *q.Statistics.DataManifestLocation != want {
		s.t.Errorf("manifest %s; want %s", *q.Statistics.DataManifestLocation, want)
	}
	for _, at := range strings.Fields(string(manifest)) {
		files++
		data, err := s.object(at)
		if err != nil {
			s.t.Fatal(err)
		}
		if strings.HasSuffix(at, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				s.t.Fatal(err)
			}
			if data, err = io.ReadAll(z); err != nil {
				s.t.Fatal(err)
			}
		}
		lines = append(lines, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
	}
	slices.Sort(lines)
	return lines, files
}

func TestUnloadJSONLeavesNullsOutAndKeepsStructure(t *testing.T) {
	s := start(t, "")
	lines, files := s.unloaded(`UNLOAD (SELECT id, note, amount, score, won, day, updated_at, tags, who, extra FROM deals) TO 's3://results/unload/1' WITH (format = 'JSON')`)
	want := []string{
		`{"id":"a1","note":"say \"hi\", twice","amount":33000.50,"score":12500.0,"won":true,"day":"2026-03-01","updated_at":"2026-03-01 12:00:00.001","tags":["x",null],"who":{"age":1,"name":"n"},"extra":{"k":2}}`,
		`{"id":"b2","note":"two\nlines","amount":-0.10,"score":1.0E10,"won":false,"day":"2026-02-28","updated_at":"2026-03-01 12:00:00.002"}`,
		`{"id":"c3","note":"","updated_at":"2026-03-01 12:00:00.002","tags":[]}`,
		`{"id":"d4","amount":100.00,"score":1.0E-5,"won":true}`,
	}
	if !slices.Equal(lines, want) || files != 4 {
		t.Errorf("%d files:\n%s", files, strings.Join(lines, "\n"))
	}
}

func TestUnloadTextfile(t *testing.T) {
	s := start(t, "")
	lines, files := s.unloaded(`UNLOAD (SELECT id, n, note FROM deals WHERE id >= 'c') TO 's3://results/u/' WITH (format = 'textfile', compression = 'none', field_delimiter = '|')`)
	if !slices.Equal(lines, []string{`c3|\N|`, `d4|7|\N`}) || files != 2 {
		t.Errorf("%d files: %q", files, lines)
	}
}

func TestUnloadOfNoRowsMakesNoFiles(t *testing.T) {
	s := start(t, "")
	if lines, files := s.unloaded(`UNLOAD (SELECT id FROM deals WHERE id = 'zz') TO 's3://results/u/' WITH (format = 'JSON')`); len(lines) != 0 || files != 0 {
		t.Errorf("%d files, %v", files, lines)
	}
}

func TestUnloadHasNoRowsToPage(t *testing.T) {
	s := start(t, "")
	q := s.run(`UNLOAD (SELECT id FROM deals) TO 's3://results/u/' WITH (format = 'JSON')`)
	out, err := s.page(*q.QueryExecutionId, 1000, nil)
	if err != nil || len(out.ResultSet.Rows) != 0 || *out.UpdateCount != 4 || *q.SubstatementType != "UNLOAD" {
		t.Errorf("%+v, %v", out, err)
	}
	_, _, body := s.raw("GetQueryResults", `{"QueryExecutionId":"`+*q.QueryExecutionId+`","QueryResultType":"DATA_MANIFEST"}`)
	if strings.Count(body, "s3://results/u/") != 4 {
		t.Errorf("the manifest: %s", body)
	}
	s.objects.Delete(testBucket, "athena-results/"+*q.QueryExecutionId+manifestSuffix)
	if _, _, body := s.raw("GetQueryResults", `{"QueryExecutionId":"`+*q.QueryExecutionId+`","QueryResultType":"DATA_MANIFEST"}`); !strings.Contains(body, "Could not find results") {
		t.Errorf("without its manifest: %s", body)
	}
}

func TestUnloadRefuses(t *testing.T) {
	s := start(t, "")
	const head, tail = `UNLOAD (SELECT id FROM deals) TO `, ` WITH (format = 'JSON')`
	s.run(head + `'s3://results/full/'` + tail)
	for query, want := range map[string]string{
		head + `'s3://results/full/'` + tail:                                                                    "HIVE_PATH_ALREADY_EXISTS",
		head + `'https://x'` + tail:                                                                             "INVALID_PARAMETER",
		head + `'s3://nowhere/x/'` + tail:                                                                       "HIVE_FILESYSTEM_ERROR",
		head + `'s3://results/x/' WITH (format = 'ORC')`:                                                        "NOT_SUPPORTED: UNLOAD with format = 'ORC'",
		head + `'s3://results/x/' WITH (format = 'PARQUET', compression = 'x')`:                                 "NOT_SUPPORTED: UNLOAD with compression = 'x'",
		head + `'s3://results/x/' WITH (format = 'JSON', compression = 'ZSTD')`:                                 "NOT_SUPPORTED: UNLOAD with compression = 'ZSTD'",
		`UNLOAD (SELECT tags FROM deals) TO 's3://results/x/' WITH (format = 'PARQUET')`:                        "NOT_SUPPORTED: The sandbox writes no nested values into Parquet: tags",
		head + `'s3://results/x/' WITH (format = 'JSON', partitioned_by = 'x')`:                                 "NOT_SUPPORTED",
		head + `'s3://results/x/' WITH (compression = 'GZIP')`:                                                  "NOT_SUPPORTED: UNLOAD without format",
		head + `'s3://results/x/'`:                                                                              "SYNTAX_ERROR",
		head + `s3` + tail:                                                                                      "SYNTAX_ERROR",
		`UNLOAD (SELECT CAST(updated_at AS timestamp with time zone) z FROM deals) TO 's3://results/x/'` + tail: "NOT_SUPPORTED: Unsupported Hive type: timestamp(3) with time zone",
		`UNLOAD (SELECT NULL AS x FROM deals) TO 's3://results/x/'` + tail:                                      "NOT_SUPPORTED: Unsupported Hive type: unknown",
		`UNLOAD (SELECT id, id FROM deals) TO 's3://results/x/'` + tail:                                         "DUPLICATE_COLUMN_NAME",
		`UNLOAD (SELECT CAST(id AS bigint) n FROM deals) TO 's3://results/x/'` + tail:                           "INVALID_CAST_ARGUMENT",
	} {
		q := s.run(query)
		if q.Status.State != "FAILED" || !strings.HasPrefix(*q.Status.StateChangeReason, want) {
			t.Errorf("%s: %s %v", query, q.Status.State, q.Status.StateChangeReason)
		}
	}
	for _, at := range s.Objects() {
		if strings.Contains(at, "/x/") {
			t.Errorf("an UNLOAD that read nothing left %s", at)
		}
	}
}

func TestAnUnloadThatFailsLeavesItsFilesBehind(t *testing.T) {
	s := start(t, "")
	const query = `UNLOAD (SELECT CAST(score AS integer) n FROM deals) TO 's3://results/half/' WITH (format = 'JSON')`
	if q := s.run(query); q.Status.State != "FAILED" || !strings.HasPrefix(*q.Status.StateChangeReason, "INVALID_CAST_ARGUMENT") || q.Statistics.DataManifestLocation != nil {
		t.Errorf("%+v", q.Status)
	}
	if got := s.Objects(); len(got) != 1 || !strings.HasPrefix(got[0], "s3://results/half/") {
		t.Errorf("left %v", got)
	}
	if q := s.run(query); !strings.HasPrefix(*q.Status.StateChangeReason, "HIVE_PATH_ALREADY_EXISTS") {
		t.Errorf("again: %s", *q.Status.StateChangeReason)
	}
}
