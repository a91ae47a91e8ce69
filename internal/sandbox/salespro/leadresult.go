package salespro

import (
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// What representatives enter as the result of an appointment.
var appointmentResults = [...]string{"Sold", "-Demo Not Sold", "No Demo", "One Leg", "-Undecided", "Reset"}

var objections = [...]string{"Price", "Needs to think about it", "Wants 3 bids", "N/A", "-", "Spouse not home \\\"again\\\""}

var prices = [...]string{`"$33,000"`, `"about 5000"`, `"12,499.00"`, `18250`, `"18250.50"`, `""`, `null`, `"$9,999 - $12,000"`, `"n/a"`}

var preferences = [...]string{"Finance", "Cash \\u0026 Check", "Credit Card ", "None"}

// leadResult is one version of what is known of an appointment. Rows beyond the
// number of estimates are further versions.
func (w *writer) leadResult(s spot) {
	r := w.content(s)
	w.estimateID(w.estimateOf(s.row))
	w.text(w.companyID())
	switch n := r.Below(200); n {
	case 0:
		w.null()
	case 1:
		w.text("")
	case 2:
		w.text("null")
	case 3:
		w.text(`{"title":"Appointment Result","value":"Sold"}`) // no array
	case 4, 5:
		w.build(func(dst []byte) []byte { // cut off
			from := len(dst)
			dst = appendResults(dst, &r)
			return dst[:from+(len(dst)-from)/2]
		})
	default:
		w.build(func(dst []byte) []byte { return appendResults(dst, &r) })
	}
	w.times(s)
}

// appendResults appends the array of titles and values.
func appendResults(dst []byte, r *people.Rand) []byte {
	dst = appendResult(append(dst, '['), `Appointment Result`, quoted(people.Of(r, appointmentResults[:])))
	if r.Percent(60) {
		dst = appendResult(append(dst, ','), `Result Reason - Demo Not Sold (objection)`, quoted(people.Of(r, objections[:])))
	}
	if r.Percent(20) {
		dst = appendResult(append(dst, ','), `Result Reason - No Demo (REQUIRES SALES MANGER APPROVAL)`, `"No show"`)
	}
	dst = appendResult(append(dst, ','), `Both Homeowners Present?`, quoted([]string{"Yes", "No", "yes", ""}[r.Below(4)]))
	dst = appendResult(append(dst, ','), `One Year Price`, people.Of(r, prices[:]))
	dst = appendResult(append(dst, ','), `Last Price Offered`, people.Of(r, prices[:]))
	preferred := `Preferred Payment`
	if r.Percent(40) {
		preferred += ` `
	}
	dst = appendResult(append(dst, ','), preferred, quoted(people.Of(r, preferences[:])))
	if r.Percent(30) {
		dst = appendResult(append(dst, ','), `Roof \u0026 Gutter Condition `, `"`+strconv.Itoa(1+r.Below(10))+`/10"`)
	}
	if r.Percent(50) {
		dst = appendResult(append(dst, ','), `Notes`, strconv.Quote(people.Of(r, remarks[:])))
	}
	return append(dst, ']')
}

func quoted(s string) string { return `"` + s + `"` }

func appendResult(dst []byte, title, value string) []byte {
	dst = append(append(dst, `{"title":"`...), title...)
	dst = append(append(dst, `","value":`...), value...)
	return append(dst, '}')
}
