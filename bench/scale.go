package main

import (
	"fmt"
	"math"
)

// scale is a logarithmic axis: whole powers of ten from the one to the other
// end.
type scale struct {
	low, high int // exponents
	from, to  float64
}

func newScale(values []float64, from, to float64) scale {
	sc := scale{low: math.MaxInt, high: math.MinInt, from: from, to: to}
	for _, v := range values {
		sc.low = min(sc.low, int(math.Floor(math.Log10(v))))
		sc.high = max(sc.high, int(math.Ceil(math.Log10(v))))
	}
	if sc.low >= sc.high {
		sc.high = sc.low + 1
	}
	return sc
}

// at returns where the value is.
func (sc scale) at(value float64) float64 {
	return sc.from + (sc.to-sc.from)*(math.Log10(value)-float64(sc.low))/float64(sc.high-sc.low)
}

func (sc scale) ticks() []float64 {
	var list []float64
	for exponent := sc.low; exponent <= sc.high; exponent++ {
		list = append(list, math.Pow10(exponent))
	}
	return list
}

// short returns the number as axes have it: 10k, 1M.
func short(n float64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%gM", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%gk", n/1e3)
	default:
		return fmt.Sprintf("%g", n)
	}
}
