package salespro

import (
	"math"
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/people"
)

var items = [...]string{"Shingle, architectural (sq)", "Drip edge", `Gutter 6" K-style`, "Ridge vent", "Window – double hung", "Labor & disposal"}

var units = [...]string{"sq ft", "linear ft", "each", "ea."}

func (w *writer) measure(s spot) {
	fixed, r := w.identity(s.row), w.content(s)
	w.times(s)
	w.estimateID(w.estimateOf(s.row))
	w.office(fixed.Below(offices))
	w.company()
	item := fixed.Below(len(items))
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawItemID, item) })
	w.text(items[item])
	w.money(25*r.Below(40_000), 2)
	w.put(table.Double(float64(r.Below(4000)) / 8))
	w.maybe(&r, people.Of(&fixed, trades[:]))
	w.text(people.Of(&r, units[:]))
}

var trades = [...]string{"Roofing", "Siding", "Gutters & Downspouts", "Windows"}

// copyEvery is how often a row of the price breakdown is the one before once
// more.
const copyEvery = 97

func isCopy(row int) bool { return row%copyEvery == 5 }

func (w *writer) breakdown(s spot) {
	r := w.content(s)
	w.put(table.Date(s.created))
	w.text(companyName)
	w.estimateID(w.estimateOf(s.row / 2))
	w.text(people.Of(&r, trades[:]))
	amount := strconv.Itoa(500 + r.Below(60_000))
	switch r.Below(12) {
	case 0:
		w.text("$" + amount + ".00")
	case 1:
		w.text("about " + amount)
	case 2:
		w.text("")
	case 3:
		w.null()
	default:
		w.text(amount + ".50")
	}
}

var quarters = [...]string{"", "North ", "South ", "East ", "West ", "Old ", "New ", "Upper "}

func (w *writer) hotspot(s spot) {
	fixed, r := w.identity(s.row), w.content(s)
	place := people.NewPlace(&fixed)
	w.company()
	w.text(place.State)
	w.text(people.Of(&fixed, quarters[:]) + place.City + " " + strconv.Itoa(s.row+1))
	estimates := r.Below(900) * min(1, r.Below(8))
	sales := r.Below(estimates/2 + 1)
	w.put(table.Int(int64(estimates)))
	w.put(table.Int(int64(sales)))
	w.put(table.Double(rate(sales, estimates))) // of no estimate at all it is no number
	if sales == 0 {
		w.null()
	} else {
		w.put(table.Double(float64(400_000+r.Below(4_000_000)) / 100))
	}
	w.put(table.Int(int64(1 + r.Below(30))))
}

func rate(part, whole int) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return float64(part) / float64(whole)
}
