package csv

import (
	"encoding/csv"
	"io"
	"testing"
)

// sample is a row as Athena writes the estimates of a sales team.
const sample = `"e-100482","c-88213","Anna ""Annie"" Müller",,"","2020-02-07 14:15:20.384","18450.00","true","12 Long Street, Springfield","2024-11-22 08:00:00.000"` + "\n"

// endless repeats a text for ever.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (n int, err error) {
	for n < len(p) {
		k := copy(p[n:], e.text[e.at:])
		n, e.at = n+k, (e.at+k)%len(e.text)
	}
	return n, nil
}

func BenchmarkReader(b *testing.B) {
	r := NewReader(&endless{text: sample}, Options{Columns: 10})
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	for b.Loop() {
		if !r.Next() {
			b.Fatal(r.Err())
		}
	}
}

// BenchmarkEncodingCSV is what Reader is measured against.
func BenchmarkEncodingCSV(b *testing.B) {
	r := csv.NewReader(io.Reader(&endless{text: sample}))
	r.ReuseRecord = true
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(); err != nil {
			b.Fatal(err)
		}
	}
}
