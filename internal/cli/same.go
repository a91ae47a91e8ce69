package cli

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/app"
)

// printSame names the streams of the account whose failure is the one that was told
// of r, whether they were asked or not. They are told with --quiet too.
func (c *command) printSame(results []app.Result, r app.Result) {
	var asked, not []string
	for _, other := range results {
		switch {
		case other.SameAs != r.ID:
		case other.Begun():
			asked = append(asked, other.ID.Stream)
		default:
			not = append(not, other.ID.Stream)
		}
	}
	others := func(streams []string) string {
		return fmt.Sprintf("%s of %s %s", count(int64(len(streams)), "other stream"), r.ID.Source,
			map[bool]string{true: "was", false: "were"}[len(streams) == 1])
	}
	if len(asked) > 0 {
		c.tell("  %s asked at the same time and failed for the same reason: %s.", others(asked), strings.Join(asked, ", "))
	}
	if len(not) > 0 {
		c.tell("  %s not asked, since the answer would be the same: %s.", others(not), strings.Join(not, ", "))
	}
}

// toldElsewhere reports whether what went wrong is told of another stream.
func toldElsewhere(r app.Result) bool { return r.SameAs.Source != "" }
