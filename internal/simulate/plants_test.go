package simulate_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/faults"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// changed is a session in which Write, Finish or Compare is another one.
type changed struct {
	engine.Session

	write   func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error)
	finish  func(o *warehouse.Outcome)
	compare func([]crm.FieldDifference) []crm.FieldDifference
}

func (c *changed) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	if c.write == nil {
		return c.Session.Write(ctx, b)
	}
	return c.write(ctx, c.Session, b)
}

func (c *changed) Finish(ctx context.Context, o warehouse.Outcome) (crm.Run, error) {
	if c.finish != nil {
		c.finish(&o)
	}
	return c.Session.Finish(ctx, o)
}

func (c *changed) Compare(ctx context.Context, rows []crm.Row) ([][]crm.FieldDifference, error) {
	differences, err := c.Session.Compare(ctx, rows)
	for i := range differences {
		if c.compare != nil {
			differences[i] = c.compare(differences[i])
		}
	}
	return differences, err
}

func blindToEmail(s engine.Session, _ warehouse.Driver, _ bool) engine.Session {
	return &changed{Session: s, compare: func(all []crm.FieldDifference) []crm.FieldDifference {
		return slices.DeleteFunc(all, func(d crm.FieldDifference) bool { return d.Column == "email" })
	}}
}

func mendNothing(s engine.Session, _ warehouse.Driver, dry bool) engine.Session {
	if dry {
		return s
	}
	return &changed{Session: s, write: func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error) {
		var kept warehouse.Batch
		for i := range b.Rows {
			if b.Rows[i].Repair {
				b.Unchanged++
			} else {
				kept.Add(&b.Rows[i], b.Known[i], b.Issues[i])
			}
		}
		b.Rows, b.Known, b.Issues = kept.Rows, kept.Known, kept.Issues
		return s.Write(ctx, b)
	}}
}

// greedy is a session that deletes a row too many, one that was shown.
type greedy struct {
	engine.Session

	shown []crm.Row
}

func (g *greedy) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	for _, r := range rows[:min(len(rows), 1)] {
		g.shown = append(g.shown[:0], crm.Row{ID: r.ID, Key: slices.Clone(r.Key)})
	}
	return g.Session.Known(ctx, rows, versions)
}

func (g *greedy) Delete(ctx context.Context, rows []crm.Row, hard bool) (warehouse.Written, error) {
	if hard {
		rows = append(slices.Clone(rows), g.shown...)
	}
	return g.Session.Delete(ctx, rows, hard)
}

func deleteShown(s engine.Session, _ warehouse.Driver, _ bool) engine.Session {
	return &greedy{Session: s}
}

// forgetShown forgets what a walk has shown before it was broken off.
func forgetShown(s engine.Session, db warehouse.Driver, dry bool) engine.Session {
	if dry {
		return s
	}
	forgot := false
	return &changed{Session: s, write: func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error) {
		if !forgot {
			if _, err := db.Exec(ctx, "DELETE FROM warren_seen"); err != nil {
				return warehouse.Written{}, db.Explain(err)
			}
			forgot = true
		}
		return s.Write(ctx, b)
	}}
}

// forgetful is a session that does not know with what the last walk was made.
type forgetful struct{ engine.Session }

func (f forgetful) State() warehouse.State {
	s := f.Session.State()
	s.Basis = nil
	return s
}

func forgetBasis(s engine.Session, _ warehouse.Driver, _ bool) engine.Session { return forgetful{s} }

func watermarkAtEnd(s engine.Session, _ warehouse.Driver, _ bool) engine.Session {
	return &changed{Session: s, finish: func(o *warehouse.Outcome) {
		if !o.Watermark.IsZero() {
			o.Watermark = crm.SystemClock{}.Now()
		}
	}}
}

func checkpointFirst(s engine.Session, _ warehouse.Driver, dry bool) engine.Session {
	if dry {
		return s
	}
	return &changed{Session: s, write: func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error) {
		if b.Checkpoint != nil {
			if _, err := s.Write(ctx, &warehouse.Batch{Checkpoint: b.Checkpoint}); err != nil {
				return warehouse.Written{}, err
			}
		}
		return s.Write(ctx, b)
	}}
}

func dropRejects(s engine.Session, _ warehouse.Driver, _ bool) engine.Session {
	return &changed{Session: s, write: func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error) {
		b.Unchanged += int64(len(b.Rejects)) // so that the sum is right
		b.Rejects = nil
		return s.Write(ctx, b)
	}}
}

func dropIssues(s engine.Session, _ warehouse.Driver, _ bool) engine.Session {
	return &changed{Session: s, write: func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error) {
		clear(b.Issues)
		return s.Write(ctx, b)
	}}
}

func dryWrites(s engine.Session, db warehouse.Driver, dry bool) engine.Session {
	if !dry {
		return s
	}
	return &changed{Session: s, write: func(ctx context.Context, s engine.Session, b *warehouse.Batch) (warehouse.Written, error) {
		w, err := s.Write(ctx, b)
		if err == nil {
			_, err = db.Exec(ctx, `UPDATE ingestion_salesrabbit_lead SET synced_at = created_in_sync || '0'`)
		}
		return w, err
	}}
}

// driver is a driver of which some methods are others.
type driver struct {
	warehouse.Driver

	table func(warehouse.Table) warehouse.Table
	inTx  func(inTx func() error) error
	ahead time.Duration
}

func (d *driver) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	t, err := d.Driver.Table(ctx, stream, create)
	if err != nil || d.table == nil {
		return t, err
	}
	return d.table(t), nil
}

func (d *driver) InTx(ctx context.Context, do func(tx ledger.Conn) error) error {
	run := func() error { return d.Driver.InTx(ctx, do) }
	if d.inTx == nil {
		return run()
	}
	return d.inTx(run)
}

func (d *driver) Now(ctx context.Context) (time.Time, error) {
	now, err := d.Driver.Now(ctx)
	return now.Add(d.ahead), err
}

func commitAgain(db warehouse.Driver) warehouse.Driver {
	return &driver{Driver: db, inTx: func(run func() error) error {
		err := run()
		if errors.Is(err, faults.Lost) {
			return run()
		}
		return err
	}}
}

func shortLease(db warehouse.Driver) warehouse.Driver { return &driver{Driver: db, ahead: time.Hour} }

func countAttempts(db warehouse.Driver) warehouse.Driver {
	return &driver{Driver: db, table: func(t warehouse.Table) warehouse.Table {
		return &table{Table: t, counts: func(c *crm.Counts) { c.Created, c.Updated = c.Created+c.Updated, 0 }}
	}}
}

func lastReadWins(db warehouse.Driver) warehouse.Driver {
	return &driver{Driver: db, table: func(t warehouse.Table) warehouse.Table {
		return &table{Table: t, row: func(r *crm.Row) { r.Cursor = crm.Value{} }, version: func(v *crm.Version) { v.Cursor = crm.Value{} }}
	}}
}

func forgetHashes(db warehouse.Driver) warehouse.Driver {
	var n atomic.Uint64
	return &driver{Driver: db, table: func(t warehouse.Table) warehouse.Table {
		return &table{
			Table: t, row: func(r *crm.Row) { binary.BigEndian.PutUint64(r.Hash[:], n.Add(1)) },
			version: func(v *crm.Version) { v.Hash = crm.Hash{} },
		}
	}}
}

func forgetMissing(db warehouse.Driver) warehouse.Driver {
	return &driver{Driver: db, table: func(t warehouse.Table) warehouse.Table {
		return &table{Table: t, version: func(v *crm.Version) { v.Missing = false }}
	}}
}

// table is a table that changes what goes in and what comes out.
type table struct {
	warehouse.Table

	row     func(*crm.Row)
	version func(*crm.Version)
	counts  func(*crm.Counts)
}

func (t *table) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	err := t.Table.Known(ctx, rows, versions)
	for i := range versions {
		if t.version != nil {
			t.version(&versions[i])
		}
	}
	return err
}

func (t *table) Write(ctx context.Context, tx ledger.Conn, rows []crm.Row) (crm.Counts, error) {
	for i := range rows {
		if t.row != nil {
			t.row(&rows[i])
		}
	}
	counts, err := t.Table.Write(ctx, tx, rows)
	if t.counts != nil {
		t.counts(&counts)
	}
	return counts, err
}

// exclusive asks for what was changed after the watermark's second.
func exclusive(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		for _, name := range []string{"If-Modified-Since", "If-Status-Modified-Since"} {
			if since, err := time.Parse(time.RFC3339, r.Header.Get(name)); err == nil {
				r.Header.Set(name, since.Add(time.Second).Format(time.RFC3339))
			}
		}
		return next.RoundTrip(r)
	})
}

// archivedUnseen finds no archived record in any list.
func archivedUnseen(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("archived") != "true" {
			return next.RoundTrip(r)
		}
		const none = `{"results":[]}`
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(strings.NewReader(none)), ContentLength: int64(len(none)),
		}, nil
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// pages is a connector whose pages are changed on their way.
type pages struct {
	crm.Connector

	read func(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error]
}

func (p *pages) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return p.read(ctx, stream, req)
}

func (p *pages) Sample(ctx context.Context, stream crm.Stream, n int, share float64, total int64) (crm.Page, error) {
	sampler, ok := p.Connector.(crm.Sampler)
	if !ok {
		return crm.Page{}, failed(errors.New("no sampler"))
	}
	return sampler.Sample(ctx, stream, n, share, total)
}

func failedIsEmpty(c crm.Connector, _ http.RoundTripper, _ string) crm.Connector {
	return &pages{c, func(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
		return func(yield func(crm.Page, error) bool) {
			for page, err := range c.Read(ctx, stream, req) {
				if err != nil && ctx.Err() == nil {
					page, err = crm.Page{Last: true}, nil
				}
				if !yield(page, err) {
					return
				}
			}
		}
	}}
}

func sure(c crm.Connector, _ http.RoundTripper, _ string) crm.Connector {
	return &pages{c, func(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
		return func(yield func(crm.Page, error) bool) {
			for page, err := range c.Read(ctx, stream, req) {
				page.Unsure = ""
				if !yield(page, err) {
					return
				}
			}
		}
	}}
}

// naivePaging asks for page after page of ten, as the documentation has it.
func naivePaging(c crm.Connector, way http.RoundTripper, token string) crm.Connector {
	return &pages{c, func(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
		if stream.Name != "leads" {
			return c.Read(ctx, stream, req)
		}
		return func(yield func(crm.Page, error) bool) {
			for n := 1; ; n++ {
				page, err := naivePage(ctx, way, token, n, req.Since)
				if !yield(page, err) || err != nil || page.Last {
					return
				}
			}
		}
	}}
}

func naivePage(ctx context.Context, way http.RoundTripper, token string, n int, since time.Time) (crm.Page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://crm.test/leads?sortBy=dateCreated&perPage=10&page="+strconv.Itoa(n), nil)
	if err != nil {
		return crm.Page{}, err
	}
	if !since.IsZero() {
		r.Header.Set("If-Modified-Since", since.Format(time.RFC3339))
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := way.RoundTrip(r)
	if err != nil {
		return crm.Page{}, failed(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return crm.Page{}, failed(err)
	}
	page := crm.Page{Last: true, Requests: 1}
	page.SourceTime, _ = http.ParseTime(resp.Header.Get("Date"))
	switch resp.StatusCode {
	case http.StatusNotModified:
		return page, nil
	case http.StatusOK:
	default:
		return crm.Page{}, failed(errors.New(resp.Status))
	}
	var answer struct {
		Data []json.RawMessage
		Meta struct{ MorePages bool }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return crm.Page{}, failed(err)
	}
	for _, record := range answer.Data {
		page.Records = append(page.Records, record)
	}
	page.Last = !answer.Meta.MorePages
	return page, nil
}

func failed(err error) error {
	return &crm.Error{Code: crm.CodeSourceDown, Origin: crm.OriginSource, Message: "no page", Fix: "try again", Err: err}
}
