package salespro

import (
	"fmt"
	"maps"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// Change edits rows: another content, and updated_at becomes the clock's time,
// never less than that of the change before. Of a lead result it adds a version
// and leaves the old one, as the share does. It returns the numbers of the rows
// that are new or other, in ascending order. Tables without updated_at change all
// the same; user_activity cannot be changed.
func (s *Share) Change(name string, p Pick) ([]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.changeable(name)
	if err != nil {
		return nil, err
	}
	now := s.tick()
	rows := s.pick(t, p)
	for i, row := range rows {
		e := t.state(&s.cfg, row)
		e.version++
		e.touch(t.def, now)
		if name == LeadResult {
			row = t.total
			e.version = uint64(row) // another one than all its older versions
			t.total++
			rows[i] = row
		}
		t.edits[row] = e
	}
	return rows, nil
}

// touch moves updated_at, whatever was put there before.
func (e *edit) touch(d *definition, now time.Time) {
	e.updated = now
	e.fields = maps.Clone(e.fields)
	delete(e.fields, d.column("updated_at"))
}

// Insert adds n rows, made now, and returns their numbers.
func (s *Share) Insert(name string, n int) ([]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.sheet(name)
	if err != nil {
		return nil, err
	}
	now := s.tick()
	var rows []int
	for range n {
		rows = append(rows, t.add(now))
	}
	return rows, nil
}

// add adds a row and returns its number.
func (t *sheet) add(now time.Time) int {
	row := t.total
	t.total++
	t.edits[row] = edit{content: row, created: now, updated: now}
	return row
}

// Delete takes rows out without a trace and returns their numbers.
// user_activity loses none.
func (s *Share) Delete(name string, p Pick) ([]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.changeable(name)
	if err != nil {
		return nil, err
	}
	s.tick()
	rows := s.pick(t, p)
	for _, row := range rows {
		t.edits[row] = edit{deleted: true}
		t.gone++
	}
	return rows, nil
}

// Rebuild gives every row of a table another content, as the vendor does with
// tables that it derives. Times stay.
func (s *Share) Rebuild(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.changeable(name)
	if err != nil {
		return err
	}
	s.tick()
	t.round++
	return nil
}

// Put adds a row, made now, with these values, and returns its number; columns
// that are not named hold what any row may hold.
func (s *Share) Put(name string, values Fields) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.sheet(name)
	if err != nil {
		return 0, err
	}
	fields, err := values.of(t.def)
	if err != nil {
		return 0, err
	}
	row := t.add(s.tick())
	e := t.edits[row]
	e.fields = fields
	t.edits[row] = e
	return row, nil
}

// Edit puts these values in place of a row's own; updated_at becomes the clock's
// time unless it is among them.
func (s *Share) Edit(name string, row int, values Fields) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.sheet(name)
	if err != nil {
		return err
	}
	fields, err := values.of(t.def)
	if err != nil {
		return err
	}
	if !t.alive(row) {
		return &crm.Error{
			Code: crm.CodeNotFound, Origin: crm.OriginConfig,
			Message: fmt.Sprintf("The table %s has no row %d.", name, row), Fix: "Take a number that Insert, Put or Rows gave.",
		}
	}
	e := t.state(&s.cfg, row)
	e.touch(t.def, s.tick())
	if e.fields == nil {
		e.fields = map[int]table.Value{}
	}
	maps.Copy(e.fields, fields)
	t.edits[row] = e
	return nil
}

// changeable finds a table whose rows may change.
func (s *Share) changeable(name string) (*sheet, error) {
	t, err := s.sheet(name)
	if err == nil && t.def.appendOnly {
		err = &crm.Error{
			Code: crm.CodeUsage, Origin: crm.OriginConfig,
			Message: "Rows of " + name + " never change nor go.", Fix: "Insert some.",
		}
	}
	return t, err
}

// tick returns the time of a change that is made now.
func (s *Share) tick() time.Time {
	if now := s.cfg.Clock.Now().Truncate(time.Millisecond).UTC(); now.After(s.last) {
		s.last = now
	}
	return s.last
}
