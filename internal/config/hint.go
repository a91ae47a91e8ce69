package config

import (
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm/nearest"
)

// mostNamed bounds how many names a hint lists.
const mostNamed = 16

// hint tells the way from a wrong word to a right one: the name that was meant,
// or else the names there are.
func hint(word string, known []string) string {
	if s := nearest.Name(word, known); s != "" {
		return "did you mean " + strconv.Quote(s) + "?"
	}
	if len(known) == 0 {
		return "there is none to choose from"
	}
	if len(known) > mostNamed {
		return "known are " + strings.Join(known[:mostNamed], ", ") + " …"
	}
	return "known are " + strings.Join(known, ", ")
}
