package config

import (
	"math"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// DefaultDeleteLimit is the share of a table's rows that one run may mark as
// deleted.
const DefaultDeleteLimit = 0.2

// deletePolicy is what the stream's own keys say, then those for all streams;
// a flag wins over both.
func (l *loader) deletePolicy(own *deleteKeys) crm.DeletePolicy {
	all := &l.file.Sync.deleteKeys
	p := crm.DeletePolicy{
		How:   crm.Deletes(own.Deletes.or(all.Deletes.or(string(crm.DeletesSoft)))),
		Limit: DefaultDeleteLimit,
	}
	for _, set := range []*value[string]{&all.DeleteLimit, &own.DeleteLimit} {
		if !set.set {
			continue
		}
		limit, ok := parseShare(set.v)
		if !ok {
			l.mistakes.inFile(set.at, problem{set.at.Path + ": " + quote(set.v) + " is not a share", shareFix})
			continue
		}
		p.Limit = limit
	}
	if l.deleteLimit != nil {
		p.Limit = *l.deleteLimit
	}
	return p
}

const shareFix = "Write a share such as 20% or 0.2; 100% lifts the limit."

// parseShare reads a share such as 20% or 0.2.
func parseShare(text string) (float64, bool) {
	digits, percent := strings.CutSuffix(clean(text), "%")
	share, err := strconv.ParseFloat(clean(digits), 64)
	if percent {
		share /= 100
	}
	return share, err == nil && !math.IsNaN(share) && share >= 0 && share <= 1
}

func (l *loader) flagDeleteLimit() {
	text := l.in.Overrides.DeleteLimit
	if text == "" {
		return
	}
	limit, ok := parseShare(text)
	if !ok {
		l.mistakes.inFlag("--delete-limit", problem{quote(text) + " is not a share", shareFix})
		return
	}
	l.deleteLimit = &limit
}
