package hubspot

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// maker appends the value of a property as it stands between the quotes of a
// JSON string; false means that the record has none.
type maker func(dst []byte, d *drawing) ([]byte, bool)

// drawing is what a value is made of.
type drawing struct {
	cfg   *Config
	e     *entry
	dirty float64 // the share of senseless values
	p     *property
	rand  people.Rand // of this record, property and generation
}

// The purposes for which random numbers are drawn.
const (
	drawState = iota + 1
	drawIdentity
	drawValue
	drawDirty
	drawPick
	drawLag
	drawOutside
	drawOrder
	drawShuffle
	drawLink
	drawOwner
	drawEvent
)

// person returns who the record is about: the same for all its properties.
func (d *drawing) person() (people.Name, *people.Place) {
	r := people.NewRand(d.cfg.Seed, drawIdentity, uint64(d.e.kind.number), uint64(d.e.origin))
	place := people.NewPlace(&r)
	name := people.NewName(&r, place.Country)
	return name, place
}

func makeID(dst []byte, d *drawing) ([]byte, bool) { return strconv.AppendInt(dst, d.e.id, 10), true }

func makeCreated(dst []byte, d *drawing) ([]byte, bool) { return appendISO(dst, d.e.created), true }

func makeModified(dst []byte, d *drawing) ([]byte, bool) { return appendISO(dst, d.e.modified), true }

func makeMerged(dst []byte, d *drawing) ([]byte, bool) {
	if d.e.over == nil || len(d.e.over.merged) == 0 {
		return dst, false
	}
	for i, id := range d.e.over.merged {
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = strconv.AppendInt(dst, id, 10)
	}
	return dst, true
}

// makeMergedPairs is the older way to tell of merges: id:timestamp pairs.
func makeMergedPairs(dst []byte, d *drawing) ([]byte, bool) {
	if d.e.over == nil || len(d.e.over.merged) == 0 {
		return dst, false
	}
	for i, id := range d.e.over.merged {
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = append(strconv.AppendInt(dst, id, 10), ':')
		dst = strconv.AppendInt(dst, d.e.modified, 10)
	}
	return dst, true
}

func makeImported(dst []byte, d *drawing) ([]byte, bool) {
	return append(dst, "true"...), d.e.imported
}

func makeExternalID(dst []byte, d *drawing) ([]byte, bool) {
	return strconv.AppendUint(append(dst, "EXT-"...), uint64(d.e.origin)+1, 10), true
}

func makeOwner(dst []byte, d *drawing) ([]byte, bool) {
	if d.rand.Percent(5) {
		return dst, false
	}
	return strconv.AppendInt(dst, ownerID(d.rand.Below(d.cfg.Owners)), 10), true
}

func makeFirstName(dst []byte, d *drawing) ([]byte, bool) {
	name, _ := d.person()
	return append(dst, name.First...), true
}

func makeLastName(dst []byte, d *drawing) ([]byte, bool) {
	name, _ := d.person()
	return append(dst, name.Last...), true
}

// makeMail makes an address that no other record of the type has; one in ten
// has none.
func makeMail(dst []byte, d *drawing) ([]byte, bool) {
	if d.rand.Percent(10) {
		return dst, false
	}
	name, _ := d.person()
	dst = append(append(append(dst, name.MailFirst...), '.'), name.MailLast...)
	return append(strconv.AppendUint(append(dst, '.'), uint64(d.e.origin), 10), "@example.com"...), true
}

func makePhone(dst []byte, d *drawing) ([]byte, bool) {
	if d.rand.Percent(15) {
		return dst, false
	}
	_, place := d.person()
	return place.AppendPhone(dst, &d.rand), true
}

func makeStreet(dst []byte, d *drawing) ([]byte, bool) {
	_, place := d.person()
	return place.AppendStreet(dst, &d.rand), true
}

func makeZip(dst []byte, d *drawing) ([]byte, bool) {
	_, place := d.person()
	return place.AppendZip(dst, &d.rand), true
}

func makeCity(dst []byte, d *drawing) ([]byte, bool) {
	_, place := d.person()
	return append(dst, place.City...), true
}

func makeState(dst []byte, d *drawing) ([]byte, bool) {
	_, place := d.person()
	return append(dst, place.State...), true
}

func makeCountry(dst []byte, d *drawing) ([]byte, bool) {
	_, place := d.person()
	return append(dst, place.CountryName...), true
}

func makeCompany(dst []byte, d *drawing) ([]byte, bool) {
	name, place := d.person()
	return append(append(append(append(dst, name.Last...), " Roofing of "...), place.City...), ", Inc."...), true
}

func makeDomain(dst []byte, d *drawing) ([]byte, bool) {
	name, _ := d.person()
	dst = append(append(dst, name.MailLast...), '-')
	return append(strconv.AppendUint(dst, uint64(d.e.origin), 10), ".example.com"...), true
}

func makeDealName(dst []byte, d *drawing) ([]byte, bool) {
	name, place := d.person()
	return append(append(append(append(dst, name.Last...), " - "...), place.City...), " bath"...), true
}

// makerOf returns the maker for properties that have none of their own.
func makerOf(f form) maker {
	switch f.typ {
	case "number":
		return makeNumber
	case "date":
		return makeDate
	case "datetime":
		return makeTime
	case "bool":
		return makeBool
	case "json":
		return makeJSON
	case "enumeration":
		if f.field == "checkbox" {
			return makeChoices
		}
		return makeChoice
	}
	if f.field == "textarea" {
		return makeRemark
	}
	return makeWords
}

func makeNumber(dst []byte, d *drawing) ([]byte, bool) {
	switch n := d.rand.Below(10); {
	case n < 3:
		return dst, false
	case n < 8:
		return strconv.AppendInt(dst, int64(d.rand.Below(90_000)), 10), true
	}
	dst = strconv.AppendInt(dst, int64(d.rand.Below(90_000)), 10)
	return strconv.AppendInt(append(dst, '.'), int64(10+d.rand.Below(90)), 10), true
}

func (d *drawing) instant() time.Time {
	return d.cfg.Start.Add(-time.Duration(d.rand.Below(int(history/time.Millisecond))) * time.Millisecond).UTC()
}

func makeDate(dst []byte, d *drawing) ([]byte, bool) {
	if d.rand.Percent(40) {
		return dst, false
	}
	return d.instant().AppendFormat(dst, time.DateOnly), true
}

// makeTime writes instants as ISO; those of one property in five always come as
// epoch milliseconds.
func makeTime(dst []byte, d *drawing) ([]byte, bool) {
	if d.rand.Percent(40) {
		return dst, false
	}
	at := d.instant()
	if d.p.company && d.p.key%5 == 0 {
		return strconv.AppendInt(dst, at.UnixMilli(), 10), true
	}
	return at.AppendFormat(dst, isoLayout), true
}

func makeBool(dst []byte, d *drawing) ([]byte, bool) {
	switch n := d.rand.Below(10); {
	case n < 3:
		return dst, false
	case n < 4:
		return dst, true // a box that was cleared
	}
	return strconv.AppendBool(dst, d.rand.Percent(60)), true
}

func makeChoice(dst []byte, d *drawing) ([]byte, bool) {
	if len(d.p.options) == 0 || d.rand.Percent(20) {
		return dst, false
	}
	return append(dst, people.Of(&d.rand, d.p.options)...), true
}

func makeChoices(dst []byte, d *drawing) ([]byte, bool) {
	start := len(dst)
	for _, option := range d.p.options {
		if !d.rand.Percent(35) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ';')
		}
		dst = append(dst, option...)
	}
	return dst, len(dst) > start
}

func makeJSON(dst []byte, d *drawing) ([]byte, bool) {
	dst = strconv.AppendInt(append(dst, `{\"source\":\"web\",\"score\":`...), int64(d.rand.Below(100)), 10)
	return append(dst, '}'), d.rand.Percent(50)
}

var words = [...]string{"Facebook", "Door to door", "Referral", "Home show", "Radio 98.7", "Mailer #4", "O'Brien & Sons", "Übergabe", "50% off", "N/A"}

func makeWords(dst []byte, d *drawing) ([]byte, bool) {
	switch n := d.rand.Below(20); {
	case n < 6:
		return dst, false
	case n < 7:
		return dst, true // cleared
	}
	dst = append(append(dst, people.Of(&d.rand, words[:])...), ' ')
	return strconv.AppendInt(dst, int64(d.rand.Below(10_000)), 10), true
}

var remarks = [...]string{
	"Wants to see numbers for last summer before deciding anything.",
	"Said \\\"not now\\\", but took the flyer. Try again after tax season.",
	"Rescheduled twice.\\nCall before coming by.",
	"Habla español, llamar después de las 4 👍",
	"Form is at C:\\\\Forms\\\\HOA.pdf on the office machine; see line 2.",
}

func makeRemark(dst []byte, d *drawing) ([]byte, bool) {
	if d.rand.Percent(40) {
		return dst, false
	}
	return append(dst, people.Of(&d.rand, remarks[:])...), true
}
