package wire

import (
	"errors"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/people"
	"github.com/warren-sync/warren/internal/sandbox/trap"
)

// When says which calls a fault strikes. The zero When strikes none.
type When struct {
	Every int     // every so-many-th call of all
	Share float64 // calls by chance: 0.01 strikes one in a hundred
	Page  int     // the calls for the page of that number, on every route
	Tries int     // only the first so many calls for Page; 0 means always
}

const whenHelp = " (10: every 10th call; 0.01: one in a hundred; page:3: the first call for page 3; page:3:2: the first two; page:3:always)"

// ParseWhen reads a When as the list of traps has it: 10 for every tenth call,
// 0.01 for one in a hundred, page:3 for the first call for page 3, page:3:2 for
// the first two, page:3:always for all.
func ParseWhen(text string) (When, error) {
	bad := errors.New("must be such as 10, 0.01, page:3, page:3:2 or page:3:always")
	if rest, paged := strings.CutPrefix(text, "page:"); paged {
		page, tries, limited := strings.Cut(rest, ":")
		w := When{Tries: 1}
		var err error
		if w.Page, err = strconv.Atoi(page); err != nil || w.Page < 1 {
			return When{}, bad
		}
		switch {
		case tries == "always":
			w.Tries = 0
		case limited:
			if w.Tries, err = strconv.Atoi(tries); err != nil || w.Tries < 1 {
				return When{}, bad
			}
		}
		return w, nil
	}
	if every, err := strconv.Atoi(text); err == nil && every >= 1 {
		return When{Every: every}, nil
	}
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share > 0 && share <= 1) {
		return When{}, bad
	}
	return When{Share: share}, nil
}

// String writes w so that ParseWhen reads it.
func (w When) String() string {
	switch {
	case w.Page > 0 && w.Tries == 0:
		return "page:" + strconv.Itoa(w.Page) + ":always"
	case w.Page > 0 && w.Tries == 1:
		return "page:" + strconv.Itoa(w.Page)
	case w.Page > 0:
		return "page:" + strconv.Itoa(w.Page) + ":" + strconv.Itoa(w.Tries)
	case w.Every > 0:
		return strconv.Itoa(w.Every)
	case w.Share > 0:
		text := strconv.FormatFloat(w.Share, 'g', -1, 64)
		if text == "1" {
			return "1.0"
		}
		return text
	}
	return "off"
}

// call is what a When looks at.
type call struct {
	number int // 1 for the first call of all
	page   int // as asked for; 1 when none was
	try    int // 1 for the first call for this page of this route
	seed   uint64
}

// strikes reports whether w hits the call; fault tells apart the faults that
// strike by chance.
func (w When) strikes(c call, fault uint64) bool {
	switch {
	case w.Page > 0:
		return c.page == w.Page && (w.Tries == 0 || c.try <= w.Tries)
	case w.Every > 0:
		return c.number%w.Every == 0
	case w.Share > 0:
		r := people.NewRand(c.seed, uint64(c.number), fault)
		return r.Share() < w.Share
	}
	return false
}

// WhenDef declares a switch whose value is a When.
func WhenDef[T any](name, help string, field func(*T) *When) trap.Def[T] {
	return trap.Of(name, help+whenHelp, field, ParseWhen, When.String)
}
