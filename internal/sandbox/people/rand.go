package people

import "math/bits"

// Rand is a small, fast stream of random numbers (splitmix64). It is a value:
// a copy goes on from where the original stood. It is not for secrets.
type Rand struct{ state uint64 }

// NewRand returns the stream that belongs to these numbers in this order.
func NewRand(parts ...uint64) Rand {
	r := Rand{state: 0x5eed}
	for _, p := range parts {
		r.state = r.Uint64() ^ p
	}
	r.Uint64()
	return r
}

// Uint64 returns the next 64 random bits.
func (r *Rand) Uint64() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below returns a number from 0 to n-1; 0 when n is not positive.
func (r *Rand) Below(n int) int {
	if n <= 0 {
		return 0
	}
	high, _ := bits.Mul64(r.Uint64(), uint64(n))
	return int(high)
}

// Share returns a number from 0 up to, but not including, 1.
func (r *Rand) Share() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// Percent is true n times out of a hundred.
func (r *Rand) Percent(n int) bool { return r.Below(100) < n }

// Of returns one of list, which must not be empty.
func Of[T any](r *Rand, list []T) T { return list[r.Below(len(list))] }
