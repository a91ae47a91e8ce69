package salespro

import (
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/people"
)

var metrics = [...]string{"Estimate Created", "Estimate Sent", "Price Presented", "Contract Signed", "App Opened", "Photo Added"}

var priceTypes = [...]string{"One Year Price", "30 Day Price", "Today Price"}

// twinEvery is how often a row of user_activity is the one before once more.
const twinEvery = 4999

func isTwin(row int) bool { return row%twinEvery == 17 }

func (w *writer) activity(s spot) {
	r := w.content(s)
	metric := r.Below(len(metrics))
	w.put(table.Time(s.created))
	w.repID(r.Below(w.cfg.reps()))
	w.company()
	w.build(func(dst []byte) []byte { return appendUUID(dst, &r) })
	w.customerID(w.customerOf(r.Below(1 << 30)))
	w.maybe(&r, people.Of(&r, remarks[:]))
	w.text(metrics[metric])
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, w.def.number, s.row) })
	if metric == 2 {
		w.text(people.Of(&r, priceTypes[:]))
		w.put(table.Double(float64(500_000+r.Below(9_500_000)) / 100))
	} else {
		w.null()
		w.null()
	}
	w.put(table.Int(int64(s.row + 1)))
}
