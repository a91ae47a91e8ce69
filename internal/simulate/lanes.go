package simulate

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/faults"
)

// What happens at the same instant of virtual time happens in an order that
// nobody can foretell. So there are lanes: whoever waits in one wakes at an
// instant whose nanoseconds, divided by laneCount, leave the lane's number. Two
// lanes never wake together, and in one lane there is one goroutine at a time.
const laneCount = 32

// The lanes of one process.
const (
	laneWire  = iota // calls of the source
	laneTx           // transactions: batches, the beginning and the end of a run
	laneLook         // lookups beside them
	laneBeat         // signs of life
	laneSetup        // the rest, done before a run's goroutines begin
	lanesOfProcess
)

// lane is one of them.
type lane struct {
	number      int64
	clock       crm.Clock
	seed        uint64
	least, most time.Duration
}

// wait lets an operation of the lane take its time. How long follows from when
// it begins, and not from how many came before it: who is told to stop at the
// very instant in which it would begin may have begun or not.
func (l *lane) wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	now := dice{rand.New(rand.NewPCG(l.seed, uint64(l.clock.Now().UnixNano())))}
	return l.sleep(ctx, now.span(l.least, l.most))
}

// sleep waits for at least d.
func (l *lane) sleep(ctx context.Context, d time.Duration) error {
	now := l.clock.Now().UnixNano()
	wake := (now+int64(d))/laneCount*laneCount + laneCount + l.number
	return l.clock.Wait(ctx, time.Duration(wake-now))
}

// lanes are those of one process.
type lanes [lanesOfProcess]lane

func newLanes(seed uint64, first int, clock crm.Clock) *lanes {
	l := &lanes{}
	for i := range l {
		l[i] = lane{
			number: int64(first + i), clock: clock, seed: newDice(seed, "lane "+string(rune('a'+i))).Uint64(),
			least: 20 * time.Microsecond, most: 20 * time.Millisecond,
		}
	}
	l[laneWire].least, l[laneWire].most = 10*time.Millisecond, time.Second
	return l
}

// pace is where an operation of the store waits: faults.Driver calls it.
func (l *lanes) pace(ctx context.Context, op faults.Op) error {
	number := laneSetup
	switch {
	case op.InTx || op.Kind == faults.Begin:
		number = laneTx
	case op.Kind == faults.Look:
		number = laneLook
	case op.Kind == faults.Clock || op.Kind == faults.Exec:
		number = laneBeat
	}
	return l[number].wait(ctx)
}

// chance is what a connector leaves to chance: it follows from when it is asked, for
// several may ask in an order of which no seed decides.
func (l *lane) chance() float64 {
	return rand.New(rand.NewPCG(l.seed^chanceSeed, uint64(l.clock.Now().UnixNano()))).Float64()
}

const chanceSeed = 0xc4a7ce

// inLane is the clock of whoever works in a lane.
type inLane struct {
	crm.Clock

	lane *lane
}

// Wait waits for at least d.
func (c inLane) Wait(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil || d <= 0 {
		return c.Clock.Wait(ctx, d)
	}
	return c.lane.sleep(ctx, d)
}
