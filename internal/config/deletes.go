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

// deletes is what sync says of rows that are gone, with a flag over it: what
// holds for streams that say nothing themselves.
func (l *loader) deletes() crm.DeletePolicy {
	p := crm.DeletePolicy{How: crm.DeletesSoft, Limit: DefaultDeleteLimit}
	p = l.laidOver(p, &l.file.Sync.deleteKeys)
	l.flagDeleteLimit(&p)
	return p
}

// streamDeletes is what holds for a stream.
func (l *loader) streamDeletes(own *deleteKeys) crm.DeletePolicy {
	p := l.laidOver(l.general, own)
	if l.in.Overrides.DeleteLimit != "" {
		p.Limit = l.general.Limit
	}
	return p
}

// deletesOf is what holds for a stream, be it a snapshot.
func (l *loader) deletesOf(stream *crm.Stream, change *named[streamKeys]) crm.DeletePolicy {
	own := &change.value.deleteKeys
	if stream.Snapshot {
		if set := own.Deletes; set.set {
			l.mistakes.inFile(set.at, problem{set.at.Path + ": the table of " + stream.Name + " is replaced whole", "Take it out; delete_limit says by how much the table may shrink at once."})
		}
		p := l.streamDeletes(&deleteKeys{DeleteLimit: own.DeleteLimit})
		p.How = crm.DeletesHard
		return p
	}
	return l.streamDeletes(own)
}

// laidOver lays the keys of the file over a policy.
func (l *loader) laidOver(p crm.DeletePolicy, keys *deleteKeys) crm.DeletePolicy {
	p.How = crm.Deletes(keys.Deletes.or(string(p.How)))
	set := &keys.DeleteLimit
	if !set.set {
		return p
	}
	limit, ok := parseShare(set.v)
	if !ok {
		shown := quote(set.v)
		if set.variable {
			shown = "the value" // of an environment variable (L8)
		}
		l.mistakes.inFile(set.at, problem{set.at.Path + ": " + shown + " is not a share", shareFix})
		return p
	}
	p.Limit = limit
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

func (l *loader) flagDeleteLimit(p *crm.DeletePolicy) {
	text := l.in.Overrides.DeleteLimit
	if text == "" {
		return
	}
	limit, ok := parseShare(text)
	if !ok {
		l.mistakes.inFlag("--delete-limit", problem{quote(text) + " is not a share", shareFix})
		return
	}
	p.Limit = limit
}
