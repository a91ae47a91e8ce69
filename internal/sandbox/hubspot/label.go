package hubspot

import (
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// label is one kind of association between two types.
type label struct {
	category string
	typeID   int
	text     string // "": the one without a label
}

const (
	byHubSpot = "HUBSPOT_DEFINED"
	byUser    = "USER_DEFINED"
)

// labels returns the kinds of association from one type to another, the one
// without a label last.
func (a *Account) labels(from, to *table) []label {
	d, ok := a.links.rules[[2]*table{from, to}]
	if !ok {
		return []label{{byUser, 1000 + 64*from.number + to.number, ""}}
	}
	plain, primary := d.down, d.primaryDown
	if d.rising {
		plain, primary = d.up, d.primaryUp
	}
	category := byHubSpot
	if from.custom() || to.custom() {
		category = byUser
	}
	if primary == 0 {
		return []label{{category, plain, ""}}
	}
	return []label{{byUser, 700 + plain, "Decision maker"}, {byHubSpot, primary, "Primary"}, {category, plain, ""}}
}

// carried returns those of the labels that the association of two records has.
// One in ten is labelled by a user; the rest is as HubSpot makes it.
func (a *Account) carried(all []label, low, high int) []label {
	if len(all) == 1 {
		return all
	}
	r := people.NewRand(a.cfg.Seed, drawLink, uint64(low), uint64(high))
	if r.Percent(10) {
		return all
	}
	return all[1:]
}

func (l label) append(dst []byte) []byte {
	dst = append(append(dst, `{"category":"`...), l.category...)
	dst = strconv.AppendInt(append(dst, `","typeId":`...), int64(l.typeID), 10)
	dst = append(dst, `,"label":`...)
	if l.text == "" {
		return append(dst, "null}"...)
	}
	return append(appendText(dst, l.text), '}')
}
