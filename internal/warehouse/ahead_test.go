package warehouse_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// watched is a database of which every Write to a table is told, once it has ended and
// its transaction has not: first the ID of its first row, then what came of it.
type watched struct {
	warehouse.Driver

	wrote chan string
	alone func() // called before a Write that is not ahead; nil for nothing

	mu  sync.Mutex
	log []string
}

func (w *watched) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	t, err := w.Driver.Table(ctx, stream, create)
	return &watchedTable{t, w, ""}, err
}

func (w *watched) tell(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, what)
}

// told returns what was told since it was last asked for.
func (w *watched) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	log := w.log
	w.log = nil
	return log
}

type watchedTable struct {
	warehouse.Table

	driver *watched
	lane   string
}

func (t *watchedTable) Lane() (warehouse.Table, bool) {
	lane, ok := t.Table.Lane()
	return &watchedTable{lane, t.driver, "ahead "}, ok
}

func (t *watchedTable) Write(ctx context.Context, tx ledger.Conn, rows []crm.Row) (crm.Counts, error) {
	if t.lane == "" && t.driver.alone != nil {
		t.driver.alone()
	}
	counts, err := t.Table.Write(ctx, tx, rows)
	result := "in"
	if err != nil {
		result = "out"
	}
	t.driver.tell(t.lane + rows[0].ID + " " + result)
	if t.driver.wrote != nil && t.lane != "" {
		t.driver.wrote <- rows[0].ID
	}
	return counts, err
}

func watch(t *testing.T) *watched {
	t.Helper()
	db, err := postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &watched{Driver: db}
}

// rowsOf returns the ids in the table, and which batch is durable.
func rowsOf(t *testing.T, db warehouse.Driver) (ids string) {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT coalesce(string_agg(id::text, ' ' ORDER BY id), '') FROM thing")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	rows.Next()
	if err := rows.Scan(&ids); err != nil {
		t.Fatal(err)
	}
	return ids
}

// writeAll writes batches as the engine does: the next one is told of before the last
// one is written.
func writeAll(t *testing.T, s *warehouse.Session, batches ...*warehouse.Batch) (sum crm.Counts) {
	t.Helper()
	s.Begin(t.Context(), batches[0])
	for i, b := range batches {
		if i+1 < len(batches) {
			s.Begin(t.Context(), batches[i+1])
		}
		w, err := s.Write(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		sum.Add(w.Counts)
	}
	return sum
}

func TestL4BatchesThatAreWrittenSideBySideBecomeDurableInTheirOrder(t *testing.T) {
	db := watch(t)
	db.wrote = make(chan string)
	s := session(t, db)
	one, two := batch(1, 2), batch(3, 2)
	s.Begin(t.Context(), one)
	s.Begin(t.Context(), two)
	both := []string{<-db.wrote, <-db.wrote} // neither waits for the other
	if slices.Sort(both); !slices.Equal(both, []string{"1", "3"}) {
		t.Fatal(both)
	}
	if ids := rowsOf(t, db); ids != "" {
		t.Errorf("before their turn there are the rows %s", ids)
	}
	for i, want := range []string{"1 2", "1 2 3 4"} {
		w, err := s.Write(t.Context(), []*warehouse.Batch{one, two}[i])
		if err != nil || w.Counts != (crm.Counts{Fetched: 2, Created: 2}) {
			t.Fatalf("%+v, %v", w.Counts, err)
		}
		if ids := rowsOf(t, db); ids != want {
			t.Errorf("after batch %d there are the rows %s, want %s", i+1, ids, want)
		}
	}
	if run := finish(t, s, crm.Counts{Fetched: 4, Created: 4}); run.Counts.Created != 4 {
		t.Errorf("the history says %+v", run.Counts)
	}
}

// What was begun and is never written leaves nothing behind.
func TestL4WhatWasBegunAndNeverHadItsTurnIsNotWritten(t *testing.T) {
	db := watch(t)
	db.wrote = make(chan string)
	s := session(t, db)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for _, b := range []*warehouse.Batch{batch(1, 2), batch(3, 2), batch(5, 2)} {
		s.Begin(ctx, b)
	}
	<-db.wrote
	<-db.wrote
	finish(t, s, crm.Counts{})
	if ids := rowsOf(t, db); ids != "" {
		t.Errorf("there are the rows %s", ids)
	}
	if n, err := db.Exec(t.Context(), "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"); err != nil || n > 0 {
		t.Errorf("%d transactions are left open, %v", n, err)
	}
	if told := db.told(); len(told) != 2 {
		t.Errorf("more than two were begun: %q", told)
	}
}

// Two transactions that each hold a row which the other wants would wait for ever, for
// one of them waits for its turn as well.
func TestBatchesWithTheSameRecordAreWrittenOneAfterTheOther(t *testing.T) {
	db := watch(t)
	s := session(t, db)
	const many = 5000 // so that the last of them is not there yet when the next batch comes
	again := batch(many, 1)
	again.Rows[0].Hash[1]++
	sum := writeAll(t, s, batch(1, many), again, batch(many+1, 2))
	if want := (crm.Counts{Fetched: many + 3, Created: many + 2, Updated: 1}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
	if told := db.told(); len(told) != 3 || told[0] != "ahead 1 in" {
		t.Errorf("%q", told)
	}
	finish(t, s, sum)
}

// What the source says is gone is deleted in its place among the batches.
func TestARecordThatIsGoneAndBackIsThere(t *testing.T) {
	db := watch(t)
	s := session(t, db)
	gone, back := batch(3, 1), batch(1, 2)
	gone.Gone, gone.Hard = batch(1, 1).Rows, true
	sum := writeAll(t, s, batch(1, 1), gone, back)
	if want := (crm.Counts{Fetched: 4, Created: 4, Deleted: 1}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
	if ids := rowsOf(t, db); ids != "1 2 3" {
		t.Errorf("there are the rows %s", ids)
	}
	finish(t, s, sum)
}

// A row that the database refuses costs no other row, nor the batch beside it, and those
// after it are written side by side again.
func TestL3ARefusedRowOfABatchThatWasBegun(t *testing.T) {
	for refused := range 4 {
		t.Run(fmt.Sprint("in batch ", refused+1), func(t *testing.T) {
			db := watch(t)
			s := session(t, db)
			batches := []*warehouse.Batch{batch(1, 3), batch(4, 3), batch(7, 3), batch(10, 3), batch(13, 3), batch(16, 3)}
			batches[refused].Rows[1].Values[1] = crm.TextValue([]byte("a\x00b"))
			sum := writeAll(t, s, batches...)
			if want := (crm.Counts{Fetched: 18, Created: 17, Failed: 1}); sum != want {
				t.Errorf("%+v, want %+v", sum, want)
			}
			if n := len(strings.Fields(rowsOf(t, db))); n != 17 {
				t.Errorf("%d rows", n)
			}
			if told := db.told(); !slices.Contains(told, "ahead 13 in") || !slices.Contains(told, "ahead 16 in") {
				t.Errorf("none was begun any more: %q", told)
			}
			finish(t, s, sum)
		})
	}
}

// An index that a long text does not fit into is made anew under a lock that nobody else
// may hold a part of.
func TestALongTextIsWrittenWithNoneBesideIt(t *testing.T) {
	db := watch(t)
	c := claim()
	c.Stream.Indexes = [][]string{{"name"}}
	s, err := warehouse.Open(t.Context(), db, c, warehouse.Tools{Clock: hasty{}, Observe: func(crm.Event) {}, Owner: ledger.ThisProcess()})
	if err != nil {
		t.Fatal(err)
	}
	long, after := batch(3, 2), batch(9, 2)
	long.Rows[1].Values[1] = crm.TextValue([]byte(strings.Repeat("long ", 1000)))
	db.alone = func() {
		s.Begin(t.Context(), after)
		for range 200 { // queries: time for what must not happen
			rowsOf(t, db)
		}
		if slices.Contains(db.told(), "ahead 9 in") {
			t.Error("a batch was begun beside one that is written by itself")
		}
	}
	sum := writeAll(t, s, batch(1, 2), long)
	db.alone = nil
	w, err := s.Write(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	sum.Add(w.Counts)
	another := batch(11, 2)
	another.Rows[1].Values[1] = long.Rows[1].Values[1]
	sum.Add(writeAll(t, s, batch(5, 2), batch(7, 2), another))
	if want := (crm.Counts{Fetched: 12, Created: 12}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
	told := db.told()
	for _, want := range []string{"3 in", "ahead 9 in", "ahead 5 in", "ahead 7 in", "ahead 11 in"} {
		if !slices.Contains(told, want) {
			t.Errorf("%q, want %s", told, want)
		}
	}
	finish(t, s, sum)
}

// newer turns the rows of a batch into a version that differs.
func newer(b *warehouse.Batch) *warehouse.Batch {
	for i := range b.Rows {
		b.Rows[i].Hash[3]++
	}
	return b
}

// Somebody who holds a row of the batch whose turn it is, and wants one of the batch that
// waits for its turn, closes a circle that the server cannot see. They are not kept
// waiting until a time is over.
func TestSomebodyElseAndTwoBatchesDoNotWaitForEachOther(t *testing.T) {
	db := watch(t)
	s := session(t, db)
	finish(t, s, writeAll(t, s, batch(1, 4)))
	s = session(t, db)
	db.wrote = make(chan string, 10)
	held, wanted := make(chan struct{}), make(chan struct{})
	theirs := make(chan error, 1)
	go func() {
		theirs <- db.InTx(t.Context(), func(tx ledger.Conn) error {
			_, err := tx.Exec(t.Context(), "UPDATE thing SET name = 'theirs' WHERE id = 1")
			close(held)
			<-wanted
			if err == nil {
				_, err = tx.Exec(t.Context(), "UPDATE thing SET name = 'theirs' WHERE id = 3")
			}
			return err
		})
	}()
	<-held
	one, two := newer(batch(1, 2)), newer(batch(3, 2))
	s.Begin(t.Context(), one)
	s.Begin(t.Context(), two)
	if first := <-db.wrote; first != "3" {
		t.Fatalf("batch %s is in first", first)
	}
	db.told()
	close(wanted)
	var sum crm.Counts
	for _, b := range []*warehouse.Batch{one, two} {
		w, err := s.Write(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		sum.Add(w.Counts)
	}
	if err := <-theirs; err != nil {
		t.Errorf("they were told %v", err)
	}
	if want := (crm.Counts{Fetched: 4, Updated: 4}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
	if told := db.told(); !slices.Equal(told, []string{"ahead 1 in", "ahead 3 in"}) {
		t.Errorf("%q: the first is to be written at once, and the second anew", told)
	}
	finish(t, s, sum)
}

// A connection that is lost fails the attempt, and the run goes on with one batch at a
// time.
func TestAFailureThatIsNoRecordsFaultEndsTheWritingSideBySide(t *testing.T) {
	db := watch(t)
	lost := &losing{watched: db}
	s := session(t, lost)
	lost.left = 1
	sum := writeAll(t, s, batch(1, 2), batch(3, 2), batch(5, 2), batch(7, 2))
	if want := (crm.Counts{Fetched: 8, Created: 8}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
	told := db.told()
	if !slices.Contains(told, "5 in") || !slices.Contains(told, "7 in") {
		t.Errorf("%q", told)
	}
	for id := 9; id < 120; id++ {
		sum.Add(writeAll(t, s, batch(id, 1)))
	}
	if told := db.told(); len(told) != 111 || told[0] != "9 in" || told[110] != "ahead 119 in" {
		t.Errorf("it did not come back: %q", told)
	}
	finish(t, s, sum)
}

// losing loses the connection of so many transactions before their rows are in.
type losing struct {
	*watched

	mu   sync.Mutex
	left int
}

func (l *losing) InTx(ctx context.Context, do func(tx ledger.Conn) error) error {
	l.mu.Lock()
	lose := l.left > 0
	l.left--
	l.mu.Unlock()
	if lose {
		return errLost
	}
	return l.watched.InTx(ctx, do)
}

func (l *losing) Explain(err error) error { return (&faulty{Driver: l.watched}).Explain(err) }
