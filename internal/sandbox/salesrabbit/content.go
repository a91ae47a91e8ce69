package salesrabbit

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// remarks are what representatives write at the door, as JSON has them.
var remarks = [...]string{
	"Spoke with the wife, husband is home after 6. Wants to see numbers for last summer before deciding anything.",
	"Nobody home, left door hanger. Dog in the yard - careful!",
	"Roof is about 12 years old, asphalt shingle, south side gets shade from two big oaks until noon.",
	"Said \\\"not now\\\", but took the flyer. Try again after tax season.",
	"Bill is ~$240/month in summer. Utility raised rates twice this year and they aren't happy about it.",
	"Set appt for Thursday 5:30pm, both homeowners present. Gate code #4411.",
	"Rescheduled twice. Customer had surgery, be patient; call before coming by.",
	"Habla español. Llamar a la hija después de las 4 para traducir, número en el teléfono alterno.",
	"Neighbor across the street just had an install done, asked a lot of questions about it 👍",
	"HOA needs approval first: form is at C:\\\\Forms\\\\HOA.pdf on the office machine.",
	"Moved in 3 months ago, previous owner had a bad experience with another company.",
	"DNK sign on the door but they called the office themselves.",
	"Credit check came back ok, waiting for the spouse to sign.",
	"Wants café-style awning quote too — pass to the other team.",
}

// appendNotes appends null or the notes: a line for each visit, oldest first.
func (a *Account) appendNotes(dst []byte, what *people.Rand, l *lead) []byte {
	if what.Percent(25) {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	at := time.Unix(int64(l.created), 0).UTC()
	for i := range 1 + what.Below(9) {
		if i > 0 {
			dst = append(dst, `\n`...)
		}
		at = at.Add(time.Duration(what.Below(60*24*20)) * time.Minute)
		dst = append(at.AppendFormat(append(dst, '['), "01/02/2006 3:04 PM"), "] "...)
		dst = append(append(dst, a.names[what.Below(len(a.names))]...), ": "...)
		dst = append(dst, people.Of(what, remarks[:])...)
	}
	return append(dst, '"')
}

var utilities = [...]string{"Duke Energy", "PG&E", "Rocky Mountain Power", "Xcel", "Ohio Edison", "APS", "CFE", "British Gas"}

var origins = [...]string{"Canvass", "Referral", "Self Gen", "Web Form", "Event - Home Show"}

// appendCustomFields appends the company's own fields: an object, or, when there
// are none, the string "{}" or an empty array.
func appendCustomFields(dst []byte, what *people.Rand) []byte {
	switch n := what.Below(100); {
	case n < 15:
		return append(dst, `"{}"`...)
	case n < 25:
		return append(dst, `[]`...)
	}
	dst = strconv.AppendInt(append(dst, `{"Roof Age":"`...), int64(what.Below(35)), 10)
	dst = append(append(dst, `","Utility Provider":"`...), people.Of(what, utilities[:])...)
	dst = strconv.AppendInt(append(dst, `","Average Monthly Bill ($)":`...), int64(60+what.Below(400)), 10)
	dst = strconv.AppendInt(append(dst, '.'), int64(10+what.Below(90)), 10)
	dst = strconv.AppendBool(append(dst, `,"Homeowner?":`...), what.Percent(85))
	dst = append(append(dst, `,"Lead Source":"`...), people.Of(what, origins[:])...)
	dst = strconv.AppendInt(append(dst, `","Mailing Address Differs":"No","Decision Makers Present":"Both","Best Time":"Weekdays after `...), int64(3+what.Below(5)), 10)
	dst = append(dst, `pm","Credit Range":`...)
	if what.Percent(40) {
		dst = append(dst, `null`...)
	} else {
		dst = append(dst, `"650+"`...)
	}
	dst = append(dst, `,"Follow Up":"`...)
	if what.Percent(30) {
		dst = append(dst, "Bring the thermal camera, attic hatch is in the garage"...)
	}
	dst = strconv.AppendInt(append(dst, `","Legacy ID":"SR-`...), int64(what.Below(1_000_000)), 10)
	return append(dst, `"}`...)
}

func appendBusiness(dst []byte, who *people.Rand) []byte {
	dst = append(dst, `,"businessName":"`...)
	if who.Percent(5) {
		dst = append(dst, people.Of(who, businesses[:])...)
	}
	return append(dst, '"')
}

var businesses = [...]string{"Bob's Auto Repair", "Smith & Sons LLC", "Iglesia Nueva Vida", "The \\\"Corner\\\" Café", "O'Malley Dental, P.C."}

func appendAppointment(dst []byte, what *people.Rand, l *lead) []byte {
	if statuses[l.status].abbreviation != "AS" {
		return append(dst, "null"...)
	}
	start := l.statusModified - l.statusModified%1800 + uint32(24*3600*(1+what.Below(9)))
	dst = appendTime(append(dst, `{"title":"In-home consultation","start":`...), start)
	dst = appendTime(append(dst, `,"end":`...), start+5400)
	return append(dst, `,"location":""}`...)
}
