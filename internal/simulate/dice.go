package simulate

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// dice is the chance of one actor. Actors do not share dice: what one of them
// does must not depend on how often another one has thrown.
type dice struct{ *rand.Rand }

func newDice(seed uint64, who string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(who)) // never fails
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// chance is true in so many cases of a hundred.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// between returns a number from least to most.
func (d dice) between(least, most int) int { return least + d.IntN(most-least+1) }

// span returns a time from least to most, as often of one order of magnitude
// as of another.
func (d dice) span(least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), d.Float64()))
}

// one returns one of the choices.
func one[T any](d dice, choices ...T) T { return choices[d.IntN(len(choices))] }
