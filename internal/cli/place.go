package cli

import (
	"errors"
	"math"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// place is what SOURCE [STREAM] selects in the ledger.
type place struct {
	ledger.Filter
	unknown error // why nothing can be there; nil if something can
}

// oneMore asks for a row more than are to be listed, to know whether there are more, and
// returns how many those are; 0 for all.
func (p *place) oneMore() (most int) {
	most = p.Limit
	if most > 0 && most < math.MaxInt {
		p.Limit++
	}
	return most
}

// cutAt returns the rows to list, and whether there are more.
func cutAt[T any](rows []T, most int) ([]T, bool) {
	if most > 0 && len(rows) > most {
		return rows[:most], true
	}
	return rows, false
}

// placeOf resolves the arguments. A name that the configuration does not know
// may still be in the ledger, from before: only when nothing is found is it a
// mistake.
func placeOf(a *app.App, args []string) place {
	var p place
	if len(args) > 0 {
		p.Source = args[0]
	}
	if len(args) > 1 {
		p.Stream = args[1]
	}
	if p.Source == "" {
		return p
	}
	id, err := a.Find(p.Source, p.Stream)
	var e *crm.Error
	if errors.As(err, &e) {
		p.unknown = err
		return p
	}
	p.Source, p.Stream = id.Source, id.Stream
	return p
}

// nothing says that a list is empty, and why it may be.
func (c *command) nothing(a *app.App, exists bool, what string) {
	if !exists {
		c.printf("There is no warehouse yet at %s: the first warren sync makes it.\n", a.Config.Database)
		return
	}
	c.printf("%s\n", what)
}
