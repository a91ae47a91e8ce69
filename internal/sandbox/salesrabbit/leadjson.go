package salesrabbit

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// appendLead appends a lead's JSON. nested is the form of the specification:
// the parts of the address in an object address, latitude and longitude in an
// object coordinates.
func (a *Account) appendLead(dst []byte, e entry, nested bool) []byte {
	if e.planted != nil && e.planted.whole != nil {
		return append(dst, e.planted.whole...)
	}
	mess := dirt(a.cfg.Seed, e.row, e.dirty)
	if e.planted == nil && mess == nil {
		return a.appendPlain(dst, e.row, &e.lead, nested)
	}
	fields := Fields{}
	for name, value := range mess {
		fields[name] = value
	}
	if e.planted != nil {
		for name, value := range e.planted.fields {
			fields[name] = value
		}
	}
	return appendOver(dst, a.appendPlain(nil, e.row, &e.lead, nested), fields)
}

// appendPlain appends what the lead's state says. The texts that it draws need
// no escaping.
func (a *Account) appendPlain(dst []byte, row int, l *lead, nested bool) []byte {
	// Who and where never change; the rest follows the version.
	who := people.NewRand(a.cfg.Seed, drawIdentity, uint64(row))
	what := people.NewRand(a.cfg.Seed, drawContent, uint64(row), uint64(l.version))
	place := people.NewPlace(&who)

	dst = strconv.AppendInt(append(dst, `{"id":`...), idOf(row), 10)
	dst = a.appendOwner(dst, l.owner)
	dst = appendPerson(dst, &who, &what, place)
	dst = appendAddress(dst, &who, place, nested)
	dst = append(append(dst, `,"status":"`...), statuses[l.status].name...)
	dst = a.appendNotes(append(dst, `","notes":`...), &what, l)
	dst = appendCustomFields(append(dst, `,"customFields":`...), &what)
	dst = appendBusiness(dst, &who)
	dst = appendAppointment(append(dst, `,"appointment":`...), &what, l)
	dst = append(dst, `,"integrationData":{},"campaignId":`...)
	if who.Percent(30) {
		dst = strconv.AppendInt(dst, int64(3100+who.Below(40)), 10)
	} else {
		dst = append(dst, "null"...)
	}
	dst = appendBirth(append(dst, `,"dateOfBirth":`...), &who)
	dst = append(dst, `,"files":[],"statusModified":`...)
	dst = appendTime(dst, l.statusModified)
	dst = appendTime(append(dst, `,"ownerModified":`...), l.ownerModified)
	dst = appendTime(append(dst, `,"dateCreated":`...), l.created)
	dst = appendTime(append(dst, `,"dateModified":`...), l.modified)
	dst = append(dst, `,"deletedAt":`...)
	if l.deleted == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = appendTime(dst, l.deleted)
	}
	return append(dst, '}')
}

func (a *Account) appendOwner(dst []byte, owner uint16) []byte {
	if owner == nobody {
		return append(dst, `,"userId":null,"userName":""`...)
	}
	dst = strconv.AppendInt(append(dst, `,"userId":`...), userID(int(owner)), 10)
	return append(append(append(dst, `,"userName":"`...), a.names[owner]...), '"')
}

// appendPerson appends the names and how to reach the person. Of a door that
// nobody opened, none is known.
func appendPerson(dst []byte, who, what *people.Rand, place *people.Place) []byte {
	name := people.NewName(who, place.Country)
	if who.Percent(18) {
		return append(dst, `,"firstName":"","lastName":"","phonePrimary":"","phoneAlternate":"","email":""`...)
	}
	dst = append(append(dst, `,"firstName":"`...), name.First...)
	dst = append(append(dst, `","lastName":"`...), name.Last...)
	dst = append(dst, `","phonePrimary":"`...)
	if who.Percent(80) {
		dst = place.AppendPhone(dst, who)
	}
	dst = append(dst, `","phoneAlternate":"`...)
	if what.Percent(15) {
		dst = place.AppendPhone(dst, what)
	}
	dst = append(dst, `","email":"`...)
	if who.Percent(60) {
		dst = name.AppendMail(dst, who)
	}
	return append(dst, '"')
}

func appendAddress(dst []byte, who *people.Rand, place *people.Place, nested bool) []byte {
	first, last := `,"street1":"`, ``
	if nested {
		first, last = `,"address":{"street1":"`, `}`
	}
	dst = place.AppendStreet(append(dst, first...), who)
	dst = append(dst, `","street2":"`...)
	if who.Percent(10) {
		dst = strconv.AppendInt(append(dst, "Apt "...), int64(1+who.Below(400)), 10)
	}
	dst = append(append(dst, `","city":"`...), place.City...)
	dst = append(append(dst, `","state":"`...), place.State...)
	dst = place.AppendZip(append(dst, `","zip":"`...), who)
	dst = append(append(dst, `","country":"`...), place.CountryName...)
	dst = append(append(dst, '"'), last...)

	first = `,"latitude":`
	if nested {
		first = `,"coordinates":{"latitude":`
	}
	dst = append(dst, first...)
	latitude, longitude := place.Near(who)
	if who.Percent(3) {
		return append(append(dst, `null,"longitude":null`...), last...)
	}
	dst = strconv.AppendFloat(dst, latitude, 'f', 6, 64)
	dst = strconv.AppendFloat(append(dst, `,"longitude":`...), longitude, 'f', 6, 64)
	return append(dst, last...)
}

func appendBirth(dst []byte, who *people.Rand) []byte {
	if !who.Percent(10) {
		return append(dst, "null"...)
	}
	born := time.Date(1935, 1, 1+who.Below(25_000), 0, 0, 0, 0, time.UTC)
	return append(born.AppendFormat(append(dst, '"'), time.DateOnly), '"')
}

// appendTime appends an instant as SalesRabbit writes it, with quotes:
// "2021-05-20T18:01:02+00:00".
func appendTime(dst []byte, seconds uint32) []byte {
	dst = time.Unix(int64(seconds), 0).UTC().AppendFormat(append(dst, '"'), time.RFC3339)
	dst = dst[:len(dst)-1] // the Z
	return append(dst, `+00:00"`...)
}
