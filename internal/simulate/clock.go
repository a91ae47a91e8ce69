package simulate

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// crmClock is the clock of the source's servers. It is wrong by skew, and
// with jump each look at it is off by up to half a second, forwards or
// backwards, as where several servers answer.
type crmClock struct {
	crm.Clock

	skew time.Duration
	jump bool
}

// Now returns what the server that is asked believes. The same instant always
// gives the same answer.
func (c crmClock) Now() time.Time {
	now := c.Clock.Now()
	if c.jump {
		h := fnv.New32a()
		_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, uint64(now.UnixNano()))) // never fails
		now = now.Add(time.Duration(int64(h.Sum32()%1000)-500) * time.Millisecond)
	}
	return now.Add(c.skew)
}
