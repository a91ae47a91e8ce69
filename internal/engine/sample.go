package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"math"

	"github.com/warren-sync/warren/internal/crm"
)

// read yields the pages of the walk, of the records that were picked, or of the
// sample that a verify run was asked for.
func (r *run) read(ctx context.Context, req crm.Request) iter.Seq2[crm.Page, error] {
	switch {
	case r.plan.mode == crm.ModeVerify && r.job.Ask.Sample > 0:
		return r.samples(ctx)
	case r.plan.mode == crm.ModePicked:
		return r.picked(ctx)
	default:
		return r.job.Connector.Read(ctx, r.job.Stream, req)
	}
}

// sampleSize is how many records one call of a sample asks for.
const sampleSize = 25

// samples yields as many different records as were asked for, from places that
// are spread over the stream, or fewer where the source has no more. It asks at
// most twice as often as there are such places: among so many that are spread
// like this, none of them is left out.
func (r *run) samples(ctx context.Context) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		sampler, ok := r.job.Connector.(crm.Sampler)
		if !ok {
			yield(crm.Page{}, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: "this source cannot show a sample of its records",
				Fix: "leave out --sample: then all records are compared",
			})
			return
		}
		rows, err := r.tableRows(ctx)
		if err != nil {
			yield(crm.Page{}, err)
			return
		}
		want := r.job.Ask.Sample
		size := min(want, sampleSize)
		shown := map[uint64]bool{}
		begin := r.started.UnixMilli()
		places := (max(1, min(int64(want), rows)) + int64(size) - 1) / int64(size)
		for calls := 2 * places; calls > 0; calls-- {
			page, err := sampler.Sample(ctx, r.job.Stream, size, spread(begin+calls), rows)
			empty := len(page.Records) == 0
			page.Records = unlike(page.Records, shown, want)
			page.Last = err == nil && (len(shown) == want || empty || calls == 1)
			if !yield(page, err) || err != nil || page.Last {
				return
			}
		}
	}
}

// unlike returns those of the records that were not shown before, and adds them
// to those that were, until there are most of them. Eight bytes of its hash stand
// for a record: two that have them in common are not worth more memory here.
func unlike(records [][]byte, shown map[uint64]bool, most int) [][]byte {
	var fresh [][]byte
	for _, record := range records {
		sum := sha256.Sum256(record)
		mark := binary.BigEndian.Uint64(sum[:])
		if !shown[mark] && len(shown) < most {
			shown[mark] = true
			fresh = append(fresh, record)
		}
	}
	return fresh
}

// tableRows returns about how many rows the table has that are not missing. It
// counts them where nobody has.
func (r *run) tableRows(ctx context.Context) (int64, error) {
	if r.rows != nil {
		return *r.rows, nil
	}
	if known := r.session.State().Rows; known != nil {
		return max(0, *known+r.counts.Created-r.counts.Deleted), nil
	}
	return r.session.Count(ctx)
}

// spread returns a place between 0 and 1 for each number, so that the places of
// numbers that follow each other lie evenly, however many there are.
func spread(n int64) float64 {
	_, fraction := math.Modf(float64(n%(1<<32)) * (math.Sqrt(5) - 1) / 2)
	return fraction
}
