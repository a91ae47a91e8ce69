package salespro

import "github.com/warren-sync/warren/internal/sandbox/people"

// companyName is the customer of the vendor whose share this is.
const companyName = `Summit "A+" Exteriors, LLC`

var officeNames = [...]string{"Akron HQ", "Provo, Utah", "San José", "Fort Worth – North", "Tampa", `Orlando "East"`, "Coeur d'Alene"}

// company writes company_id and company_name.
func (w *writer) company() {
	w.text(w.companyID())
	w.text(companyName)
}

func (w *writer) companyID() string {
	return id(w.cfg.Seed, drawCompany, 0)
}

// office writes office_id and office_name.
func (w *writer) office(n int) {
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawOffice, n) })
	w.text(officeNames[n])
}

func (w *writer) repID(n int) {
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawRep, n) })
}

func (c *Config) repName(n int) people.Name {
	r := people.NewRand(c.Seed, drawRep, uint64(n), 1)
	return people.NewName(&r, people.UnitedStates)
}

// customerID writes the id that the n-th customer is known by: its own, now and
// then NULL, ” or that of the customer before.
func (w *writer) customerID(n int) {
	r := people.NewRand(w.cfg.Seed, drawCustomerShape, uint64(n))
	switch shape := r.Below(100); {
	case shape < 3:
		w.null()
		return
	case shape < 6:
		w.text("")
		return
	case shape < 8 && n > 0:
		n--
	}
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawCustomerID, n) })
}

// person returns who the n-th customer is and where they live.
func (c *Config) person(n int) (people.Name, *people.Place, people.Rand) {
	r := people.NewRand(c.Seed, drawPerson, uint64(n))
	place := people.NewPlace(&r)
	return people.NewName(&r, place.Country), place, r
}

// customerOf returns the customer that the n-th row of another table is about.
func (w *writer) customerOf(n int) int { return n % max(1, w.counts[Customer]) }

// estimateOf returns the estimate that the n-th row of another table is about.
func (w *writer) estimateOf(n int) int { return n % max(1, w.counts[Estimate]) }

func (w *writer) estimateID(n int) {
	w.build(func(dst []byte) []byte { return appendID(dst, w.cfg.Seed, drawEstimateID, n) })
}
