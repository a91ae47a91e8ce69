package athena

import (
	"fmt"
	"math"

	"github.com/warren-sync/warren/internal/client/words"
)

// size writes a number of bytes for people, in the units that AWS bills by.
func size(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}} {
		if n >= unit.bytes {
			return fmt.Sprintf("%g %s", math.Round(float64(n)/float64(unit.bytes)*10)/10, unit.name)
		}
	}
	return words.Count(int(n), "byte")
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
