package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/pgtest"
)

// measure does what the flags ask for and prints it.
func measure(ctx context.Context, o options, out, progress io.Writer) (err error) {
	discard, err := o.writable()
	if err != nil {
		return err
	}
	measured := false
	defer func() {
		if !measured {
			err = errors.Join(err, discard())
		}
	}()
	dir, err := os.MkdirTemp("", "warren-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.warren == "" {
		o.warren, err = build(ctx, dir)
	} else {
		o.warren, err = filepath.Abs(o.warren) // it is started in another directory
	}
	if err != nil {
		return err
	}
	b := &bench{options: o, dir: dir, progress: progress}
	if o.only != onSQLite {
		if b.server, err = openServer(); err != nil { //nolint:contextcheck // pgtest bounds its time itself
			return err
		}
		defer func() { err = errors.Join(err, b.server.Close()) }()
	}
	b.report.Machine = describe(ctx, b)
	if len(o.sizes)+len(o.streams) > 0 {
		err = b.grow(ctx)
	} else if err = b.compare(ctx); err == nil {
		err = b.countAll(ctx)
	}
	if err != nil {
		return err
	}
	measured = true
	b.report.OwnPeak = ownPeak()
	return o.show(&b.report, out)
}

// bench is one measurement.
type bench struct {
	options

	dir      string
	server   *pgtest.Server // nil without PostgreSQL
	watched  bool           // the server counts statements
	progress io.Writer
	report   report
}

// databases are those to measure.
func (b *bench) databases() []string {
	if b.only != "" {
		return []string{b.only}
	}
	return []string{onPostgres, onSQLite}
}

// warrenOn returns Warren as a contender, with so many accounts; 0 for one that
// needs no file of settings.
func (b *bench) warrenOn(on string, accounts int) contender {
	p := program{binary: b.warren, dir: b.dir, accounts: accounts}
	if on == onPostgres {
		return &warrenPostgres{database: database{server: b.server, accounts: accounts}, program: p}
	}
	return &warrenSQLite{file: file{dir: filepath.Join(b.dir, "warren"), accounts: accounts}, program: p}
}

// baselineOn returns what Warren is compared with.
func (b *bench) baselineOn(on string) contender {
	pages := filepath.Join(b.dir, "pages")
	if on == onPostgres {
		return &floor{database: database{server: b.server}, dir: pages}
	}
	return &bareLoop{file: file{dir: filepath.Join(b.dir, "loop")}, pages: pages}
}

// compare has the contenders do every step in turn, in as many rounds as were
// asked for. With more leads than the old design is given, it has one round
// with as many as it takes.
func (b *bench) compare(ctx context.Context) error {
	for round := range b.rounds {
		for _, on := range b.databases() {
			if err := b.round(ctx, round, group{Database: on, Leads: b.records}, b.contenders(on, b.records), comparedSteps()); err != nil {
				return err
			}
		}
	}
	if on, few := onPostgres, b.old; few > 0 && few < b.records && slices.Contains(b.databases(), on) {
		return b.round(ctx, 0, group{Database: on, Leads: few}, b.contenders(on, few), comparedSteps())
	}
	return nil
}

// contenders returns those that are compared, the baseline first.
func (b *bench) contenders(on string, records int) []contender {
	list := []contender{b.baselineOn(on), b.warrenOn(on, 0)}
	if on == onPostgres && records <= b.old {
		list = append(list, &oldWay{floor{database: database{server: b.server}, dir: filepath.Join(b.dir, "pages")}})
	}
	return list
}

func comparedSteps() []string { return []string{stepFirst, stepUnchanged, stepOneIn100, stepAll} }

// round has the contenders do the steps, from an empty warehouse and a fresh
// CRM. In every other round they take turns the other way about.
func (b *bench) round(ctx context.Context, round int, g group, contenders []contender, steps []string) (err error) {
	s, err := startSandbox(ctx, g.Leads)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	for _, c := range contenders {
		if err := c.open(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.close(ctx)) }()
	}
	for _, title := range steps {
		st, err := prepare(ctx, s, title)
		if err != nil {
			return err
		}
		// Each account has all leads.
		st.records, st.written = st.records*max(1, g.Streams), st.written*max(1, g.Streams)
		for i := range contenders {
			if round%2 == 1 {
				i = len(contenders) - 1 - i
			}
			if err := b.turn(ctx, round, g, contenders[i], s, st); err != nil {
				return fmt.Errorf("%s, %s, %s: %w", g.Database, contenders[i].name(), title, err)
			}
		}
	}
	if len(contenders) == 1 && g.Streams <= 1 {
		return nil // one table has none to agree with, and to read ten million rows takes minutes
	}
	return agree(ctx, contenders)
}

// turn has one contender do one step.
func (b *bench) turn(ctx context.Context, round int, g group, c contender, s *sandbox, st step) error {
	if err := c.settle(ctx); err != nil {
		return err
	}
	before, err := s.calls(ctx)
	if err != nil {
		return err
	}
	busy, serving, start := machineTime(), processTime(s.process.Process.Pid), time.Now()
	took, err := c.run(ctx, s, st)
	if err != nil {
		return err
	}
	wall := time.Since(start)
	others := machineTime() - busy - (processTime(s.process.Process.Pid) - serving) - took.CPU - took.Server - took.Spared
	after, err := s.calls(ctx)
	if err != nil {
		return err
	}
	took.Calls = after - before
	r := result{
		group: g, Round: round + 1, Step: st.title, Contender: c.name(), Records: st.records, Written: st.written,
		Others: share(others, wall), cost: took,
	}
	if busy == 0 {
		r.Others = -1
	}
	b.report.Results = append(b.report.Results, r)
	size := g.Leads
	if g.Curve == curveStreams {
		size = g.Streams
	}
	_, err = fmt.Fprintf(b.progress, "round %d  %-8s  %8d  %-28s  %-16s  %6.2f s\n", r.Round, g.Database, size, st.title, r.Contender, took.Wall.Seconds())
	return err
}

// agree fails unless all contenders, and all accounts of one, ended with the same
// data.
func agree(ctx context.Context, contenders []contender) error {
	var first string
	for i, c := range contenders {
		digest, err := c.digest(ctx)
		if err != nil {
			return err
		}
		if i == 0 {
			first = digest
		}
		if digest != first {
			return fmt.Errorf("%s ended with other data (%s) than %s (%s)", c.name(), digest, contenders[0].name(), first)
		}
	}
	return nil
}
