package salespro

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/people"
)

// Share is the data of one customer of the vendor and the ways to change it as
// its people would. Rows are known by their number, from 0, in the order in which
// they were made; that number never changes. It is safe for concurrent use.
type Share struct {
	cfg    Config
	counts map[string]int // rows at the start, by table
	names  []string       // of the tables, in order

	mu     sync.Mutex
	sheets map[string]*sheet
	last   time.Time   // of the newest change
	chance people.Rand // which rows are picked at random
}

func newShare(cfg Config) *Share {
	s := &Share{
		cfg: cfg, counts: map[string]int{}, sheets: map[string]*sheet{},
		last: cfg.Start.Truncate(time.Millisecond).UTC(), chance: people.NewRand(cfg.Seed, drawPick),
	}
	for _, d := range definitions() {
		n := cfg.seeded(d)
		s.names, s.counts[d.name] = append(s.names, d.name), n
		s.sheets[d.name] = &sheet{def: d, seeded: n, total: n, edits: map[int]edit{}}
	}
	return s
}

// Tables returns the names of the tables.
func (s *Share) Tables() []string { return append([]string(nil), s.names...) }

// Columns returns the columns of a table, nil when there is no such table.
func (s *Share) Columns(name string) []table.Column {
	if t := s.sheets[name]; t != nil {
		return append([]table.Column(nil), t.def.columns...)
	}
	return nil
}

// Count returns how many rows a table has, 0 when there is no such table.
func (s *Share) Count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.sheets[name]; t != nil {
		return t.total - t.gone
	}
	return 0
}

// Rows yields every row of a table as it is when the iteration begins: its number
// and its values, in the order of the columns. The slice is good until the next
// row.
func (s *Share) Rows(name string) iter.Seq2[int, []table.Value] {
	return func(yield func(int, []table.Value) bool) {
		s.mu.Lock()
		if s.sheets[name] == nil {
			s.mu.Unlock()
			return
		}
		t := s.sheets[name].copied()
		s.mu.Unlock()
		w := s.writer(t.def)
		for row := range t.total {
			if !t.alive(row) {
				continue
			}
			if !yield(row, s.values(w, &t, row)) {
				return
			}
		}
	}
}

// Row returns the values of one row; false when it is not there.
func (s *Share) Row(name string, row int) ([]table.Value, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.sheets[name]
	if t == nil || !t.alive(row) {
		return nil, false
	}
	return s.values(s.writer(t.def), t, row), true
}

func (s *Share) writer(d *definition) *writer {
	return &writer{cfg: &s.cfg, def: d, counts: s.counts}
}

func (s *Share) values(w *writer, t *sheet, row int) []table.Value {
	e := t.state(&s.cfg, row)
	values := w.write(t.spot(e))
	for column, v := range e.fields {
		values[column] = v
	}
	return values
}

// sheet finds a table for a change.
func (s *Share) sheet(name string) (*sheet, error) {
	if t := s.sheets[name]; t != nil {
		return t, nil
	}
	return nil, &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig,
		Message: fmt.Sprintf("The share has no table %q.", name), Fix: "Use one of " + strings.Join(s.names, ", ") + ".",
	}
}

// catalog offers the tables to Athena.
func (s *Share) catalog() table.Catalog {
	database := table.Database{}
	for name, t := range s.sheets {
		shown := s.shown(t.def)
		out := &table.Table{Name: name}
		for _, column := range shown {
			out.Columns = append(out.Columns, t.def.columns[column])
		}
		if s.cfg.Partitioned && name == Activity {
			out.PartitionKeys = []table.Column{{Name: "dt", Type: "string"}}
		}
		out.Rows = s.stream(name, shown, len(out.PartitionKeys) > 0)
		database[name] = out
	}
	return table.Catalog{s.cfg.Database: database}
}

// shown returns the places of the columns that people see.
func (s *Share) shown(d *definition) []int {
	var shown []int
	for i, c := range d.columns {
		if !slices.Contains(s.cfg.Lacks, d.name+"."+c.Name) {
			shown = append(shown, i)
		}
	}
	return shown
}

// stream yields the rows of a table, with their day behind them if it lies in
// partitions.
func (s *Share) stream(name string, shown []int, partitioned bool) iter.Seq[[]table.Value] {
	created := s.sheets[name].def.column("created_at")
	return func(yield func([]table.Value) bool) {
		var day string
		var midnight time.Time
		for _, row := range s.Rows(name) {
			if partitioned {
				at := row[created].At(table.Simple(table.TimestampKind)).Truncate(24 * time.Hour)
				if day == "" || !at.Equal(midnight) {
					day, midnight = at.Format(time.DateOnly), at
				}
			}
			for i, column := range shown {
				row[i] = row[column]
			}
			row = row[:len(shown)]
			if partitioned {
				row = append(row, table.Text(day))
			}
			if !yield(row) {
				return
			}
		}
	}
}
