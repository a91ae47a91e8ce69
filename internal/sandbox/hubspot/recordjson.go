package hubspot

import (
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// appendRecord appends a record's JSON with these properties.
func (a *Account) appendRecord(dst []byte, e *entry, properties []*property, dirty float64) []byte {
	return append(a.appendOpenRecord(dst, e, properties, dirty), '}')
}

// appendOpenRecord leaves the object open, for what follows the properties.
func (a *Account) appendOpenRecord(dst []byte, e *entry, properties []*property, dirty float64) []byte {
	dst = strconv.AppendInt(append(dst, `{"id":"`...), e.id, 10)
	dst = append(dst, `","properties":{`...)
	d := drawing{cfg: &a.cfg, e: e, dirty: dirty}
	for i, p := range properties {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), p.name...), `":`...)
		dst = d.appendValue(dst, p)
	}
	dst = appendISO(append(dst, `},"createdAt":"`...), e.created)
	dst = appendISO(append(dst, `","updatedAt":"`...), e.modified)
	dst = append(dst, '"')
	if e.fate == archived {
		dst = appendISO(append(dst, `,"archived":true,"archivedAt":"`...), e.archivedAt)
		dst = append(dst, '"')
	} else {
		dst = append(dst, `,"archived":false`...)
	}
	dst = strconv.AppendInt(append(dst, `,"url":"https://app.hubspot.com/contacts/`...), a.cfg.PortalID, 10)
	dst = append(append(append(dst, "/record/"...), e.kind.typeID...), '/')
	return append(strconv.AppendInt(dst, e.id, 10), '"')
}

// appendValue appends the value of a property: a JSON string or null.
func (d *drawing) appendValue(dst []byte, p *property) []byte {
	if d.e.over != nil {
		if planted, ok := d.e.over.values[p.name]; ok {
			if planted == nil {
				return append(dst, "null"...)
			}
			return appendText(dst, *planted)
		}
	}
	return d.appendDrawn(dst, p, p.generation(&d.e.object))
}

// appendDrawn appends the value that follows from the seed for one generation.
func (d *drawing) appendDrawn(dst []byte, p *property, generation uint64) []byte {
	d.p = p
	d.rand = people.NewRand(d.cfg.Seed, drawValue, uint64(d.e.kind.number)<<32|uint64(d.e.origin), p.key, generation)
	start := len(dst)
	dst = append(dst, '"')
	if d.dirty > 0 {
		if spoilt, ok := d.dirt(dst); ok {
			return append(spoilt, '"')
		}
	}
	dst, ok := p.make(dst, d)
	if !ok {
		return append(dst[:start], "null"...)
	}
	return append(dst, '"')
}

// appendHistory appends the values that a property has had, newest first. The
// changes of a record are taken to have come in even steps.
func (a *Account) appendHistory(dst []byte, e *entry, p *property, dirty float64) []byte {
	dst = append(append(append(dst, '"'), p.name...), `":[`...)
	past, d := e.object, drawing{cfg: &a.cfg, e: e, dirty: dirty}
	for version := int64(e.version); version >= 0; version-- {
		past.version = uint32(version)
		generation := p.generation(&past)
		if past.version--; version > 0 && p.generation(&past) == generation {
			continue // an earlier change gave it this value
		}
		value := d.appendDrawn(nil, p, generation)
		if generation == p.generation(&e.object) {
			value = d.appendValue(nil, p)
		}
		if value[0] != '"' {
			value = []byte(`""`) // null
		}
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, `{"value":`...), value...), `,"timestamp":"`...)
		at := e.created + (e.modified-e.created)*version/max(int64(e.version), 1)
		dst = append(appendISO(dst, at), `","sourceType":"CRM_UI","sourceId":"userId:1","updatedByUserId":1}`...)
	}
	return append(dst, ']')
}
