package athena

import (
	"errors"
	"strconv"
)

// Nth is one query, counted from when the traps were set, or all. The zero Nth
// is none.
type Nth struct {
	All    bool
	Number int // from 1
}

const nthHelp = " (2: the second from now; without a value: every one)"

func parseNth(text string) (Nth, error) {
	if text == "" || text == "all" {
		return Nth{All: true}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return Nth{}, errors.New("must be the number of a query, from 1, or all")
	}
	return Nth{Number: n}, nil
}

func (n Nth) String() string {
	if n.All {
		return "all"
	}
	return strconv.Itoa(n.Number)
}

func (n Nth) strikes(number int) bool { return n.All || n.Number == number }
