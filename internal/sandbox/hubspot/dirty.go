package hubspot

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// dirt appends a value that does not fit the declared type, as accounts of some
// years hold them, when chance wills it and the property is typed.
func (d *drawing) dirt(dst []byte) ([]byte, bool) {
	if !d.p.soils() {
		return dst, false
	}
	r := people.NewRand(d.cfg.Seed, drawDirty, uint64(d.e.kind.number), uint64(d.e.origin), d.p.key)
	if r.Share() >= d.dirty {
		return dst, false
	}
	at := d.instant()
	switch d.p.form.typ {
	case "number":
		return append(dst, people.Of(&r, dirtyNumbers[:])...), true
	case "bool":
		return append(dst, people.Of(&r, dirtyBools[:])...), true
	case "enumeration":
		return append(dst, people.Of(&r, dirtyChoices[:])...), true
	case "date":
		return appendDirtyDate(dst, r.Below(4), at), true
	default:
		return appendDirtyTime(dst, r.Below(6), at), true
	}
}

// soils reports whether the property can hold senseless values.
func (p *property) soils() bool {
	switch p.form.typ {
	case "number", "bool", "enumeration", "date", "datetime":
		return !p.steady && p.name != contactModified && p.name != otherModified
	}
	return false
}

var dirtyNumbers = [...]string{"3092;388", "$33,000", "July", "", "12.50.1", "1e400"}

var dirtyBools = [...]string{"", "yes", "1", "Missing Party"}

var dirtyChoices = [...]string{"Retired option", ";Yes;;No", ""}

func appendDirtyDate(dst []byte, form int, at time.Time) []byte {
	switch form {
	case 0:
		return strconv.AppendInt(dst, at.Truncate(24*time.Hour).UnixMilli(), 10)
	case 1:
		return append(dst, "2024-02-30"...)
	case 2:
		return at.AppendFormat(dst, "01/02/2006")
	}
	return dst
}

func appendDirtyTime(dst []byte, form int, at time.Time) []byte {
	switch form {
	case 0:
		return strconv.AppendInt(dst, at.UnixMilli(), 10)
	case 1:
		return strconv.AppendInt(dst, at.Unix(), 10)
	case 2:
		return strconv.AppendFloat(dst, float64(at.UnixMilli())/1000, 'f', 3, 64)
	case 3:
		return at.AppendFormat(dst, "01/02/2006 3:04 PM")
	case 4:
		return append(dst, '0')
	}
	return dst
}
