package main

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// The databases.
const (
	onPostgres = "postgres"
	onSQLite   = "sqlite"
)

// contender is one way to bring the leads of the CRM into a database.
type contender interface {
	name() string
	// open makes an empty warehouse.
	open(ctx context.Context) error
	// settle has the database finish what the last step left undone, so that
	// no other pays for it.
	settle(ctx context.Context) error
	// run does one step. It fails unless it wrote the rows that the step
	// changed and no other.
	run(ctx context.Context, s *sandbox, st step) (cost, error)
	// digest returns a text that is the same for equal data. It fails where there
	// are several accounts and they have not ended with the same data.
	digest(ctx context.Context) (string, error)
	// close removes the warehouse.
	close(ctx context.Context) error
}

// step is one thing that a sync may have to do.
type step struct {
	title   string
	full    bool      // everything is read, else what changed since
	records int       // to be read
	written int       // to be created or updated
	since   time.Time // of a step that is not full: before what changed
}

// The steps in their order. All changed comes last, for an incremental run
// after it would read everything again: it begins before the last change.
const (
	stepFirst     = "first load"
	stepUnchanged = "full, nothing changed"
	stepOneIn100  = "1 % changed, incremental"
	stepAll       = "full, all changed"

	// stepThousand changes as many leads whatever the number of leads.
	stepThousand = "1,000 changed, incremental"
	stepIdle     = "nothing changed, incremental"
)

const thousand = 1000

// prepare brings the CRM into the state that a step begins with.
func prepare(ctx context.Context, s *sandbox, title string) (step, error) {
	leads, err := s.leads(ctx)
	if err != nil {
		return step{}, err
	}
	st := step{title: title, full: title != stepOneIn100 && title != stepThousand && title != stepIdle, records: leads}
	switch title {
	case stepIdle:
		st.since, st.records = time.Now(), 0
	case stepFirst:
		st.written = leads
	case stepOneIn100, stepThousand:
		changes := leads / 100
		if title == stepThousand {
			changes = min(thousand, leads)
		}
		st.since = time.Now()
		st.written, err = changeLater(ctx, s, changes)
		st.records = st.written
	case stepAll:
		st.written, err = changeLater(ctx, s, leads)
	}
	return st, err
}

// changeLater changes leads in a second in which none was changed before. The
// CRM tells times to the second, so that a lead which changes twice in one can
// end as it was.
func changeLater(ctx context.Context, s *sandbox, n int) (int, error) {
	now := time.Now()
	if err := (crm.SystemClock{}).Wait(ctx, now.Truncate(time.Second).Add(time.Second).Sub(now)); err != nil {
		return 0, err
	}
	return s.change(ctx, n)
}
