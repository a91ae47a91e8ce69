package salesrabbit

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// leadIDMember is the member that a history's events are given, since the
// lead stands outside them.
const leadIDMember = "leadId"

// readHistories reads the object that is keyed by lead, and gives each event
// the lead it belongs to.
func (e *envelope) readHistories(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() == '"' {
		key, err := dec.ReadToken()
		if err != nil {
			return err
		}
		lead := key.String()
		u := unit{}
		if dec.PeekKind() != '[' {
			return fmt.Errorf("the history of lead %q is not an array", lead)
		}
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		for dec.PeekKind() != ']' {
			event, err := dec.ReadValue()
			if err != nil {
				return err
			}
			u.records = append(u.records, withLead(event, lead))
		}
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		u.mark = e.marker.of(append([][]byte{[]byte(lead)}, u.records...)...)
		e.units = append(e.units, u)
	}
	_, err := dec.ReadToken()
	return err
}

// withLead returns a copy of the event with the lead as its first member: a
// number if JSON can write it so, which +5 and 007 are not. What is no object
// stays as it is, and ends in the quarantine.
func withLead(event []byte, lead string) []byte {
	if len(event) < 2 || event[0] != '{' {
		return bytes.Clone(event)
	}
	out := make([]byte, 0, len(event)+len(lead)+16)
	out = append(out, `{"`+leadIDMember+`":`...)
	if n, err := strconv.ParseInt(lead, 10, 64); err == nil && strconv.FormatInt(n, 10) == lead {
		out = append(out, lead...)
	} else {
		out, _ = jsontext.AppendQuote(out, lead)
	}
	if rest := bytes.TrimLeft(event[1:], " \t\r\n"); len(rest) > 0 && rest[0] != '}' {
		out = append(out, ',')
	}
	return append(out, event[1:]...)
}
