package salespro

import (
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/people"
)

// What people write into free fields: quotes, commas, line breaks, other
// alphabets.
var remarks = [...]string{
	"Spoke with the wife, husband is home after 6.",
	`Said "not now", but took the flyer.`,
	"Gate code #4411\nDog in the yard - careful!",
	"Habla español. Llamar después de las 4.",
	"Wants café-style awning quote too — pass to the other team 👍",
	`Windows 36" x 54", 7 pcs, "cream" trim`,
	"Called 3x,\r\nleft voicemail",
	"  leading and trailing blanks  ",
	"Ключ у соседа",
	"50% deposit; rest on completion \\ net 30",
}

var sources = [...]string{"SalesRabbit", "HubSpot", "salesrabbit ", "MarketSharp", "Web"}

func (w *writer) customer(s spot) {
	who, _, _ := w.cfg.person(s.row)
	r := w.content(s)
	w.customerID(s.row)
	w.estimateID(w.estimateOf(s.row))
	w.company()
	w.maybe(&r, who.First)
	w.text(who.Last)
	w.maybe(&r, people.Of(&r, sources[:]))
	if r.Percent(60) {
		w.text(strconv.Itoa(10_000_001 + s.row))
	} else {
		w.null()
	}
	w.times(s)
}

var jobs = [...]string{"Roofing", "Siding & Gutters", `Windows, 7'6"`, "Solar – full", "Bath Remodel", "Insulation"}

var banks = [...]string{"GreenSky", "Service Finance Company, LLC", "Wells Fargo", "Mosaic"}

func (w *writer) estimate(s spot) {
	customer := w.customerOf(s.row)
	who, place, home := w.cfg.person(customer)
	fixed, r := w.identity(s.row), w.content(s)
	rep := fixed.Below(w.cfg.reps())
	name := w.cfg.repName(rep)
	w.estimateID(s.row)
	w.company()
	w.office(rep % offices)
	w.repID(rep)
	w.text(name.First)
	w.text(name.Last)
	w.customerID(customer)
	w.text(who.First)
	w.text(who.Last)
	w.build(func(dst []byte) []byte { return place.AppendStreet(dst, &home) })
	w.text(place.City)
	w.text(place.State)
	w.build(func(dst []byte) []byte { return place.AppendZip(dst, &home) })
	sold, financed := r.Percent(35), r.Percent(40)
	if sold {
		w.money(100*(2000+r.Below(60_000))+50*r.Below(2), 2)
	} else {
		w.null()
	}
	w.put(table.Bool(sold))
	w.maybe(&r, people.Of(&r, jobs[:]))
	if financed {
		w.put(table.Double(float64(r.Below(9_000_000)) / 4))
		w.text(people.Of(&r, banks[:]))
		w.text(strconv.Itoa(60*(1+r.Below(4))) + " months @ " + strconv.Itoa(r.Below(12)) + ".99%")
		w.money(100*r.Below(5000), 4)
	} else {
		w.null()
		w.null()
		w.text("")
		w.null()
	}
	w.put(table.Bool(financed))
	w.put(table.Int(int64(r.Below(12))))
	w.times(s)
}

var creditStates = [...]string{"approved", "Approved", "declined", "pending", "PENDING ", "expired"}

func (w *writer) credit(s spot) {
	fixed, r := w.identity(s.row), w.content(s)
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawCreditID, s.row) })
	w.company()
	w.repID(fixed.Below(w.cfg.reps()))
	w.customerID(w.customerOf(fixed.Below(1 << 30)))
	w.text(people.Of(&fixed, banks[:]))
	w.build(func(dst []byte) []byte { return appendUUID(dst, &fixed) })
	w.money(100*(500+r.Below(80_000)), 2)
	w.text(people.Of(&r, creditStates[:]))
	w.maybe(&r, people.Of(&r, remarks[:]))
	w.times(s)
}

var payments = [...]string{"Credit Card", "Check", "Cash", "ACH", "Finance"}

func (w *writer) payment(s spot) {
	fixed, r := w.identity(s.row), w.content(s)
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawPaymentID, s.row) })
	w.company()
	w.customerID(w.customerOf(fixed.Below(1 << 30)))
	cents := 100*(50+r.Below(20_000)) + r.Below(100)*r.Below(2)
	if r.Percent(4) {
		cents = -cents // given back
	}
	w.money(cents, 2)
	w.text(people.Of(&r, payments[:]))
	w.maybe(&r, people.Of(&r, remarks[:]))
	w.put(table.Bool(r.Percent(93)))
	w.times(s)
}
