package hubspot

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// valueReader reads the values of one property back out of records. It is not
// safe for concurrent use.
type valueReader struct {
	property *property
	drawing  drawing
	scratch  []byte
}

// reader returns the reader of a property. The account is locked by the caller.
func (a *Account) reader(p *property) *valueReader {
	return &valueReader{property: p, drawing: drawing{cfg: &a.cfg, dirty: a.traps.Dirty}}
}

// text returns the value; false means null.
func (v *valueReader) text(e *entry) (string, bool) {
	v.drawing.e = e
	v.scratch = v.drawing.appendValue(v.scratch[:0], v.property)
	if v.scratch[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(v.scratch, '\\') < 0 {
		return string(v.scratch[1 : len(v.scratch)-1]), true
	}
	var text string
	_ = json.Unmarshal(v.scratch, &text) // it was made as JSON
	return text, true
}

// number returns the value as a number: an instant in ms since 1970. False means
// null, or a value that is no number.
func (v *valueReader) number(e *entry) (float64, bool) {
	switch {
	case e.over != nil && e.over.values[v.property.name] != nil:
	case v.property.name == e.kind.modified:
		return float64(e.modified), true
	case v.property.name == e.kind.created:
		return float64(e.created), true
	case v.property.name == "hs_object_id":
		return float64(e.id), true
	}
	text, ok := v.text(e)
	if !ok {
		return 0, false
	}
	return parseNumber(text)
}

// parseNumber reads a number or an instant, this in ms since 1970; what is
// finer than a millisecond is cut off.
func parseNumber(text string) (float64, bool) {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, true
	}
	for _, layout := range [...]string{time.RFC3339Nano, time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, strings.ToUpper(text)); err == nil {
			return float64(t.UnixMilli()), true
		}
	}
	return 0, false
}

// numeric reports whether values of the property are compared as numbers.
func (p *property) numeric() bool {
	switch p.form.typ {
	case "number", "date", "datetime":
		return true
	}
	return false
}
