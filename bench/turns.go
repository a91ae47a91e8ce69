package main

// turns are what a contender took for the same step in several rounds; one at
// least.
type turns []result

func wallSeconds(r result) float64 { return r.Wall.Seconds() }
func cpuSeconds(r result) float64  { return r.CPU.Seconds() }
func peakMiB(r result) float64     { return float64(r.Peak) / (1 << 20) }
func calls(r result) float64       { return float64(r.Calls) }

// millisecondsEach returns the wall time of each stream.
func millisecondsEach(r result) float64 { return 1000 * r.Wall.Seconds() / float64(max(1, r.Streams)) }

// each returns a figure of every round.
func (t turns) each(of func(result) float64) []float64 {
	list := make([]float64, len(t))
	for i, one := range t {
		list[i] = of(one)
	}
	return list
}

// middle returns the figure's median, with so many decimals.
func (t turns) middle(of func(result) float64, places int) string {
	return decimal(median(t.each(of)), places)
}

// server returns the CPU seconds of the database server; "" where there is none.
func (t turns) server() string {
	if t[0].Database != onPostgres {
		return ""
	}
	return t.middle(func(r result) float64 { return r.Server.Seconds() }, 2)
}

// wal returns the MiB that the server wrote ahead; "" where there is none.
func (t turns) wal() string {
	if t[0].Database != onPostgres {
		return ""
	}
	return t.middle(func(r result) float64 { return float64(r.WAL) / (1 << 20) }, 1)
}

// others returns the percentage of all CPUs that other processes took; "" where
// the system does not tell.
func (t turns) others() string {
	if t[0].Others < 0 {
		return ""
	}
	return t.middle(func(r result) float64 { return 100 * r.Others }, 0)
}
